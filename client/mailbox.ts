/** Items between one who brings them and one who takes them, in order. */
export interface Mailbox<T> {
  put: (item: T) => void;
  /** Nothing more comes; what is there is still handed out. */
  end: () => void;
  /** As `end`, and then throws. */
  fail: (error: Error) => void;
  /** At once, and what is there is thrown away. */
  discard: () => void;
  take: () => Promise<IteratorResult<T, undefined>>;
  size: () => number;
  /** Resolves once all was taken, or thrown away. */
  emptied: () => Promise<void>;
}

export function createMailbox<T>(): Mailbox<T> {
  let items: T[] = [];
  /** How many of `items` are gone: taking from the front of a long array would move all the others each time. */
  let taken = 0;
  let ending: { error?: Error } | null = null;
  const takers: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];
  const waitingForEmpty: (() => void)[] = [];

  const size = () => items.length - taken;
  const tellEmpty = () => {
    if (size() > 0) return;
    items = [];
    taken = 0;
    for (const tell of waitingForEmpty.splice(0)) tell();
  };
  const finish = (how: { error?: Error }) => {
    if (ending !== null) return;
    ending = how;
    for (const taker of takers.splice(0)) settle(taker);
  };
  const settle = (taker: PromiseWithResolvers<IteratorResult<T, undefined>>) => {
    const error = ending?.error;
    if (error === undefined) return taker.resolve({ done: true, value: undefined });
    // Once is enough: whoever asks on is told that it is over.
    ending = {};
    taker.reject(error);
  };
  return {
    put(item) {
      if (ending !== null) return;
      const taker = takers.shift();
      if (taker === undefined) items.push(item);
      else taker.resolve({ done: false, value: item });
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
    discard() {
      items = [];
      taken = 0;
      ending = {};
      for (const taker of takers.splice(0)) settle(taker);
      tellEmpty();
    },
    take() {
      const taker = Promise.withResolvers<IteratorResult<T, undefined>>();
      if (size() > 0) {
        taker.resolve({ done: false, value: items[taken] as T });
        taken += 1;
        tellEmpty();
      } else if (ending === null) takers.push(taker);
      else settle(taker);
      return taker.promise;
    },
    size,
    emptied: () =>
      new Promise((resolve) => {
        waitingForEmpty.push(resolve);
        tellEmpty();
      }),
  };
}
