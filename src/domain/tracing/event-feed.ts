import type { LoggedEvent } from './event.ts';

/**
 * The port to the event log as something to follow.
 *
 * Following starts after a number and never skips or repeats one: what is already in the log first, then what comes.
 */
export interface EventFeed {
  /** Newest number known to this process. */
  head(): bigint;
  /** The events after `after` that match, for ever, until the signal or the reader ends it. The reader sets the pace. */
  follow(options: {
    after: bigint;
    matches: (event: LoggedEvent) => boolean;
    signal?: AbortSignal;
  }): AsyncIteratorObject<LoggedEvent, undefined>;
}
