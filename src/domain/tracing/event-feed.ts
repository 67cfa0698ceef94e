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
  follow(options: { after: bigint; matches: (event: LoggedEvent) => boolean; signal?: AbortSignal }): EventStream;
}

/** Why a stream ended: it was told to, or the log does not go back to where it stands any more, so that it would have a hole. */
export type StreamEnd = 'ended' | 'pruned';

/** Events in their order, at the pace of whoever reads them. */
export interface EventStream extends AsyncIterable<LoggedEvent, StreamEnd> {
  /** The next one, whenever it comes. */
  next(): Promise<IteratorResult<LoggedEvent, StreamEnd>>;
  /** The next one, or the end, if it is there already; undefined where one would have to wait. */
  nextNow(): Promise<IteratorResult<LoggedEvent, StreamEnd> | undefined>;
  /** Everything up to this number was handed on, or is nothing for this stream: one may go on after it. */
  position(): bigint;
  /** Ends it at once, also while somebody waits for the next one. */
  return(): Promise<IteratorResult<LoggedEvent, StreamEnd>>;
}
