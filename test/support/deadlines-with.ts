import type { Action } from '#domain/operations/action.ts';
import { DEFAULT_DEADLINES } from '#domain/tracing/job-deadlines.ts';
import type { Deadlines, JobDeadlines } from '#domain/tracing/job-deadlines.ts';

/** The defaults, but for some that are then the same for every action. */
export function deadlinesWith(changes: Partial<Deadlines>): JobDeadlines {
  const entries = Object.entries(DEFAULT_DEADLINES) as [Action, Deadlines][];
  return Object.fromEntries(entries.map(([action, limits]) => [action, { ...limits, ...changes }])) as JobDeadlines;
}
