// Who waits, who is turned away, and who is not worked for in vain.
import { describe, expect, it } from 'vitest';
import { OverloadedError, createTurnstile } from '#lib/turnstile.ts';

function createLine(limits: { maxWaiting?: number; patienceMs?: number } = {}) {
  let now = 0;
  const done: string[] = [];
  const ends: (() => void)[] = [];
  const pass = createTurnstile({ atOnce: 1, maxWaiting: 10, patienceMs: 4000, ...limits }, () => now);
  const enter = (name: string, comesAgain: boolean) =>
    pass(
      () =>
        new Promise<string>((resolve) => {
          ends.push(() => {
            done.push(name);
            resolve(name);
          });
        }),
      { comesAgain, comesOnce: !comesAgain },
    ).catch((error: unknown) => (error instanceof OverloadedError ? 'turned away' : 'failed'));
  return {
    done,
    enter,
    pass: (ms: number) => {
      now += ms;
    },
    /** Ends the work in hand, and lets the next in line begin. */
    async end() {
      ends.shift()?.();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    },
  };
}

describe('a turnstile', () => {
  it('lets in those who wait in the order they came', async () => {
    const line = createLine();
    const all = Promise.all(['a', 'b', 'c'].map((name) => line.enter(name, true)));
    for (let left = 3; left > 0; left -= 1) await line.end();
    expect(await all).toEqual(['a', 'b', 'c']);
  });

  it('turns away whoever finds the line full', async () => {
    const line = createLine({ maxWaiting: 1 });
    const first = [line.enter('a', false), line.enter('b', false)];
    expect(await line.enter('c', false)).toBe('turned away');
    await line.end();
    await line.end();
    expect(await Promise.all(first)).toEqual(['a', 'b']);
  });

  it('lets those who come once go before the others, in a line of their own', async () => {
    const line = createLine({ maxWaiting: 2 });
    const all = [line.enter('in hand', true), line.enter('a', true), line.enter('b', true)];
    expect(await line.enter('c', true)).toBe('turned away');
    const results = [line.enter('first result', false), line.enter('second result', false)];
    for (let left = 5; left > 0; left -= 1) await line.end();
    await Promise.all([...all, ...results]);
    expect(line.done).toEqual(['in hand', 'first result', 'second result', 'a', 'b']);
  });

  it('does nothing for those who have waited so long that they come again, and gets to the others the sooner', async () => {
    const line = createLine();
    const all = [line.enter('in hand', true), line.enter('left', true), line.enter('says it once', false)];
    line.pass(4001);
    const fresh = line.enter('fresh', true);
    await line.end();
    await line.end();
    await line.end();
    expect(await Promise.all([...all, fresh])).toEqual(['in hand', 'turned away', 'says it once', 'fresh']);
    expect(line.done).toEqual(['in hand', 'says it once', 'fresh']);
  });

  it('has its place again after work that failed', async () => {
    const pass = createTurnstile({ atOnce: 1, maxWaiting: 1, patienceMs: 1 });
    await expect(pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await pass(() => Promise.resolve('yes'))).toBe('yes');
  });
});
