import type { Storage } from '#domain/storage.ts';
import type { EventFeed } from './event-feed.ts';
import { hasAnswer } from './trace-status.ts';

/** Resolves when each agent of an operation has answered, or cannot any more, or the time is over: whichever is first. */
export type AwaitAnswers = (operationId: string, timeoutMs: number) => Promise<void>;

export function createAwaitAnswers({ db, events }: { db: Storage; events: EventFeed }): AwaitAnswers {
  return async (operationId, timeoutMs) => {
    if (timeoutMs === 0) return;
    // Subscribe before reading. The other way round, an answer that lands in between is never heard of.
    const after = events.head();
    const traces = await db.trace.findMany({ where: { operationId }, select: { id: true, status: true } });
    const waiting = new Set(traces.filter(({ status }) => !hasAnswer(status)).map(({ id }) => id));
    if (waiting.size === 0) return;
    const answers = events.follow({
      after,
      matches: (event) =>
        event.operationId === operationId && event.traceStatus !== null && hasAnswer(event.traceStatus),
      signal: AbortSignal.timeout(timeoutMs),
    });
    for await (const { traceId } of answers) {
      if (traceId !== null) waiting.delete(traceId);
      if (waiting.size === 0) return;
    }
  };
}
