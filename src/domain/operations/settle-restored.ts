import { toDueRun } from '#domain/scheduling/due-run.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { CancelTrace } from './cancel-trace.ts';

const REASON = {
  code: 'DATABASE_RESTORED',
  message: 'The database was put back from a backup: whether the order was sent after that was made is not known.',
} as const;

/**
 * Lets go of everything that a database put back from a backup was about to do. What it holds as waiting may have been sent since the
 * backup was made, and a disk is not to be written twice; what it holds as due may have been run.
 *
 * Orders that were not sent are CANCELLED, and schedules that have come due since are MISSED. To be called before anything is sent; it may
 * be called again.
 */
export function createSettleRestored({
  db,
  cancelTrace,
  clock,
  log,
}: {
  db: Storage;
  cancelTrace: CancelTrace;
  clock: Clock;
  log: Logger;
}): () => Promise<void> {
  async function cancelWaiting(): Promise<number> {
    const waiting = await db.trace.findMany({ where: { status: 'PENDING' }, select: { id: true } });
    for (const { id } of waiting) await cancelTrace(id, { reason: REASON, onlyPending: true });
    return waiting.length;
  }

  async function missDueRuns(): Promise<number> {
    const now = clock.now();
    const due = await db.schedule.findMany({ where: { nextRunAt: { lte: now } } });
    for (const schedule of due) {
      const { id, nextRunAt, createdBy } = schedule;
      if (nextRunAt === null) continue;
      const { dueAt, dueSince, next } = toDueRun(schedule, { ...schedule, nextRunAt }, now);
      await db.$transaction([
        db.scheduleRun.createMany({
          data: {
            scheduleId: id,
            dueAt,
            dueSince,
            requestedBy: createdBy,
            startedAt: now,
            finishedAt: now,
            outcome: 'MISSED',
            leaseUntil: now,
          },
          skipDuplicates: true,
        }),
        db.schedule.update({ where: { id }, data: { nextRunAt: next, ...(next === null ? { doneAt: now } : {}) } }),
      ]);
    }
    const begun = await db.scheduleRun.updateMany({
      where: { finishedAt: null },
      data: { finishedAt: now, outcome: 'MISSED' },
    });
    return due.length + begun.count;
  }

  return async () => {
    const cancelled = await cancelWaiting();
    const missed = await missDueRuns();
    log.warn({ cancelled, missed }, 'the database was put back from a backup: nothing that it was about to do is done');
  };
}

/** Begins a new life of the event log, so that nobody goes on in it from where the old one had come. */
export async function beginNewLog(db: Storage): Promise<void> {
  await db.$executeRaw`UPDATE event_log SET epoch = gen_random_uuid()`;
}
