import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTally } from '#lib/tally.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a tally', () => {
  it('tells of the first at once, and of all others once in a while', () => {
    const told: [number, string][] = [];
    const tally = createTally<string>(1000, (count, latest) => void told.push([count, latest]));
    for (const each of ['a', 'b', 'c']) tally(each);
    expect(told).toEqual([[1, 'a']]);
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([
      [1, 'a'],
      [2, 'c'],
    ]);
    vi.advanceTimersByTime(5000);
    expect(told, 'nothing came').toHaveLength(2);
    tally('d');
    expect(told.at(-1)).toEqual([1, 'd']);
  });

  it('leaves nothing untold when it ends', () => {
    const told: number[] = [];
    const tally = createTally<string>(1000, (count) => void told.push(count));
    for (const each of ['a', 'b', 'c']) tally(each);
    tally.stop();
    expect(told).toEqual([1, 2]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
