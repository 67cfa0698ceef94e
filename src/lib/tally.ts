/** Counts what may come in any number, and tells of it at once the first time and then once in a while. */
export interface Tally<T> {
  (latest: T): void;
  /** Tells what has not been told yet. */
  stop: () => void;
}

/** @param tell gets how many there were since it was told last, and the latest of them. */
export function createTally<T>(everyMs: number, tell: (count: number, latest: T) => void): Tally<T> {
  let pending: { count: number; latest: T } | null = null;
  let timer: NodeJS.Timeout | null = null;

  function flush(): void {
    timer = null;
    if (pending === null) return;
    const { count, latest } = pending;
    pending = null;
    timer = setTimeout(flush, everyMs).unref();
    tell(count, latest);
  }

  const add = (latest: T): void => {
    pending = { count: (pending?.count ?? 0) + 1, latest };
    if (timer === null) flush();
  };
  return Object.assign(add, {
    stop() {
      if (timer !== null) clearTimeout(timer);
      flush();
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  });
}
