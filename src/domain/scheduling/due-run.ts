import { lastRun, nextRun } from './next-run.ts';

/** When a schedule runs: by a cron line, or once. */
export interface Timing {
  cron: string | null;
  runAt: Date | null;
  timeZone: string;
}

/** A run that a schedule owes. */
export interface DueRun {
  dueAt: Date;
  /** The first of the times that it stands for. */
  dueSince: Date;
  /** Too late to begin: nobody wants at noon what was meant for the night. */
  isMissed: boolean;
  /** When the schedule comes due next; null for never. */
  next: Date | null;
}

const MINUTE_MS = 60_000;

/**
 * What a schedule owes at `now`, once it has come due. However many times went by while no server was up, it is one run: that of the last
 * of them.
 */
export function toDueRun(timing: Timing, { nextRunAt, graceMinutes }: Grace & { nextRunAt: Date }, now: Date): DueRun {
  const { cron, timeZone } = timing;
  const last = cron === null ? null : lastRun(cron, timeZone, now);
  const dueAt = last !== null && last > nextRunAt ? last : nextRunAt;
  return {
    dueAt,
    dueSince: nextRunAt,
    isMissed: isPastGrace(dueAt, { graceMinutes }, now),
    next: cron === null ? null : nextRun(cron, timeZone, now),
  };
}

export interface Grace {
  graceMinutes: number;
}

export function isPastGrace(dueAt: Date, { graceMinutes }: Grace, now: Date): boolean {
  return now.getTime() - dueAt.getTime() > graceMinutes * MINUTE_MS;
}

/** When a schedule comes due for the first time after `now`; null for never. */
export function firstRun({ cron, runAt, timeZone }: Timing, now: Date): Date | null {
  if (cron !== null) return nextRun(cron, timeZone, now);
  return runAt !== null && runAt > now ? runAt : null;
}

/** The next few times, at most `count`. */
export function upcomingRuns(timing: Timing, from: Date, count: number): Date[] {
  const runs: Date[] = [];
  let next = firstRun(timing, from);
  while (next !== null && runs.length < count) {
    runs.push(next);
    next = timing.cron === null ? null : nextRun(timing.cron, timing.timeZone, next);
  }
  return runs;
}
