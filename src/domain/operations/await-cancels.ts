import { setTimeout as delay } from 'node:timers/promises';
import type { Storage } from '#domain/storage.ts';
import type { AwaitTraces } from '#domain/tracing/await-traces.ts';
import { isFinal } from '#domain/tracing/trace-status.ts';
import { endOf } from './cancel-trace.ts';
import type { BeginCancel, CancelOutcome } from './cancel-trace.ts';

/** A cancel that is on record, and what is or will be known of it. */
export type BegunCancel = { traceId: string } & Awaited<ReturnType<BeginCancel>>;

export interface CancelledTrace {
  traceId: string;
  result: CancelOutcome;
}

/** Tells what became of cancelled traces of one operation: all that is known within the time. */
export type AwaitCancels = (
  operationId: string,
  begun: readonly BegunCancel[],
  options: { waitForAgentsMs: number },
) => Promise<readonly CancelledTrace[]>;

export const CANCELLING: CancelOutcome = { outcome: 'cancelling' };

/** First for what the agents answer, then for their word that the jobs are dead; both within `waitForAgentsMs` together. */
export function createAwaitCancels({ db, awaitTraces }: { db: Storage; awaitTraces: AwaitTraces }): AwaitCancels {
  return async (operationId, begun, { waitForAgentsMs }) => {
    const until = Date.now() + waitForAgentsMs;
    const waiting = new AbortController();
    const tooLate = delay(waitForAgentsMs, CANCELLING, { signal: waiting.signal }).catch(() => CANCELLING);
    const results = await Promise.all(
      begun.map(async (each) => ({
        traceId: each.traceId,
        result: 'known' in each ? each.known : await Promise.race([each.asked, tooLate]),
      })),
    );
    waiting.abort();
    const asked = results.filter(({ result }) => result.outcome === 'cancelling').map(({ traceId }) => traceId);
    const timeoutMs = Math.max(0, until - Date.now());
    if (asked.length === 0) return results;
    await awaitTraces({ operationId, traceIds: asked, isDone: isFinal, timeoutMs });
    const traces = await db.trace.findMany({ where: { id: { in: asked } }, select: { id: true, status: true } });
    const ends = new Map(traces.flatMap(({ id, status }) => (isFinal(status) ? [[id, endOf(status)] as const] : [])));
    return results.map((each) => {
      const outcome = ends.get(each.traceId);
      return outcome === undefined ? each : { traceId: each.traceId, result: { outcome } };
    });
  };
}
