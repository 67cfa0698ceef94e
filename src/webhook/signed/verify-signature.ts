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

/** Whether an instant is near enough to ours for a signature made then to be a fresh one. */
export function isFresh(timestamp: string, now: Date): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(now.getTime() / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS;
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
