import type { TraceStateFragment } from '#client/operations.generated.ts';
import type { Locale } from '#lib/locale.ts';
import type { Board, Connection, Update } from './board.ts';
import { formatBoard, formatEnded, formatEvent, formatSummary } from './format-board.ts';
import { WORDS } from './words.ts';

export interface Display {
  /** After an event. @param ended is the trace, where this was its end. */
  event: (update: Update, ended: TraceStateFragment | null) => void;
  connection: (connection: Connection, cause?: string) => void;
  /** After a snapshot. @param isAnew says that it takes the place of events that cannot be had any more. */
  snapshot: (isAnew: boolean) => void;
  end: () => void;
}

/** Often enough to be seen moving. */
const REDRAW_MS = 80;

/** Bars that are drawn anew on a terminal, and a line for each event elsewhere. */
export function createDisplay(out: NodeJS.WriteStream, board: Board, locale: Locale): Display {
  return out.isTTY ? createDrawing(out, board, locale) : createLines(out, board, locale);
}

function createLines(out: NodeJS.WriteStream, board: Board, locale: Locale): Display {
  const line = (text: string) => void out.write(`${text}\n`);
  return {
    event(update, ended) {
      const text = formatEvent(update, locale);
      if (text !== null) line(text);
      if (ended !== null) line(formatEnded(ended, locale));
    },
    connection(connection, cause = '') {
      // Each attempt is no news.
      if (connection !== board.connection) line(`${WORDS[connection][locale]} ${cause}`.trimEnd());
      board.connection = connection;
    },
    snapshot(isAnew) {
      if (isAnew) line(WORDS.anew[locale]);
      line(formatSummary(board, locale));
    },
    end() {},
  };
}

function createDrawing(out: NodeJS.WriteStream, board: Board, locale: Locale): Display {
  let drawn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Lines that stay, above what is drawn. */
  let settled: string[] = [];

  const draw = () => {
    clearTimeout(timer);
    timer = undefined;
    const lines = formatBoard(board, locale, { columns: out.columns || 80, rows: out.rows || 24 });
    const upAndClear = `\r${drawn > 1 ? `\u001B[${drawn - 1}A` : ''}\u001B[J`;
    out.write(`${upAndClear}${[...settled, ...lines].join('\n')}`);
    settled = [];
    drawn = lines.length;
  };
  const soon = () => {
    timer ??= setTimeout(draw, REDRAW_MS);
  };
  return {
    event(_update, ended) {
      if (ended !== null) settled.push(formatEnded(ended, locale));
      soon();
    },
    connection(connection) {
      board.connection = connection;
      soon();
    },
    snapshot: soon,
    end() {
      draw();
      out.write('\n');
    },
  };
}
