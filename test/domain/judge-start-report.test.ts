import { describe, expect, it } from 'vitest';
import { REPEATS_FOR_MS, judgeJobAtStart, judgeStartReport } from '#domain/inventory/judge-start-report.ts';

const NOW = new Date('2026-03-02T08:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const JUST_NOW = ago(20_000);
const LONG_AGO = ago(REPEATS_FOR_MS + 1);

describe('a start that is reported', () => {
  it.each([
    ['nothing ran before', 'OGLIVE', null, null, 'not-told', 'NEW'],
    ['something else ran', 'OGLIVE', 'LINUX', JUST_NOW, 'not-told', 'NEW'],
    ['another secret than at the last start', 'OGLIVE', 'OGLIVE', JUST_NOW, 'another', 'NEW'],
    ['the same runs for a while', 'OGLIVE', 'OGLIVE', LONG_AGO, 'not-told', 'NEW'],
    ['a system that nobody knows', null, 'LINUX', JUST_NOW, 'not-told', 'NEW'],
    ['the same secret again', 'OGLIVE', 'OGLIVE', JUST_NOW, 'same', 'REPEAT'],
    ['the same just started, and nothing to tell by', 'OGLIVE', 'OGLIVE', JUST_NOW, 'not-told', 'DOUBTFUL'],
    ['a secret that never changes', 'OGLIVE', 'OGLIVE', LONG_AGO, 'same', 'DOUBTFUL'],
    ['its secret, and it was off on record', 'OGLIVE', null, null, 'same', 'DOUBTFUL'],
  ] as const)('%s', (_what, system, runningSystem, runningSince, secret, verdict) => {
    expect(judgeStartReport({ system, runningSystem, runningSince, secret }, NOW)).toBe(verdict);
  });
});

describe('a job in hand at a start', () => {
  it.each([
    ['NEW', ago(60_000), {}, 'died'],
    ['NEW', ago(1000), {}, 'ask'],
    ['NEW', ago(1000), { isFetched: true }, 'died'],
    ['NEW', ago(1000), { hasBegun: true }, 'died'],
    ['REPEAT', ago(60_000), { hasBegun: true }, 'runs-on'],
    ['DOUBTFUL', ago(1000), { isFetched: true }, 'ask'],
  ] as const)('%s, sent at %s, %j: %s', (verdict, sentAt, job, fate) => {
    expect(judgeJobAtStart(verdict, { sentAt, isFetched: false, hasBegun: false, ...job }, NOW)).toBe(fate);
  });
});
