// Rights that end: the rules by themselves, by a clock that is turned by hand.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Principal, Refusal } from '#domain/access/principal.ts';
import { createSocketRights } from '#http/streams/socket-rights.ts';
import { watchRights } from '#http/streams/watch-rights.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-23T10:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const inMs = (ms: number) => new Date(Date.now() + ms);
const ana = (expiresAt?: Date, version = 1): Principal => ({
  name: 'ana',
  version,
  ...(expiresAt === undefined ? {} : { expiresAt }),
});

function watch(principal: Principal, ask: () => Promise<Principal | Refusal>) {
  const ends: string[] = [];
  return { ends, watch: watchRights({ principal, ask, onEnd: (why) => ends.push(why) }) };
}

describe('rights', () => {
  it('end when they run out, neither before nor twice', async () => {
    const principal = ana(inMs(12_000));
    const { ends } = watch(principal, async () => principal);
    await vi.advanceTimersByTimeAsync(11_999);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ends).toEqual(['expired']);
  });

  it('that end in a hundred years do not end now', async () => {
    const principal = ana(inMs(100 * 365 * 86_400_000));
    const { ends } = watch(principal, async () => principal);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ends).toEqual([]);
  });

  it('are not asked about where they have neither an end nor a version', async () => {
    const ask = vi.fn(async () => ({ refused: 'whatever' }));
    const { ends } = watch({ name: 'administrator' }, ask);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([ask.mock.calls, ends]).toEqual([[], []]);
  });

  it('stay while nobody can say anything of them, and run out all the same', async () => {
    const { ends } = watch(ana(inMs(20_000)), () => Promise.reject(new Error('no database')));
    await vi.advanceTimersByTimeAsync(19_000);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(ends).toEqual(['expired']);
  });

  it('that were renewed end with what was shown last, also when an answer about the first is still on its way', async () => {
    const answer = Promise.withResolvers<Refusal>();
    const { ends, watch: watching } = watch(ana(inMs(60_000)), () => answer.promise);
    await vi.advanceTimersByTimeAsync(5000);
    const newer = ana(inMs(10_000));
    watching.renew(newer, async () => newer);
    answer.resolve({ refused: 'expired' });
    await vi.advanceTimersByTimeAsync(9999);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toEqual(['expired']);
  });
});

describe('a socket', () => {
  it('has nobody before its greeting, and shows one thing at a time after it', async () => {
    const answers: PromiseWithResolvers<Principal | Refusal>[] = [];
    const rights = createSocketRights({
      resolve: () => {
        answers.push(Promise.withResolvers());
        return answers.at(-1)?.promise ?? Promise.reject(new Error('none'));
      },
      onEnd: () => {},
    });
    expect(() => rights.principal()).toThrow('greeted');
    expect(await rights.renew('early')).toEqual({ renewed: false, reason: 'NOT_CONNECTED' });
    const greeting = rights.greet('first');
    answers[0]?.resolve(ana(inMs(1000)));
    expect(await greeting).toEqual({ expiresAt: '2026-11-23T10:00:01.000Z', expiresInMs: 1000 });
    const renewal = rights.renew('second');
    expect(await rights.renew('third')).toEqual({ renewed: false, reason: 'BUSY' });
    answers[1]?.resolve(ana(inMs(9000)));
    expect(await renewal).toMatchObject({ renewed: true, expiresInMs: 9000 });
    expect(rights.principal().expiresAt).toEqual(inMs(9000));
    expect(answers).toHaveLength(2);
    rights.stop();
  });
});
