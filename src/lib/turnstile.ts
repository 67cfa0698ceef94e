/** Thrown where more waits than may wait; the caller may come again a moment later. */
export class OverloadedError extends Error {
  readonly retryAfterSeconds = 1;

  constructor() {
    super('too much is waiting already');
    this.name = 'OverloadedError';
  }
}

export interface TurnstileLimits {
  atOnce: number;
  maxWaiting: number;
  /** How long somebody waits who comes again when not answered in time: shorter than until they turn away. */
  patienceMs: number;
}

/**
 * Runs work, so many at once; the others wait in the order they came, up to a limit. `comesAgain`: who waits longer than their patience
 * is turned away when their turn comes, for nobody hears the answer any more, and whoever came again stands further behind. `comesOnce`:
 * goes before all those that do not, in a line with a limit of its own, for what is turned away here is not said again.
 */
export type Turnstile = <T>(
  work: () => Promise<T>,
  options?: { comesAgain?: boolean; comesOnce?: boolean },
) => Promise<T>;

/**
 * What comes faster than it can be done must wait somewhere: here it waits as a closure, not as a transaction that holds a connection and
 * gives up after seconds. What could only be done too late is turned away at once, while the sender still listens.
 *
 * How much that is depends on how fast the machine is just now. Without patience, a queue that is longer than what can be done in time would
 * never get shorter: each one served has left by then, and stands at its end again.
 *
 * @throws {OverloadedError} where `maxWaiting` wait already.
 */
export function createTurnstile(
  { atOnce, maxWaiting, patienceMs }: TurnstileLimits,
  now: () => number = () => performance.now(),
): Turnstile {
  const once: (() => void)[] = [];
  const others: (() => void)[] = [];
  let running = 0;

  return async (work, { comesAgain = false, comesOnce = false } = {}) => {
    const line = comesOnce ? once : others;
    const cameAt = now();
    const hasToWait = running >= atOnce;
    if (hasToWait) {
      if (line.length >= maxWaiting) throw new OverloadedError();
      await new Promise<void>((resolve) => {
        line.push(resolve);
      });
    } else {
      running += 1;
    }
    try {
      if (hasToWait && comesAgain && now() - cameAt > patienceMs) throw new OverloadedError();
      return await work();
    } finally {
      // The place goes straight to the next in line, so nobody can come in between.
      const next = once.shift() ?? others.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
