import type { Database } from '#db/database.ts';
import { EVENTS_CHANNEL, readHead, readPruned } from '#domain/tracing/append-events.ts';
import type { EventFeed, StreamEnd } from '#domain/tracing/event-feed.ts';
import type { LoggedEvent } from '#domain/tracing/event.ts';
import type { Logger } from '#lib/logger.ts';
import { createRecentEvents } from './recent-events.ts';

export interface RunningEventFeed extends EventFeed {
  stop(): Promise<void>;
}

const PAGE = 500;
/** A notice may be lost with its connection; the log is looked at this often all the same. */
const POLL_MS = 1000;
const RECENT_EVENTS = 4096;

/**
 * Follows the event log: one reader for the whole process, whatever the number of subscribers.
 *
 * A subscriber is a number it has read up to, and asks for what comes after it when it is ready for more. So a slow one
 * costs nothing but its place: no queue grows for it, and when it has fallen behind what is kept in memory, it is served
 * from the log until it has caught up. NOTIFY is only the hint to look; nothing is read out of it.
 */
export async function createEventFeed({
  database,
  log,
}: {
  database: Database;
  log: Logger;
}): Promise<RunningEventFeed> {
  const { prisma } = database;
  const recent = createRecentEvents(await readHead(prisma), RECENT_EVENTS);
  const readPage = (after: bigint): Promise<LoggedEvent[]> =>
    prisma.event.findMany({ where: { seq: { gt: after } }, orderBy: { seq: 'asc' }, take: PAGE });

  /** Followers that wait for more, each by a function that goes on. */
  const waiting = new Set<() => void>();
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  const stopping = new AbortController();

  async function look(): Promise<void> {
    do {
      lookAgain = false;
      const page = await readPage(recent.head());
      const [first] = page;
      if (first === undefined) continue;
      // A number that was given out and not used leaves the same gap as rows that were thrown away before they were read here.
      if (first.seq > recent.head() + 1n) {
        const pruned = await readPruned(prisma);
        if (pruned > recent.head()) recent.skipTo(first.seq > pruned ? pruned : first.seq - 1n);
      }
      recent.push(page);
      lookAgain ||= page.length === PAGE;
      for (const goOn of waiting) goOn();
    } while (lookAgain && !stopping.signal.aborted);
  }

  /** A listener on the signal for each wait, and gone after it: one promise to race against would keep them all for ever. */
  function untilMore(over: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const goOn = (): void => {
        waiting.delete(goOn);
        over.removeEventListener('abort', goOn);
        resolve();
      };
      waiting.add(goOn);
      over.addEventListener('abort', goOn);
    });
  }

  function lookNow(): void {
    if (stopping.signal.aborted) return;
    lookAgain = true;
    looking ??= look()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'cannot read the event log; trying again');
      })
      .finally(() => {
        looking = undefined;
      });
  }

  const stopListening = await database.listen(EVENTS_CHANNEL, lookNow, lookNow);
  const poll = setInterval(lookNow, POLL_MS);

  return {
    head: recent.head,
    follow({ after, matches, signal }) {
      const ended = new AbortController();
      const over = AbortSignal.any([ended.signal, stopping.signal, ...(signal === undefined ? [] : [signal])]);
      let cursor = after;
      let batch: readonly LoggedEvent[] = [];
      let index = 0;
      let isPruned = false;

      /** The next event; undefined where there is none yet, or a reason why there will be none. */
      async function advance(wait: boolean): Promise<LoggedEvent | StreamEnd | undefined> {
        if (isPruned) return 'pruned';
        while (!over.aborted) {
          const event = batch[index];
          if (event !== undefined) {
            index += 1;
            cursor = event.seq;
            if (matches(event)) return event;
            continue;
          }
          const seen = recent.head();
          const kept = recent.after(cursor, PAGE);
          batch = kept ?? (await readPage(cursor));
          index = 0;
          // Asked after the page was read: what is thrown away between the two was read, and what before, is told of.
          isPruned = kept === undefined && (await readPruned(prisma)) > cursor;
          if (isPruned) return 'pruned';
          // What arrived while the log was read is looked for again at once; otherwise the next look wakes this follower.
          if (batch.length > 0 || recent.head() !== seen) continue;
          if (!wait) return undefined;
          await untilMore(over);
        }
        return 'ended';
      }

      return {
        async next() {
          return toResult((await advance(true)) ?? 'ended');
        },
        async nextNow() {
          const found = await advance(false);
          return found === undefined ? undefined : toResult(found);
        },
        position: () => cursor,
        // Not an async generator: its return() would wait for the next event before it could end.
        return() {
          ended.abort();
          return Promise.resolve({ done: true, value: 'ended' });
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
    async stop() {
      stopping.abort();
      clearInterval(poll);
      await stopListening();
      await looking;
    },
  };
}

function toResult(found: LoggedEvent | StreamEnd): IteratorResult<LoggedEvent, StreamEnd> {
  return typeof found === 'object' ? { done: false, value: found } : { done: true, value: found };
}
