import { PgBoss, fromPrisma } from 'pg-boss';
import type { Database } from '#db/database.ts';
import type { DispatchQueue } from '#domain/operations/dispatch-queue.ts';
import type { DispatchTrace } from '#domain/operations/dispatch-trace.ts';
import type { Logger } from '#lib/logger.ts';

export interface JobQueue extends DispatchQueue {
  /** Starts handing out work. */
  work(handlers: { dispatchTrace: DispatchTrace }): Promise<void>;
  /** Lets work in hand finish, for at most `timeoutMs`, and hands out no more. */
  stop(timeoutMs: number): Promise<void>;
}

const DISPATCH = 'dispatch-trace';
/**
 * Agents called at once by one server. TLS handshakes are paid by the one event loop, so more at once only queue up in it. A worker
 * for each, and one job a worker: a silent agent then holds up nobody's order but its own client's.
 */
const CALLS_AT_ONCE = 64;

/** Durable work over pg-boss, in the same database as everything else, so that it commits and rolls back with it. */
export async function createJobQueue({ database, log }: { database: Database; log: Logger }): Promise<JobQueue> {
  const boss = new PgBoss({
    ...database.queue,
    useListenNotify: true,
    schedule: false,
    registerInstance: false,
    persistWarnings: false,
  });
  boss.on('error', (error) => {
    log.error({ err: error }, 'job queue');
  });
  await boss.start();
  await boss.createQueue(DISPATCH, {
    notify: true,
    // A worker that died keeps its job this long; then it is handed out again, and only a trace that was never sent is sent.
    expireInSeconds: 60,
    retryLimit: 5,
    retryDelay: 1,
    retryBackoff: true,
    deleteAfterSeconds: 60 * 60,
  });

  return {
    async enqueue(tx, traceIds) {
      if (traceIds.length === 0) return;
      await boss.insert(
        DISPATCH,
        traceIds.map((traceId) => ({ data: { traceId } })),
        { db: fromPrisma(tx) },
      );
    },
    async work({ dispatchTrace }) {
      const settings = {
        localConcurrency: CALLS_AT_ONCE,
        pollingIntervalSeconds: 10,
        notifyPollingIntervalSeconds: 30,
      };
      await boss.work<{ traceId: string }>(DISPATCH, settings, async ([job]) => {
        if (job !== undefined) await dispatchTrace(job.data.traceId);
      });
    },
    async stop(timeoutMs) {
      await boss.stop({ graceful: true, timeout: timeoutMs });
    },
  };
}
