import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sign } from '#test/support/sign-report.ts';
import { clockOffset, isFresh, isSignedWith } from '#webhook/signed/verify-signature.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const KEY = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');

/** The one that libraries for such webhooks are tested with. */
const KNOWN = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const BODY = Buffer.from('{"test": 2432232314}');

describe('a signature', () => {
  it('is the one that other implementations make', () => {
    expect(isSignedWith(KEY, KNOWN, BODY)).toBe(true);
    expect(isSignedWith(KEY, { ...KNOWN, signature: `v1,AAAA v1a,xx ${KNOWN.signature}` }, BODY)).toBe(true);
    for (const signature of [
      '',
      'v1',
      'v1,',
      KNOWN.signature.replace('v1', 'v2'),
      `${KNOWN.signature.slice(0, -5)}AAA=`,
    ]) {
      expect(isSignedWith(KEY, { ...KNOWN, signature }, BODY)).toBe(false);
    }
  });

  it('holds for the very bytes that were signed, and for no others', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (body, at, flip) => {
          const headers = { ...KNOWN, signature: sign(SECRET, KNOWN.id, Number(KNOWN.timestamp), body) };
          const changed = Uint8Array.from(body, (byte, index) => (index === at % body.length ? byte ^ flip : byte));
          return isSignedWith(KEY, headers, body) && !isSignedWith(KEY, headers, changed);
        },
      ),
    );
  });

  it('is looked for among the first ten only', () => {
    const signature = `${'v1,AAAA '.repeat(10)}${KNOWN.signature}`;
    expect(isSignedWith(KEY, { ...KNOWN, signature }, BODY)).toBe(false);
  });
});

describe('the time of a signature', () => {
  it('is at most five minutes from ours, both ways', () => {
    const now = new Date('2026-11-23T12:00:00Z');
    const seconds = now.getTime() / 1000;
    const at = (offset: number) => isFresh(clockOffset(String(seconds + offset), now));
    expect([-301, -300, 0, 300, 301, 3600, -3600].map(at)).toEqual([false, true, true, true, false, false, false]);
    for (const text of ['', 'now', '-1', '1e9', ` ${seconds}`, `${seconds}.5`, '9'.repeat(13)]) {
      expect(isFresh(clockOffset(text, now))).toBe(false);
    }
  });
});
