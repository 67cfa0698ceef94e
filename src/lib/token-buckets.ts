/** Lets each key do something so often and no oftener: what was not used is saved up, to a minute's worth. */
export interface TokenBuckets {
  /** Takes so many at once, or none. @returns 0, or the seconds after which they can be had. */
  take(key: string, count?: number): number;
  /** Takes nothing. @returns 0 where there is one to be had, or the seconds until there is. */
  wait(key: string): number;
}

interface Options {
  /** 0 lets everything pass. */
  perMinute: number;
  /** Milliseconds that never go back. */
  now?: () => number;
  /** How many keys are remembered; whoever took nothing for longest is forgotten first, and has a full bucket again. */
  maxKeys?: number;
}

const MAX_KEYS = 10_000;

export function createTokenBuckets({
  perMinute,
  now = () => performance.now(),
  maxKeys = MAX_KEYS,
}: Options): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const perMs = perMinute / 60_000;

  function tokensOf(key: string): number {
    const bucket = buckets.get(key);
    return bucket === undefined ? perMinute : Math.min(perMinute, bucket.tokens + (now() - bucket.at) * perMs);
  }
  function secondsUntil(count: number, tokens: number): number {
    return tokens >= count ? 0 : Math.ceil((count - tokens) / perMs / 1000);
  }

  return {
    take(key, count = 1) {
      if (perMinute === 0) return 0;
      const tokens = tokensOf(key);
      // More at once than a whole bucket holds could never be had.
      const seconds = secondsUntil(Math.min(count, perMinute), tokens);
      if (seconds > 0) return seconds;
      // Put in anew, so that the map keeps the order in which they last took something.
      buckets.delete(key);
      buckets.set(key, { tokens: tokens - count, at: now() });
      if (buckets.size > maxKeys) buckets.delete(buckets.keys().next().value ?? '');
      return 0;
    },
    wait: (key) => (perMinute === 0 ? 0 : secondsUntil(1, tokensOf(key))),
  };
}
