import type { ExecutionResult } from 'graphql';
import type { StreamItem, UpdateStream } from '#schema/tracing/stream.ts';
import { seqOf } from '#schema/tracing/stream.ts';
import { createSharedChannel } from './shared-channel.ts';
import type { SharedChannel } from './shared-channel.ts';

/** A running subscription, and where it stands. */
export interface Subscriber extends AsyncIterableIterator<ExecutionResult, undefined> {
  /** Whoever subscribes after this cursor misses nothing of what comes after the results handed on so far. */
  cursor(): string;
  position(): bigint;
  next(): Promise<IteratorResult<ExecutionResult, undefined>>;
  return(): Promise<IteratorResult<ExecutionResult, undefined>>;
}

interface SubscriberOptions {
  /** Where it begins. */
  source: UpdateStream;
  /** Begins again after a number. */
  openAfter: (seq: bigint) => Promise<UpdateStream>;
  execute: (item: StreamItem) => Promise<ExecutionResult>;
  channels: Map<string, SharedChannel>;
  /** The same for all who asked the same with the same rights. */
  key: string;
  toCursor: (seq: bigint) => string;
}

const OVER: IteratorResult<ExecutionResult, undefined> = { done: true, value: undefined };

/**
 * Replays for itself what only it has not seen, then shares the results of all who asked the same; when it falls too far behind them, it
 * reads for itself again. However often it changes sides, it is handed every result once and in order.
 */
export function createSubscriber({
  source,
  openAfter,
  execute,
  channels,
  key,
  toCursor,
}: SubscriberOptions): Subscriber {
  const over = new AbortController();
  let own: UpdateStream | undefined = source;
  let channel: SharedChannel | undefined;
  let position = source.position() ?? 0n;
  let isOver = false;
  let isExecuting = false;

  function share(next: SharedChannel): void {
    if (isOver) return;
    channel = next;
    channel.join();
  }

  async function readOwn(stream: UpdateStream): Promise<IteratorResult<ExecutionResult, undefined> | undefined> {
    const before = stream.position();
    const existing = channels.get(key);
    if (before !== null && existing?.covers(before) === true) {
      position = before;
      own = undefined;
      await stream.return();
      share(existing);
      return undefined;
    }
    const now = await stream.nextNow();
    if (now !== undefined) return handOn(now);
    if (isOver) return OVER;
    // Caught up: from here on it can be shared. Another one may have begun to in the meantime.
    if (channels.has(key)) return handOn(await stream.next());
    own = undefined;
    position = stream.position() ?? position;
    const created: SharedChannel = createSharedChannel({
      source: stream,
      execute,
      onEmpty: () => {
        if (channels.get(key) === created) channels.delete(key);
      },
    });
    channels.set(key, created);
    share(created);
    return undefined;
  }

  async function handOn(
    next: IteratorResult<StreamItem, undefined>,
  ): Promise<IteratorResult<ExecutionResult, undefined>> {
    if (next.done === true || isOver) return OVER;
    isExecuting = true;
    const value = await execute(next.value);
    isExecuting = false;
    position = seqOf(next.value);
    isOver ||= next.value.item === 'reset';
    return { done: false, value };
  }

  async function readShared(shared: SharedChannel): Promise<IteratorResult<ExecutionResult, undefined> | undefined> {
    const found = shared.after(position);
    if (found === 'ended') return OVER;
    if (found === 'nothing yet') {
      await shared.more(over.signal);
      return undefined;
    }
    if (found === 'behind') {
      channel = undefined;
      shared.leave();
      own = await openAfter(position);
      return undefined;
    }
    position = found.seq;
    isOver ||= found.isReset;
    return { done: false, value: found.result };
  }

  /** What was handed on is behind it; how far it has looked without finding anything, its source knows. */
  function findPosition(): bigint {
    if (isExecuting || isOver) return position;
    const hasMore = channel?.hasMore(position) ?? false;
    const looked = own === undefined ? channel?.position() : own.position();
    return looked !== null && looked !== undefined && !hasMore && looked > position ? looked : position;
  }

  return {
    async next() {
      while (!isOver) {
        if (channel === undefined && own === undefined) return OVER;
        const result = channel === undefined ? await readOwn(own as UpdateStream) : await readShared(channel);
        if (result !== undefined) return result;
      }
      return OVER;
    },
    cursor: () => toCursor(findPosition()),
    position: findPosition,
    async return() {
      isOver = true;
      over.abort();
      channel?.leave();
      channel = undefined;
      await own?.return();
      own = undefined;
      return OVER;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
