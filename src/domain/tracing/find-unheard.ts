import type { Action } from '#domain/operations/action.ts';
import { POWER_ACTIONS } from '#domain/operations/power-actions.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { DEADLINE_PHASES } from './job-deadlines.ts';
import type { Deadlines, JobDeadlines } from './job-deadlines.ts';
import { SENT_STATUSES } from './trace-status.ts';

interface AskTimes {
  askAfterMs: number;
  askPowerAfterMs: number;
}

export const isInHand = { status: { in: [...SENT_STATUSES] } } as const satisfies Prisma.TraceWhereInput;

/**
 * The jobs in hand whose agents are to be asked now: those that have been silent, those that were denied before, and those that may be
 * past a deadline. Of thousands that report as they should, the database gives none.
 */
export function unheardWhere(
  table: JobDeadlines,
  { askAfterMs, askPowerAfterMs }: AskTimes,
  now: Date,
): Prisma.TraceWhereInput {
  const before = (ms: number) => ({ lt: new Date(now.getTime() - ms) });
  const actionsOf = groupByDeadlines(table);
  return {
    ...isInHand,
    OR: [
      { lastHeardAt: null },
      { lastHeardAt: before(askAfterMs) },
      { missingSince: { not: null } },
      { action: { in: [...POWER_ACTIONS] }, sentAt: before(askPowerAfterMs) },
      ...[...actionsOf].map(([deadlines, actions]) => ({
        action: { in: actions },
        OR: [
          { sentAt: before(deadlines.TOTAL) },
          { status: 'CANCELLING' as const, cancellingSince: before(deadlines.CANCEL) },
          // Shorter than the silence after which all are asked, where an administrator wants it so.
          { lastHeardAt: before(Math.min(deadlines.ANSWER, deadlines.FIRST_REPORT, deadlines.SILENCE)) },
        ],
      })),
    ],
  };
}

function groupByDeadlines(table: JobDeadlines): Map<Deadlines, Action[]> {
  const groups = new Map<string, { deadlines: Deadlines; actions: Action[] }>();
  for (const [action, deadlines] of Object.entries(table) as [Action, Deadlines][]) {
    const key = JSON.stringify(DEADLINE_PHASES.map((phase) => deadlines[phase]));
    const group = groups.get(key) ?? { deadlines, actions: [] };
    group.actions.push(action);
    groups.set(key, group);
  }
  return new Map([...groups.values()].map(({ deadlines, actions }) => [deadlines, actions]));
}
