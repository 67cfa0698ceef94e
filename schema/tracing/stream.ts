import { readHead } from '#domain/tracing/append-events.ts';
import { formatCursor, parseCursor } from '#domain/tracing/cursor.ts';
import type { LoggedEvent } from '#domain/tracing/event.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';

type ResetReason = 'CURSOR_NOT_OURS' | 'CURSOR_UNREADABLE';

/** What a stream hands to its subscriber: an event, or the news that it could not start where it was asked to. */
export type StreamItem = { item: 'event'; event: LoggedEvent } | { item: 'reset'; reason: ResetReason; cursor: string };

/**
 * Starts a stream after a cursor, or from now without one. A cursor that cannot be honoured – from another life of the log,
 * or no cursor at all – yields one reset with the cursor to go on from, and ends: a hole is told, never jumped over.
 */
export async function startStream(
  context: Context,
  after: string | null | undefined,
  matches: (event: LoggedEvent) => boolean,
): Promise<AsyncIterable<StreamItem>> {
  const { services } = context;
  const head = services.events.head();
  if (after === null || after === undefined) return followFrom(services, head, matches);
  const cursor = parseCursor(after);
  if (cursor === null) return reset('CURSOR_UNREADABLE');
  if (cursor.epoch !== services.epoch) return reset('CURSOR_NOT_OURS');
  // Ahead of what this server has read it may be for a moment; ahead of the log itself it is from a database that was restored.
  if (cursor.seq > head && cursor.seq > (await readHead(databaseOf(context)))) return reset('CURSOR_NOT_OURS');
  return followFrom(services, cursor.seq, matches);

  async function* reset(reason: ResetReason): AsyncGenerator<StreamItem> {
    yield { item: 'reset', reason, cursor: formatCursor({ epoch: services.epoch, seq: head }) };
  }
}

function followFrom(
  services: Context['services'],
  after: bigint,
  matches: (event: LoggedEvent) => boolean,
): AsyncIteratorObject<StreamItem> {
  const events = services.events.follow({ after, matches });
  return {
    async next() {
      const result = await events.next();
      return result.done ? result : { done: false, value: { item: 'event', event: result.value } };
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await events.return?.();
    },
  };
}

export function cursorOf(item: StreamItem, { services }: Context): string {
  return item.item === 'reset' ? item.cursor : formatCursor({ epoch: services.epoch, seq: item.event.seq });
}
