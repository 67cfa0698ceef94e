import type { TraceStateFragment } from '#client/operations.generated.ts';
import type { Locale } from '#lib/locale.ts';
import type { Board, Update } from './board.ts';
import { ACTIONS, WORDS } from './words.ts';

const BAR_WIDTH = 30;
const NAME_WIDTH = 12;

export interface TerminalSize {
  columns: number;
  rows: number;
}

/** The board as lines, none longer and not more of them than the terminal takes. */
export function formatBoard(board: Board, locale: Locale, { columns, rows }: TerminalSize): string[] {
  const traces = [...board.atWork.values()].toSorted(
    (a, b) => a.client.name.localeCompare(b.client.name, locale, { numeric: true }) || a.id.localeCompare(b.id),
  );
  // One line is for the summary, and one for the terminal's cursor.
  const room = Math.max(1, rows - 2);
  const shown = traces.length > room ? traces.slice(0, Math.max(0, room - 1)) : traces;
  const lines = shown.map((trace) => formatTrace(trace, locale));
  if (shown.length < traces.length) lines.push(`… ${traces.length - shown.length} ${WORDS.more[locale]}`);
  lines.push(formatSummary(board, locale));
  return lines.map((line) => cut(line, columns - 1));
}

export function formatSummary({ room, connection, atWork, ended }: Board, locale: Locale): string {
  const counts = `${atWork.size} ${WORDS.atWork[locale]}, ${ended} ${WORDS.ended[locale]}`;
  return plain(`${room}: ${counts} · ${WORDS[connection][locale]}`);
}

function formatTrace({ client, action, progress, statusLabel }: TraceStateFragment, locale: Locale): string {
  const filled = Math.round((Math.min(Math.max(progress, 0), 100) / 100) * BAR_WIDTH);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${String(progress).padStart(3)} %`;
  return plain(`${client.name.padEnd(NAME_WIDTH)} ${bar}  ${ACTIONS[action][locale]}: ${statusLabel}`);
}

export function formatEnded(
  { client, action, status, statusLabel, error }: TraceStateFragment,
  locale: Locale,
): string {
  const mark = status === 'SUCCEEDED' ? '✓' : '✗';
  const why = error === null ? '' : ` ${error.code} ${error.message}`;
  return plain(`${mark} ${client.name.padEnd(NAME_WIDTH)} ${ACTIONS[action][locale]}: ${statusLabel}${why}`);
}

/** One event, where there is no terminal to draw on. */
export function formatEvent({ event, trace }: Update, locale: Locale): string | null {
  if (event === null || trace === null) return null;
  const progress = event.progress === null ? '' : ` ${event.progress} %`;
  const words = `${ACTIONS[trace.action][locale]}: ${event.kind}${progress} ${event.message ?? ''}`;
  return plain(`${event.at} ${trace.client.name} ${words}`).trimEnd();
}

/** Names and messages come from machines: what a terminal would take for an order is taken out. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
