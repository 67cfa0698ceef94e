import { readHead, wasGivenOut } from '#domain/tracing/append-events.ts';
import { formatCursor, parseCursor } from '#domain/tracing/cursor.ts';
import type { EventStream, StreamEnd } from '#domain/tracing/event-feed.ts';
import type { LoggedEvent } from '#domain/tracing/event.ts';
import { keepMatching } from '#domain/tracing/keep-matching.ts';
import { latestOnly } from '#domain/tracing/latest-only.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';

type ResetReason = 'CURSOR_NOT_OURS' | 'CURSOR_UNREADABLE' | 'CURSOR_TOO_OLD';

/** What a stream is about, for those that are about one thing only: it is shown afresh with a reset. */
type About = { operationId: string } | { roomId: string } | Record<string, never>;

/** What a stream hands to its subscriber: an event, or the news that it cannot go on from where it was asked to. */
export type StreamItem =
  | { item: 'event'; event: LoggedEvent }
  | { item: 'reset'; reason: ResetReason; seq: bigint; about: About };

/** The source of a subscription, at the pace of whoever reads it. */
export interface UpdateStream extends AsyncIterable<StreamItem, undefined> {
  next(): Promise<IteratorResult<StreamItem, undefined>>;
  /** The next one, or the end, if it is there already; undefined where one would have to wait. */
  nextNow(): Promise<IteratorResult<StreamItem, undefined> | undefined>;
  /** A stream that goes on after this number misses nothing; null before a reset, which must be told first. */
  position(): bigint | null;
  return(): Promise<IteratorResult<StreamItem, undefined>>;
}

interface StreamOptions {
  after: string | null | undefined;
  /** Of each thing only the newest, so many times a second; every event where left out. */
  latest?: { keyOf: (event: LoggedEvent) => string; maxPerSecond: number } | undefined;
  couldMatch: (event: LoggedEvent) => boolean;
  matches?: (event: LoggedEvent) => Promise<boolean>;
  about?: About;
  /** Ends it. */
  signal?: AbortSignal;
}

/**
 * Starts a stream after a cursor, or from now without one. A cursor that cannot be honoured – from another life of the log, older than
 * what is kept, or no cursor at all – yields one reset with the cursor to go on from, and ends: a hole is told, never jumped over.
 */
export async function startStream(context: Context, options: StreamOptions): Promise<UpdateStream> {
  const { services, resumeAfter } = context;
  const { about = {} } = options;
  const head = services.events.head();
  // What the transport says comes later than what the document said: it is where the client was cut off.
  const after = resumeAfter ?? options.after;
  const reset = (reason: ResetReason) => resetTo({ item: 'reset', reason, seq: head, about });
  if (after === null || after === undefined) return follow(head);
  const cursor = parseCursor(after);
  if (cursor === null) return reset('CURSOR_UNREADABLE');
  if (cursor.epoch !== services.epoch) return reset('CURSOR_NOT_OURS');
  // Ahead of what this server has read it may be for a moment; a number never given out is from a database that was restored.
  if (cursor.seq > head && !(await wasGivenOut(databaseOf(context), cursor.seq))) return reset('CURSOR_NOT_OURS');
  return follow(cursor.seq);

  function follow(start: bigint): UpdateStream {
    const { couldMatch, matches, latest, signal } = options;
    let events: EventStream = services.events.follow({
      after: start,
      matches: couldMatch,
      ...(signal === undefined ? {} : { signal }),
    });
    if (matches !== undefined) events = keepMatching(events, matches);
    if (latest !== undefined) events = latestOnly(events, latest);
    return toUpdates(events, async () => ({
      item: 'reset',
      reason: 'CURSOR_TOO_OLD',
      seq: await readHead(databaseOf(context)),
      about,
    }));
  }
}

function toUpdates(events: EventStream, resetTooOld: () => Promise<StreamItem>): UpdateStream {
  let isOver = false;

  async function toUpdate(
    result: IteratorResult<LoggedEvent, StreamEnd>,
  ): Promise<IteratorResult<StreamItem, undefined>> {
    if (result.done !== true) return { done: false, value: { item: 'event', event: result.value } };
    if (isOver || result.value === 'ended') return { done: true, value: undefined };
    isOver = true;
    return { done: false, value: await resetTooOld() };
  }

  return {
    next: async () => toUpdate(await events.next()),
    async nextNow() {
      const result = await events.nextNow();
      return result === undefined ? undefined : toUpdate(result);
    },
    position: () => events.position(),
    async return() {
      await events.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function resetTo(reset: StreamItem & { item: 'reset' }): UpdateStream {
  let left: StreamItem | undefined = reset;
  const take = (): IteratorResult<StreamItem, undefined> => {
    const item = left;
    left = undefined;
    return item === undefined ? { done: true, value: undefined } : { done: false, value: item };
  };
  return {
    next: async () => take(),
    nextNow: async () => take(),
    position: () => (left === undefined ? reset.seq : null),
    async return() {
      take();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

export function cursorOf(item: StreamItem, { services }: Context): string {
  return formatCursor({ epoch: services.epoch, seq: seqOf(item) });
}

export function seqOf(item: StreamItem): bigint {
  return item.item === 'reset' ? item.seq : item.event.seq;
}
