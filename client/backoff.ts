export interface RetryOptions {
  /** How often in a row a stream is tried to be taken up again before it ends with an UnreachableError; without end when left out. */
  attempts?: number;
  /** The longest that the first attempt is put off; 500 ms when left out. Each further one waits up to twice as long. */
  minDelayMs?: number;
  /** The longest that any attempt is put off; 15 s when left out. */
  maxDelayMs?: number;
}

export interface Backoff {
  /** How long to wait before the next attempt, or null when there were enough. */
  next: () => number | null;
  /** It has worked: what comes is a first attempt again. */
  reset: () => void;
  /** How many attempts have failed in a row. */
  failures: () => number;
}

/** At least half of the delay, and chance for the rest: a server that restarts is not to meet all its subscribers at once. */
export function createBackoff(
  { attempts = Number.POSITIVE_INFINITY, minDelayMs = 500, maxDelayMs = 15_000 }: RetryOptions = {},
  random: () => number = Math.random,
): Backoff {
  let failures = 0;
  return {
    next() {
      if (failures >= attempts) return null;
      const longest = Math.min(minDelayMs * 2 ** failures, maxDelayMs);
      failures += 1;
      return longest * (0.5 + random() / 2);
    },
    reset() {
      failures = 0;
    },
    failures: () => failures,
  };
}
