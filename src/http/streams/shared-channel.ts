import type { ExecutionResult } from 'graphql';
import type { StreamItem, UpdateStream } from '#schema/tracing/stream.ts';
import { seqOf } from '#schema/tracing/stream.ts';
import { textOf } from './text-of.ts';

/** Newest results kept for subscribers that are not quite as quick as the quickest, and how many characters of them at most. */
const MAX_KEPT = 256;
const MAX_KEPT_CHARACTERS = 1_000_000;

interface Entry {
  seq: bigint;
  result: ExecutionResult;
  isReset: boolean;
  size: number;
}

/** What comes after a subscriber's place: the next result, the news that it is not kept here, the end, or nothing yet. */
export type Found = Entry | 'behind' | 'ended' | 'nothing yet';

/** One source, executed once for all who asked the same. */
export interface SharedChannel {
  /** @throws what the source or the execution failed with. */
  after(position: bigint): Found;
  /** Whether there is something to be read after a place already. */
  hasMore(position: bigint): boolean;
  /** Whether somebody who stands there misses nothing by reading on here. */
  covers(position: bigint): boolean;
  /** Everything up to here that is for these subscribers is here to be read. */
  position(): bigint;
  /** Reads on, and resolves when there is more, or the signal says that nobody waits. */
  more(over: AbortSignal): Promise<void>;
  join(): void;
  leave(): void;
}

/**
 * Reads on only while somebody waits for more than there is: where all are slow, so is the channel, and what it keeps is bounded. Who falls
 * out of what is kept reads for itself until it has caught up.
 */
export function createSharedChannel({
  source,
  execute,
  onEmpty,
}: {
  source: UpdateStream;
  execute: (item: StreamItem) => Promise<ExecutionResult>;
  onEmpty: () => void;
}): SharedChannel {
  const kept: Entry[] = [];
  let floor = source.position() ?? 0n;
  let size = 0;
  let ended = false;
  let failure: { error: unknown } | undefined;
  let reading: Promise<void> | undefined;
  /** Taken from the source, and not to be read here yet. */
  let held: bigint | undefined;
  let members = 0;
  const waiting = new Set<() => void>();

  function keep(entry: Entry): void {
    kept.push(entry);
    size += entry.size;
    while (kept.length > MAX_KEPT || (size > MAX_KEPT_CHARACTERS && kept.length > 1)) {
      const oldest = kept.shift();
      floor = oldest?.seq ?? floor;
      size -= oldest?.size ?? 0;
    }
  }

  async function read(): Promise<void> {
    try {
      const next = await source.next();
      if (next.done === true) {
        ended = true;
        return;
      }
      const seq = seqOf(next.value);
      held = seq;
      const result = await execute(next.value);
      const isReset = next.value.item === 'reset';
      keep({ seq, result, isReset, size: textOf(result).length });
      ended ||= isReset;
    } catch (error) {
      failure = { error };
      ended = true;
      onEmpty();
    } finally {
      held = undefined;
      reading = undefined;
      for (const goOn of waiting) goOn();
    }
  }

  return {
    covers: (position) => !ended && position >= floor,
    hasMore: (position) => (kept.at(-1)?.seq ?? floor) > position,
    after(position) {
      if (position < floor) return 'behind';
      // Most stand at the end of it.
      let index = kept.length;
      while (index > 0 && (kept[index - 1]?.seq ?? 0n) > position) index -= 1;
      const entry = kept[index];
      if (entry === undefined && failure !== undefined) throw failure.error;
      return entry ?? (ended ? 'ended' : 'nothing yet');
    },
    position: () => (held === undefined ? (source.position() ?? floor) : held - 1n),
    more(over) {
      reading ??= read();
      return new Promise((resolve) => {
        const goOn = (): void => {
          waiting.delete(goOn);
          over.removeEventListener('abort', goOn);
          resolve();
        };
        waiting.add(goOn);
        over.addEventListener('abort', goOn);
      });
    },
    join() {
      members += 1;
    },
    leave() {
      members -= 1;
      if (members > 0) return;
      ended = true;
      onEmpty();
      void source.return();
    },
  };
}
