import type { LoggedEvent } from '#domain/tracing/event.ts';

/** The newest events of the log, in order, as far back as memory is given to them. */
export interface RecentEvents {
  head: () => bigint;
  push: (events: readonly LoggedEvent[]) => void;
  /** Begins anew after a number: what was before is not to be had from here any more. */
  skipTo: (seq: bigint) => void;
  /** Events after a number, oldest first; undefined where some of them are not kept any more. */
  after: (seq: bigint, limit: number) => readonly LoggedEvent[] | undefined;
}

/** @param head number up to which the log is taken as read; @param capacity most events kept. */
export function createRecentEvents(head: bigint, capacity: number): RecentEvents {
  let newest = head;
  /** Everything after this number is in `events`. */
  let floor = head;
  let events: LoggedEvent[] = [];

  return {
    head: () => newest,
    push(more) {
      events.push(...more);
      newest = more.at(-1)?.seq ?? newest;
      // Cut in large steps: cutting one at each push would copy the whole list each time.
      if (events.length > capacity * 2) {
        floor = events[events.length - capacity - 1]?.seq ?? floor;
        events = events.slice(-capacity);
      }
    },
    skipTo(seq) {
      floor = seq;
      newest = seq;
      events = [];
    },
    after(seq, limit) {
      if (seq < floor) return undefined;
      const start = firstIndexAfter(events, seq);
      return events.slice(start, start + limit);
    },
  };
}

function firstIndexAfter(events: readonly LoggedEvent[], seq: bigint): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.seq ?? 0n) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
