import pLimit from 'p-limit';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { toDueRun } from './due-run.ts';
import { LEASE_MS } from './order-run.ts';
import type { LeasedRun, OrderRun } from './order-run.ts';

/** Schedules or runs that one server takes at a time; it comes back for more. */
const BATCH = 50;
const ORDERED_AT_ONCE = 4;

export type RunDueSchedules = () => Promise<void>;

/**
 * Orders everything that has come due. To be called every few seconds, by as many servers as there are.
 *
 * A run is written down, and its schedule moved on to the next one, in one transaction, before anything is ordered: a crash leaves a run
 * that is not finished, which the next server to look takes up when its lease is over. Rows that another server holds are left to it.
 */
export function createRunDueSchedules({
  db,
  orderRun,
  clock,
  log,
}: {
  db: Storage;
  orderRun: OrderRun;
  clock: Clock;
  log: Logger;
}): RunDueSchedules {
  return async () => {
    if (!(await isAnythingDue(db, clock.now()))) return;
    for (let taken = BATCH; taken === BATCH;) taken = await recordDueRuns(db, clock.now(), log);
    const limit = pLimit(ORDERED_AT_ONCE);
    for (let taken = BATCH; taken === BATCH;) {
      const runs = await leaseRuns(db, clock.now());
      taken = runs.length;
      const ends = await Promise.allSettled(runs.map((run) => limit(() => orderRun(run))));
      // One that cannot even be written down keeps its lease, and is tried again when that is over.
      const failure = ends.find((end) => end.status === 'rejected');
      if (failure !== undefined) throw failure.reason as Error;
    }
  };
}

/** One statement without a lock: most of the time there is nothing. */
async function isAnythingDue(db: Storage, now: Date): Promise<boolean> {
  const [row] = await db.$queryRaw<{ due: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM schedules WHERE next_run_at <= ${now})
      OR EXISTS (SELECT 1 FROM schedule_runs WHERE finished_at IS NULL AND lease_until <= ${now}) AS due`;
  return row?.due === true;
}

/** @returns how many schedules were due, up to the size of a batch. */
function recordDueRuns(db: Storage, now: Date, log: Logger): Promise<number> {
  return db.$transaction(async (tx) => {
    const locked = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM schedules WHERE next_run_at <= ${now} ORDER BY next_run_at, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
    const schedules = await tx.schedule.findMany({ where: { id: { in: locked.map(({ id }) => id) } } });
    for (const schedule of schedules) {
      const { id, nextRunAt } = schedule;
      if (nextRunAt === null) continue;
      const { dueAt, dueSince, isMissed, next } = toDueRun(schedule, { ...schedule, nextRunAt }, now);
      await tx.scheduleRun.createMany({
        data: {
          scheduleId: id,
          dueAt,
          dueSince,
          requestedBy: schedule.createdBy,
          startedAt: now,
          finishedAt: isMissed ? now : null,
          outcome: isMissed ? 'MISSED' : 'STARTED',
          leaseUntil: now,
        },
        skipDuplicates: true,
      });
      await tx.schedule.update({ where: { id }, data: { nextRunAt: next, ...(next === null ? { doneAt: now } : {}) } });
      if (isMissed) log.warn({ schedule: id, dueAt, dueSince }, 'scheduled run missed');
    }
    return locked.length;
  });
}

/** Takes runs that nobody is ordering, for a while. */
function leaseRuns(db: Storage, now: Date): Promise<LeasedRun[]> {
  return db.$transaction(async (tx: Transaction) => {
    const locked = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM schedule_runs WHERE finished_at IS NULL AND lease_until <= ${now}
      ORDER BY due_at, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
    const where = { id: { in: locked.map(({ id }) => id) } };
    await tx.scheduleRun.updateMany({
      where,
      data: { leaseUntil: new Date(now.getTime() + LEASE_MS), attempts: { increment: 1 } },
    });
    return tx.scheduleRun.findMany({ where, include: { schedule: true }, orderBy: [{ dueAt: 'asc' }, { id: 'asc' }] });
  });
}
