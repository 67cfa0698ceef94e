import type { Storage } from '#domain/storage.ts';
import type { EventFeed } from './event-feed.ts';
import type { TraceStatus } from './trace-status.ts';

/** Which traces are waited for, and until when. */
export interface AwaitedTraces {
  operationId: string;
  /** Of the operation’s traces; all of them where left out. */
  traceIds?: readonly string[];
  isDone: (status: TraceStatus) => boolean;
  timeoutMs: number;
}

/** Resolves when each of the traces is as far as that, or waits for its turn, or the time is over: whichever is first. */
export type AwaitTraces = (awaited: AwaitedTraces) => Promise<void>;

export function createAwaitTraces({ db, events }: { db: Storage; events: EventFeed }): AwaitTraces {
  return async ({ operationId, traceIds, isDone, timeoutMs }) => {
    if (timeoutMs === 0) return;
    // Subscribe before reading. The other way round, an answer that lands in between is never heard of.
    const after = events.head();
    const traces = await db.trace.findMany({
      where: { operationId, waitsFor: null, ...(traceIds === undefined ? {} : { id: { in: [...traceIds] } }) },
      select: { id: true, status: true },
    });
    const waiting = new Set(traces.filter(({ status }) => !isDone(status)).map(({ id }) => id));
    if (waiting.size === 0) return;
    const news = events.follow({
      after,
      matches: (event) =>
        event.operationId === operationId &&
        (event.kind === 'WAITING' || (event.traceStatus !== null && isDone(event.traceStatus))),
      signal: AbortSignal.timeout(timeoutMs),
    });
    for await (const { traceId } of news) {
      if (traceId !== null) waiting.delete(traceId);
      if (waiting.size === 0) return;
    }
  };
}
