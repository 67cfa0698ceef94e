import { setTimeout as delay } from 'node:timers/promises';
import type { EventFeed } from '#domain/tracing/event-feed.ts';
import type { EventKind } from '#domain/tracing/event.ts';
import type { Logger } from '#lib/logger.ts';
import { createNudge } from '#lib/nudge.ts';

/** Looks for what can be taken a step further; `again`: also for what no event tells of. */
export type Look = (options: { again: boolean }) => Promise<void>;

/** Keeps operations moving: sees what each end, answer and refusal makes possible. */
export interface OperationKeeper {
  start(): void;
  /** Has a look taken soon. */
  nudge(): void;
  /** Looks at everything again, also at what no event tells of: time that has gone by, a server that died. */
  lookAgain(): void;
  /** Waits for the looks in hand. */
  stop(): Promise<void>;
}

/** Between two looks: what the next client in a queue waits at most, besides the look itself. */
const PAUSE_MS = 100;

/** What happens to a trace all the time, and nothing follows from. */
const UNEVENTFUL: ReadonlySet<EventKind> = new Set<EventKind>(['PROGRESS', 'OUTPUT', 'SENDING']);

/**
 * Runs each look when something has happened to any trace: once for many things that happen meanwhile, never twice at once, and none waiting
 * for another, for a repository that hangs must not keep a queue from moving. What is missed, looking again finds, so looks must go by
 * what is stored.
 */
export function createOperationKeeper({
  events,
  looks,
  log,
}: {
  events: EventFeed;
  looks: readonly Look[];
  log: Logger;
}): OperationKeeper {
  const stopping = new AbortController();
  let listening: Promise<void> = Promise.resolve();

  const keepers = looks.map((look) => {
    let again = false;
    const run = createNudge(
      async () => {
        const isAgain = again;
        again = false;
        await look({ again: isAgain });
        // A room that works tells something all the time: one look is enough for all that happens meanwhile.
        await delay(PAUSE_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
      },
      (error) => {
        log.error({ err: error }, 'cannot keep operations moving; trying again');
      },
    );
    return {
      run,
      runAgain: () => {
        again = true;
        run();
      },
    };
  });

  function nudge(): void {
    for (const { run } of keepers) run();
  }

  async function listen(): Promise<void> {
    const news = events.follow({
      after: events.head(),
      matches: ({ kind, traceStatus }) => traceStatus !== null && !UNEVENTFUL.has(kind),
      signal: stopping.signal,
    });
    while ((await news.next()).done !== true) nudge();
  }

  return {
    start() {
      listening = listen();
    },
    nudge,
    lookAgain() {
      for (const { runAgain } of keepers) runAgain();
    },
    async stop() {
      stopping.abort();
      await listening;
      await Promise.all(keepers.map(({ run }) => run.stop()));
    },
  };
}
