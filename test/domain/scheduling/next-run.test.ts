import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDueRun, upcomingRuns } from '#domain/scheduling/due-run.ts';
import { lastRun, nextRun, parseCron, parseTimeZone } from '#domain/scheduling/next-run.ts';

const MADRID = 'Europe/Madrid';
const at = (text: string) => new Date(text);

/** The next few times, as a schedule would come upon them. */
function runsAfter(cron: string, after: string, count: number): string[] {
  return upcomingRuns({ cron, runAt: null, timeZone: MADRID }, at(after), count).map((run) => run.toISOString());
}

describe('when summer time begins (29 March 2026, 02:00 is 03:00)', () => {
  it('runs 02:30, which there is not, once: when the gap ends', () => {
    expect(runsAfter('30 2 * * *', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('leaves nothing out of every 15 minutes, and moves nothing together', () => {
    expect(runsAfter('*/15 * * * *', '2026-03-29T00:30:00Z', 4)).toEqual([
      '2026-03-29T00:45:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T01:15:00.000Z',
      '2026-03-29T01:30:00.000Z',
    ]);
  });

  it('keeps 22:00 at 22:00', () => {
    expect(runsAfter('0 22 * * *', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-28T21:00:00.000Z',
      '2026-03-29T20:00:00.000Z',
    ]);
  });
});

describe('when winter time begins (25 October 2026, 03:00 is 02:00)', () => {
  it('runs 02:30, which there is twice, once', () => {
    expect(runsAfter('30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
    expect(runsAfter('30 2 * * *', '2026-10-25T00:30:00Z', 1)).toEqual(['2026-10-26T01:30:00.000Z']);
    expect(runsAfter('0,30 2,14 * * *', '2026-10-24T23:00:00Z', 3)).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T13:00:00.000Z',
    ]);
  });

  it('runs every 15 minutes through both hours', () => {
    expect(runsAfter('*/15 * * * *', '2026-10-24T23:59:00Z', 9)).toEqual(
      Array.from({ length: 9 }, (_, n) => new Date(Date.UTC(2026, 9, 25, 0, n * 15)).toISOString()),
    );
  });
});

const anyCron = fc
  .tuple(
    fc.constantFrom('*', '*/15', '*/7', '0', '30', '5,35', '10-20'),
    fc.constantFrom('*', '*/6', '2', '2,14', '0', '22', '1-3'),
    fc.constantFrom('*', '*', '1', '15', 'L', '29'),
    fc.constantFrom('*', '*', '3', '10', '2-10'),
    fc.constantFrom('*', '*', '1-5', '0', 'MON#2'),
  )
  .map((fields) => fields.join(' '));
const anyZone = fc.constantFrom(MADRID, 'Atlantic/Canary', 'UTC', 'America/Bogota', 'Australia/Lord_Howe');
const NEAR_CHANGES = ['2026-03-28T20:00:00Z', '2026-10-24T20:00:00Z', '2027-03-27T20:00:00Z'];
const anyInstant = fc.oneof(
  fc.date({ min: at('2026-01-01T00:00:00Z'), max: at('2029-01-01T00:00:00Z'), noInvalidDate: true }),
  fc
    .tuple(fc.constantFrom(...NEAR_CHANGES), fc.integer({ min: 0, max: 18 * 3_600_000 }))
    .map(([near, ms]) => new Date(at(near).getTime() + ms)),
);

describe('whatever the line, the zone and the moment', () => {
  it('the next time is later, by whole minutes, and nothing lies between', () => {
    fc.assert(
      fc.property(
        anyCron,
        anyZone,
        anyInstant,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (cron, zone, after, share) => {
          const next = nextRun(cron, zone, after);
          if (next === null) throw new Error(`${cron} never comes due`);
          expect(next.getTime()).toBeGreaterThan(after.getTime());
          expect(next.getTime() % 60_000).toBe(0);
          // From any moment before it, the next time is the same one: none is skipped, and none comes twice.
          const between = new Date(after.getTime() + Math.floor((next.getTime() - 1 - after.getTime()) * share));
          expect(nextRun(cron, zone, between)).toEqual(next);
          expect(lastRun(cron, zone, next)).toEqual(next);
        },
      ),
    );
  });

  it('of several that went by, the last one is owed', () => {
    fc.assert(
      fc.property(anyCron, anyZone, anyInstant, fc.integer({ min: 1, max: 6 }), (cron, timeZone, start, count) => {
        const timing = { cron, runAt: null, timeZone };
        const runs = upcomingRuns(timing, start, count + 1);
        const [first, last, next] = [runs[0], runs[count - 1], runs[count]];
        if (first === undefined || last === undefined || next === undefined) throw new Error(`${cron} never comes due`);
        for (const now of [last, new Date(next.getTime() - 1)]) {
          const due = toDueRun(timing, { nextRunAt: first, graceMinutes: 60 }, now);
          expect(due).toMatchObject({ dueAt: last, dueSince: first, next });
        }
      }),
    );
  });
});

describe('what is said', () => {
  it.each([
    [' 30  22 * * mon-fri ', '30 22 * * MON-FRI'],
    ['0 0 L * *', '0 0 L * *'],
    ['0 0 * * 1#2', '0 0 * * 1#2'],
  ])('%j is a line', (text, line) => expect(parseCron(text)).toBe(line));

  it.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '@daily',
    '? * * * *',
    'a b c d e',
    '*/0 * * * *',
    '0 0 1 1 1;',
  ])('%j is none', (text) => expect(parseCron(text)).toBeNull());

  it('a zone has a name', () => {
    expect(parseTimeZone('europe/madrid')).toBe(MADRID);
    const none = ['', '+02:00', 'Mars/Olympus', 'CET-1CEST', '../etc'];
    expect(none.map(parseTimeZone)).toEqual(none.map(() => null));
  });
});

describe('what is owed', () => {
  const timing = { cron: '0 22 * * *', runAt: null, timeZone: MADRID };
  const nextRunAt = at('2026-11-20T21:00:00Z');

  it('is missed only when the last of all is past its grace', () => {
    const grace = { nextRunAt, graceMinutes: 60 };
    expect(toDueRun(timing, grace, at('2026-11-23T22:00:00Z')).isMissed).toBe(false);
    expect(toDueRun(timing, grace, at('2026-11-23T22:00:00.001Z')).isMissed).toBe(true);
  });

  it('is one run of one that runs once, and no more', () => {
    const once = { cron: null, runAt: nextRunAt, timeZone: MADRID };
    expect(toDueRun(once, { nextRunAt, graceMinutes: 1 }, nextRunAt)).toEqual({
      dueAt: nextRunAt,
      dueSince: nextRunAt,
      isMissed: false,
      next: null,
    });
  });
});
