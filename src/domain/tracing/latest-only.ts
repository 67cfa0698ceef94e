import { setTimeout as delay } from 'node:timers/promises';
import type { EventStream, StreamEnd } from './event-feed.ts';
import type { LoggedEvent } from './event.ts';

/** Most things whose newest event is kept at once: what is more is handed on in the next lot. */
const MAX_THINGS = 1000;

/**
 * Of each thing only its newest event, in lots: the first at once, each later one not before its time. Whatever happens between two lots
 * costs nothing but a look.
 *
 * The events of a lot keep their order, so one may go on after any of them: what was left out has a newer one that is still to come.
 *
 * @param keyOf which events are about the same thing.
 */
export function latestOnly(
  source: EventStream,
  { keyOf, maxPerSecond }: { keyOf: (event: LoggedEvent) => string; maxPerSecond: number },
): EventStream {
  const over = new AbortController();
  let nextLotAt = 0;
  let lot: LoggedEvent[] = [];
  /** Taken from the source, and not in a lot yet. */
  let held: LoggedEvent | undefined;

  async function gather(first: LoggedEvent): Promise<void> {
    const newest = new Map<string, LoggedEvent>();
    let found: IteratorResult<LoggedEvent, StreamEnd> | undefined = { done: false, value: first };
    while (found?.done === false) {
      const key = keyOf(found.value);
      // Taken out first, so that what is newest is also last.
      newest.delete(key);
      newest.set(key, found.value);
      found = newest.size < MAX_THINGS ? await source.nextNow() : undefined;
    }
    // An end that was met here is met again by whoever asks for more.
    lot = [...newest.values()];
    held = undefined;
    nextLotAt = performance.now() + 1000 / maxPerSecond;
  }

  return {
    async next(): Promise<IteratorResult<LoggedEvent, StreamEnd>> {
      if (lot.length === 0) {
        const first = await source.next();
        if (first.done === true) return first;
        held = first.value;
        const waitMs = nextLotAt - performance.now();
        if (waitMs > 0) await delay(waitMs, undefined, { signal: over.signal }).catch(() => {});
        if (over.signal.aborted) return { done: true, value: 'ended' };
        await gather(first.value);
      }
      const value = lot.shift();
      return value === undefined ? { done: true, value: 'ended' } : { done: false, value };
    },
    async nextNow() {
      if (lot.length === 0 && performance.now() >= nextLotAt) {
        const first = await source.nextNow();
        if (first === undefined || first.done === true) return first;
        held = first.value;
        await gather(first.value);
      }
      const value = lot.shift();
      return value === undefined ? undefined : { done: false, value };
    },
    position() {
      const ahead = lot[0] ?? held;
      return ahead === undefined ? source.position() : ahead.seq - 1n;
    },
    return() {
      over.abort();
      return source.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
