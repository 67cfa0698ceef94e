/** Thrown where more waits than may wait; the caller may come again a moment later. */
export class OverloadedError extends Error {
  readonly retryAfterSeconds = 1;

  constructor() {
    super('too much is waiting already');
    this.name = 'OverloadedError';
  }
}

/** Runs work, so many at once; the others wait in the order they came, up to a limit. */
export type Turnstile = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * What comes faster than it can be done must wait somewhere: here it waits as a closure, not as a transaction that holds a connection and
 * gives up after seconds. What could only be done too late is turned away at once, while the sender still listens.
 *
 * @throws {OverloadedError} where `maxWaiting` wait already.
 */
export function createTurnstile({ atOnce, maxWaiting }: { atOnce: number; maxWaiting: number }): Turnstile {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= maxWaiting) throw new OverloadedError();
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      // The place goes straight to the next in line, so nobody can come in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
