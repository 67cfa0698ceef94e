import pLimit from 'p-limit';
import type { Storage } from '#domain/storage.ts';
import { SENT_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Logger } from '#lib/logger.ts';
import type { BeginCancel, CancelOptions } from './cancel-trace.ts';

/**
 * Sees to it that what somebody wants to end does end: asks the agents of jobs that had no name when they were to be cancelled, asks
 * again where the server died before it did, or heard no answer, and cancels what is left of an operation whose cancelling was broken off.
 * Asking twice is harmless. Does not wait for the agents.
 */
export function createDriveCancels({
  db,
  beginCancel,
  log,
}: {
  db: Storage;
  beginCancel: BeginCancel;
  log: Logger;
}): (options?: { again?: boolean }) => Promise<void> {
  const atOnce = pLimit(16);
  return async ({ again = false } = {}) => {
    const unasked = await db.trace.findMany({
      where: {
        cancelAskedAt: { not: null },
        killedAt: null,
        jobId: { not: null },
        status: { in: again ? ['RUNNING', 'CANCELLING'] : ['RUNNING'] },
      },
      select: { id: true },
    });
    const leftOver = await db.trace.findMany({
      where: {
        operation: { cancelledAt: { not: null } },
        OR: [
          { status: 'PENDING' },
          {
            status: { in: ['SENDING', ...SENT_STATUSES] },
            cancelAskedAt: null,
            action: { not: 'POWER_ON' },
            // One whose agent could not be asked, or would not, goes on until somebody says again that it should end.
            events: { none: { kind: 'CANCEL_FAILED' } },
          },
        ],
      },
      select: { id: true },
    });
    await Promise.all([
      ...unasked.map(({ id }) => atOnce(() => begin(id, { onlyIfAsked: true }))),
      ...leftOver.map(({ id }) => atOnce(() => begin(id))),
    ]);
  };

  async function begin(id: string, options?: CancelOptions): Promise<void> {
    try {
      await beginCancel(id, options);
    } catch (error) {
      log.error({ err: error, traceId: id }, 'cannot cancel this trace; trying again');
    }
  }
}
