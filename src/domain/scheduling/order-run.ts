import type { Principal } from '#domain/access/principal.ts';
import { DomainError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { Prisma } from '#prisma/generated/client/client.ts';
import { isPastGrace } from './due-run.ts';
import { INTERNAL_RUN_ERROR, toRunError } from './run-error.ts';
import type { OrderScheduled } from './scheduled-operation.ts';

/** How long a server may take to order one run before another one takes it for dead. */
export const LEASE_MS = 120_000;
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 300_000;

/** A run whose lease this server holds. */
export type LeasedRun = Prisma.ScheduleRunGetPayload<{ include: { schedule: true } }>;

export type OrderRun = (run: LeasedRun) => Promise<void>;

/**
 * Orders the operation of one run and writes down what became of it.
 *
 * The operation bears the run's own key. Whoever died between ordering it and writing that down is therefore found out: the run is ordered
 * again, by whichever server, and that gives the same operation. What is refused is refused for good; what fails for a reason of our own is
 * tried again until the schedule's grace is over.
 */
export function createOrderRun({
  db,
  orderScheduled,
  clock,
  log,
}: {
  db: Storage;
  orderScheduled: OrderScheduled;
  clock: Clock;
  log: Logger;
}): OrderRun {
  return async (run) => {
    const { schedule } = run;
    const about = { schedule: schedule.id, run: run.id, dueAt: run.dueAt };
    const finish = async (data: Prisma.ScheduleRunUpdateManyMutationInput) => {
      await db.scheduleRun.updateMany({
        where: { id: run.id, finishedAt: null, attempts: run.attempts },
        data: { ...data, finishedAt: clock.now() },
      });
    };
    const succeed = async (operationId: string) => {
      // Whatever else was written down meanwhile: there is the operation.
      await db.scheduleRun.updateMany({
        where: { id: run.id },
        data: { outcome: 'STARTED', operationId, error: Prisma.DbNull, finishedAt: clock.now() },
      });
      log.info({ ...about, operation: operationId }, 'scheduled operation ordered');
    };

    const idempotencyKey = `schedule:${schedule.id}:${run.dueAt.toISOString()}`;
    const principal: Principal = { name: run.requestedBy };
    const earlier = await db.operation.findUnique({
      where: { requestedBy_idempotencyKey: { requestedBy: principal.name, idempotencyKey } },
      select: { id: true },
    });
    if (earlier !== null) return succeed(earlier.id);

    const isSuspended = schedule.suspended && schedule.doneAt === null && !run.manual;
    if (isSuspended || isPastGrace(run.dueAt, schedule, clock.now())) {
      log.warn(about, 'scheduled run missed');
      return finish({ outcome: run.error === null ? 'MISSED' : 'FAILED' });
    }
    try {
      const { operationId } = await orderScheduled(schedule, idempotencyKey, principal);
      await succeed(operationId);
    } catch (error) {
      if (error instanceof DomainError) {
        log.warn({ ...about, code: error.code, params: error.params }, 'scheduled operation refused');
        return finish({ outcome: 'REFUSED', error: toRunError(error) });
      }
      log.error({ ...about, err: error, attempt: run.attempts }, 'cannot order a scheduled operation; trying again');
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.max(run.attempts - 1, 0), LONGEST_PAUSE_MS);
      await db.scheduleRun.updateMany({
        where: { id: run.id, finishedAt: null, attempts: run.attempts },
        data: { error: INTERNAL_RUN_ERROR, leaseUntil: new Date(clock.now().getTime() + pauseMs) },
      });
    }
  };
}
