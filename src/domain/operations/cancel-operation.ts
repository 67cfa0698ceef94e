import pLimit from 'p-limit';
import { NotFoundError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { CANCELLING } from './await-cancels.ts';
import type { AwaitCancels, CancelledTrace } from './await-cancels.ts';
import type { BeginCancel } from './cancel-trace.ts';

/**
 * Cancels all of an operation that has not ended; one that has ended stays as it is. The wish is on record before the first trace is
 * touched: what a crash leaves over is cancelled by {@link createDriveCancels}, and never sent.
 */
export type CancelOperation = (
  operationId: string,
  options: { waitForAgentsMs: number },
) => Promise<{ operationId: string; results: readonly CancelledTrace[] }>;

/** @throws {NotFoundError} for an operation that there is not. */
export function createCancelOperation({
  db,
  clock,
  beginCancel,
  awaitCancels,
  log,
}: {
  db: Storage;
  clock: Clock;
  beginCancel: BeginCancel;
  awaitCancels: AwaitCancels;
  log: Logger;
}): CancelOperation {
  const atOnce = pLimit(16);

  /** One trace that cannot be cancelled now must not keep the others from it. */
  const begin = async (traceId: string): ReturnType<BeginCancel> => {
    try {
      return await beginCancel(traceId);
    } catch (error) {
      log.error({ err: error, traceId }, 'cannot cancel this trace; trying again');
      return { known: CANCELLING };
    }
  };

  return async (operationId, { waitForAgentsMs }) => {
    const { count } = await db.operation.updateMany({
      where: { id: operationId, cancelledAt: null, finishedAt: null },
      data: { cancelledAt: clock.now() },
    });
    if (count === 0 && (await db.operation.count({ where: { id: operationId } })) === 0) {
      throw new NotFoundError(['input', 'operationId'], 'Operation');
    }
    const traces = await db.trace.findMany({
      where: { operationId, status: { in: [...ACTIVE_STATUSES] } },
      // What has not been sent first: it must not be sent while the agents of the others are asked.
      orderBy: [{ status: 'asc' }, { id: 'desc' }],
      select: { id: true },
    });
    const begun = await Promise.all(
      traces.map(({ id }) => atOnce(async () => ({ traceId: id, ...(await begin(id)) }))),
    );
    return { operationId, results: await awaitCancels(operationId, begun, { waitForAgentsMs }) };
  };
}
