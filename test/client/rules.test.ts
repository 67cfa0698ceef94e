import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackoff } from '#client/backoff.ts';
import { askedToWait, meaningOfClose } from '#client/close-codes.ts';
import { createMailbox } from '#client/mailbox.ts';
import { createSeen } from '#client/resumable.ts';

describe('what a close code means', () => {
  it.each([
    ['over', [1000]],
    ['resume', [1001, 1005, 1006, 1011, 1012, 1013, 1014, 4408, 4429, 4499, 4500, 4504]],
    ['refused', [1002, 1003, 1007, 1008, 1009, 1010, 4004, 4400, 4401, 4403, 4406, 4409, 4413]],
  ] as const)('%s: %j', (meaning, codes) => {
    expect(codes.map((code) => meaningOfClose(code))).toEqual(codes.map(() => meaning));
  });

  it.each([
    ['resume', 4403, 'expired after=x'],
    ['resume', 4403, 'not valid any more'],
    ['resume', 4403, 'rights changed after=x'],
    ['refused', 4403, 'Forbidden'],
    ['refused', 4401, 'expired'],
  ] as const)('%s: %d %s', (meaning, code, reason) => {
    expect(meaningOfClose(code, reason)).toBe(meaning);
  });
});

describe('how long the server asks to stay away', () => {
  it.each([
    ['restarting retryMs=1234 after=x', 1234],
    ['restarting retryMs=99999999', 30_000],
    ['restarting', 0],
    ['too slow after=retryMs', 0],
  ])('%s: %d ms', (reason, ms) => {
    expect(askedToWait(reason)).toBe(ms);
  });
});

describe('the delay before another attempt', () => {
  const delays = (random: number, count: number) => {
    const backoff = createBackoff({ minDelayMs: 100, maxDelayMs: 1000 }, () => random);
    return Array.from({ length: count }, () => backoff.next());
  };

  it('doubles up to its longest, and is at least half of that', () => {
    expect(delays(1, 6)).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(delays(0, 6)).toEqual([50, 100, 200, 400, 500, 500]);
    expect(delays(0, 2000).at(-1)).toBe(500);
  });

  it('comes to an end where one is set, and begins anew after a success', () => {
    const backoff = createBackoff({ attempts: 2, minDelayMs: 100 }, () => 1);
    expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([100, 200, null]);
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });
});

describe('the mailbox', () => {
  it('hands out everything once and in order, whoever is first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean()), async (turns) => {
        const mailbox = createMailbox<number>();
        const taken: Promise<IteratorResult<number, undefined>>[] = [];
        let brought = 0;
        for (const isBringing of turns) {
          if (isBringing) mailbox.put((brought += 1));
          else taken.push(mailbox.take());
        }
        mailbox.end();
        while (taken.length < turns.length + 1) taken.push(mailbox.take());
        const values = (await Promise.all(taken)).map(({ value }) => value).filter((value) => value !== undefined);
        expect(values).toEqual(Array.from({ length: brought }, (_, index) => index + 1));
      }),
    );
  });

  it('throws once, after what was there, and is over then', async () => {
    const mailbox = createMailbox<number>();
    mailbox.put(1);
    mailbox.fail(new Error('no more'));
    mailbox.put(2);
    expect(await mailbox.take()).toEqual({ done: false, value: 1 });
    await expect(mailbox.take()).rejects.toThrow('no more');
    expect(await mailbox.take()).toEqual({ done: true, value: undefined });
  });

  it('tells when it is empty, also by being thrown away', async () => {
    const mailbox = createMailbox<number>();
    await mailbox.emptied();
    mailbox.put(1);
    const emptied = mailbox.emptied();
    const waiting = createMailbox<number>().take();
    mailbox.discard();
    await emptied;
    expect(await mailbox.take()).toEqual({ done: true, value: undefined });
    expect(await Promise.race([waiting, Promise.resolve('still waiting')])).toBe('still waiting');
  });
});

describe('what has been seen', () => {
  it('is known again, for thousands of events, and is forgotten on demand', () => {
    const seen = createSeen();
    const cursors = Array.from({ length: 10_000 }, (_, index) => String(index));
    expect(cursors.every((cursor) => seen.isNew(cursor))).toBe(true);
    expect(cursors.slice(-4000).some((cursor) => seen.isNew(cursor))).toBe(false);
    // Bounded: what is long ago may be said again.
    expect(seen.isNew('0')).toBe(true);
    seen.forget();
    expect(seen.isNew('9999')).toBe(true);
  });
});
