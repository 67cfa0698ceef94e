/** What the end of a socket means for the streams on it. */
export type CloseMeaning = 'over' | 'refused' | 'resume';

/** Of the protocol itself: what was said made no sense to the other side, was too long, or not allowed. */
const REFUSED_BY_PROTOCOL: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1009, 1010]);
/**
 * 4408: the greeting came too late. 4429: too slow, or too many at once; there will be room. 4499: we have closed it ourselves,
 * as it did not answer.
 */
const RESUMED: ReadonlySet<number> = new Set([4408, 4429, 4499]);

/** 4403 is for ever, but for what has ended on the way: something newer may be shown. */
const ENDED_RIGHTS = /^(expired|not valid any more|rights changed)/;

/**
 * 1000 ends a stream. 44xx says that we are wrong, as 4xx does in HTTP, and will be wrong again. All others – the server restarts
 * (1001, 1012), the line was cut (1006), it has an error of its own (1011, 4500) – pass.
 */
export function meaningOfClose(code: number, reason = ''): CloseMeaning {
  if (code === 1000) return 'over';
  if (RESUMED.has(code) || (code === 4403 && ENDED_RIGHTS.test(reason))) return 'resume';
  // 4004 is how this side calls an answer that is not of the protocol.
  return REFUSED_BY_PROTOCOL.has(code) || code === 4004 || (code >= 4400 && code < 4500) ? 'refused' : 'resume';
}

/** However wrong the server is, nobody stays away longer. */
const LONGEST_WAIT_MS = 30_000;

/** A server that restarts spreads its clients over some seconds, each by a time of its own. */
export function askedToWait(reason: string): number {
  return Math.min(Number(/\bretryMs=(\d+)/.exec(reason)?.[1] ?? 0), LONGEST_WAIT_MS);
}
