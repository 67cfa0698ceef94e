import type { EventStream } from './event-feed.ts';
import type { LoggedEvent } from './event.ts';

/** Those events of a stream that match, in their order, where it takes a while to find out. */
export function keepMatching(source: EventStream, matches: (event: LoggedEvent) => Promise<boolean>): EventStream {
  /** Being looked at. */
  let held: LoggedEvent | undefined;

  async function isWanted(event: LoggedEvent): Promise<boolean> {
    held = event;
    const wanted = await matches(event);
    held = undefined;
    return wanted;
  }

  return {
    async next() {
      for (;;) {
        const result = await source.next();
        if (result.done === true || (await isWanted(result.value))) return result;
      }
    },
    async nextNow() {
      for (;;) {
        const result = await source.nextNow();
        if (result === undefined || result.done === true || (await isWanted(result.value))) return result;
      }
    },
    position: () => (held === undefined ? source.position() : held.seq - 1n),
    return: () => source.return(),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
