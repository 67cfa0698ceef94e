import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far a sender's clock may be from ours, both ways. */
const TOLERANCE_SECONDS = 300;
const MAX_SIGNATURES = 10;

/** The headers of a signed report, as they came. */
export interface SignedHeaders {
  id: string;
  timestamp: string;
  signature: string;
}

/** By how many seconds the clock that a report was signed by is ahead of ours; null for what is no time. */
export function clockOffset(timestamp: string, now: Date): number | null {
  return /^\d{1,12}$/.test(timestamp) ? Math.round(Number(timestamp) - now.getTime() / 1000) : null;
}

/** Whether a signature that was made then is a fresh one. */
export function isFresh(offsetSeconds: number | null): offsetSeconds is number {
  return offsetSeconds !== null && Math.abs(offsetSeconds) <= TOLERANCE_SECONDS;
}

/** Whether one of the signatures (`v1,<base64>`, separated by spaces) is that of the very bytes under the secret. */
export function isSignedWith(
  secret: Uint8Array,
  { id, timestamp, signature }: SignedHeaders,
  body: Uint8Array,
): boolean {
  const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
  return signature
    .split(' ', MAX_SIGNATURES)
    .filter((part) => part.startsWith('v1,'))
    .map((part) => Buffer.from(part.slice('v1,'.length), 'base64'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}
