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

/** How long a worker goes on with the jobs that wait before it hands back the first one, whose time with it is limited. */
const DRAIN_MS = 20_000;

interface Dispatch {
  traceId: string;
}

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

  const stopping = new AbortController();

  /**
   * Takes one job after the other as long as there are any. Left to itself a worker takes one in each polling interval, however many wait:
   * a thousand clients would be told in turns of {@link CALLS_AT_ONCE}, half a minute apart.
   */
  async function drain(dispatchTrace: DispatchTrace): Promise<void> {
    const until = performance.now() + DRAIN_MS;
    while (!stopping.signal.aborted && performance.now() < until) {
      const [job] = await boss.fetch<Dispatch>(DISPATCH);
      if (job === undefined) return;
      try {
        await dispatchTrace(job.data.traceId);
        await boss.complete(DISPATCH, job.id);
      } catch (error) {
        log.warn({ err: error, traceId: job.data.traceId }, 'cannot send this order; trying again');
        await boss.fail(DISPATCH, job.id);
      }
    }
  }

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
      await boss.work<Dispatch>(DISPATCH, settings, async ([job]) => {
        if (job === undefined) return;
        await dispatchTrace(job.data.traceId);
        await drain(dispatchTrace);
      });
    },
    async stop(timeoutMs) {
      stopping.abort();
      await boss.stop({ graceful: true, timeout: timeoutMs });
    },
  };
}
