import { setTimeout as delay } from 'node:timers/promises';
import type { OgGraphClient } from '#client/create-og-graph-client.ts';
import { UnreachableError } from '#client/errors.ts';
import { FollowTracesDocument, TracesAtWorkDocument } from '#client/operations.generated.ts';
import type { TraceStateFragment } from '#client/operations.generated.ts';
import { applyUpdate, replaceTraces } from './board.ts';
import type { Board } from './board.ts';
import type { Display } from './display.ts';

export interface WatchOptions {
  client: OgGraphClient;
  roomId: string;
  board: Board;
  display: Display;
  signal: AbortSignal;
}

const RETRY_MS = 1000;

/** Keeps the board up to date until the signal, or until the server says that it is over. */
export async function watchRoom({ client, roomId, board, display, signal }: WatchOptions): Promise<void> {
  const filter = { roomId };
  const updates = client.subscribe(
    FollowTracesDocument,
    { filter },
    {
      signal,
      onStatus: (status) =>
        status.state === 'live' ? display.connection('live') : display.connection('reconnecting', `(${status.cause})`),
    },
  );
  await updates.started;
  if (signal.aborted) return;
  await takeSnapshot(false);
  for await (const { traceUpdated } of updates) {
    if (traceUpdated.__typename === 'StreamReset') await takeSnapshot(true);
    else display.event(traceUpdated, applyUpdate(board, traceUpdated));
  }

  async function takeSnapshot(isAnew: boolean): Promise<void> {
    const traces: TraceStateFragment[] = [];
    for (let after: string | null = null; ;) {
      const page = await readPage(after);
      if (page === null) return;
      traces.push(...page.nodes);
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    replaceTraces(board, traces);
    display.snapshot(isAnew);
  }

  /** Reading may be done again, as often as it takes. @returns null once the signal has come. */
  async function readPage(after: string | null) {
    while (!signal.aborted) {
      try {
        const { traces } = await client.request(
          TracesAtWorkDocument,
          { filter: { ...filter, active: true }, after },
          { signal },
        );
        return traces;
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof UnreachableError)) throw error;
        await delay(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
    return null;
  }
}
