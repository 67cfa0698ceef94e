import type { Principal } from '#domain/access/principal.ts';
import { isReferenceViolation, isUniqueViolation } from '#domain/database-errors.ts';
import { NotFoundError } from '#domain/errors.ts';
import { checkIdempotencyKey } from '#domain/operations/check-idempotency-key.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import { LEASE_MS } from './order-run.ts';
import type { LeasedRun, OrderRun } from './order-run.ts';

export interface RunScheduleNowRequest {
  scheduleId: string;
  /** Stands for this request: sent again, it is answered with the same run. */
  idempotencyKey: string | null;
}

/** @returns the run's id. */
export type RunScheduleNow = (request: RunScheduleNowRequest, principal: Principal) => Promise<string>;

/** A clock that stands still gives many runs one time; each takes the next free millisecond. */
const MAX_ATTEMPTS = 20;

/**
 * Runs a schedule at once, whether it is suspended or not, as the one who asks. When it comes due does not change. The run is written down
 * before its operation is ordered, and finished by any server after a crash.
 *
 * @throws {NotFoundError | InvalidInputError}
 */
export function createRunScheduleNow({
  db,
  orderRun,
  clock,
}: {
  db: Storage;
  orderRun: OrderRun;
  clock: Clock;
}): RunScheduleNow {
  return async ({ scheduleId, idempotencyKey: requestKey }, principal) => {
    checkIdempotencyKey(requestKey);
    const now = clock.now();
    for (let attempt = 0; ; attempt += 1) {
      const repeated =
        requestKey === null
          ? null
          : await db.scheduleRun.findUnique({ where: { scheduleId_requestKey: { scheduleId, requestKey } } });
      if (repeated !== null) return repeated.id;
      let run: LeasedRun;
      try {
        const dueAt = new Date(now.getTime() + attempt);
        run = await db.scheduleRun.create({
          data: {
            scheduleId,
            dueAt,
            dueSince: dueAt,
            requestedBy: principal.name,
            manual: true,
            requestKey,
            startedAt: now,
            outcome: 'STARTED',
            attempts: 1,
            leaseUntil: new Date(now.getTime() + LEASE_MS),
          },
          include: { schedule: true },
        });
      } catch (error) {
        if (isReferenceViolation(error)) throw new NotFoundError(['input', 'id'], 'Schedule');
        if (!isUniqueViolation(error) || attempt === MAX_ATTEMPTS) throw error;
        continue;
      }
      await orderRun(run);
      return run.id;
    }
  };
}
