import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { compareEntries } from '#domain/scheduling/compare-entries.ts';
import { findBlackouts } from '#domain/scheduling/find-blackouts.ts';
import { ical } from '#test/support/ical.ts';
import type { IcalEvent } from '#test/support/ical.ts';
import { mutate } from '#test/support/mutate.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const roomId = encodeGlobalID('Room', scenario.room.id);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MIDDAY = new Date('2026-11-23T12:00:00Z');

let server: TestServer;
let now = MIDDAY;
beforeAll(async () => {
  server = await startTestServer({ clock: { now: () => now } });
});
afterAll(() => server.stop());

beforeEach(async () => {
  now = MIDDAY;
  await server.app.database.prisma.blackoutCalendar.deleteMany();
  await server.app.database.prisma.blackout.deleteMany();
});

const inMs = (ms: number) => new Date(MIDDAY.getTime() + ms);
const IMPORTED = 'blackoutCount replacedCount calendar { recordVersion }';

const importThese = (...events: readonly IcalEvent[]) =>
  mutate(server.url, 'importBlackouts', { roomId, name: 'Docencia', ical: ical(...events) }, IMPORTED);

/** Until when the room is not to be disturbed, for whoever orders something now; null while it is free. */
async function takenUntil(): Promise<Date | null> {
  const found = await findBlackouts(server.app.database.prisma, [scenario.room.id], now);
  return found.get(scenario.room.id)?.until ?? null;
}

const rows = () => server.app.database.prisma.blackout.findMany({ orderBy: { startsAt: 'asc' } });

describe('a calendar that is imported again', () => {
  const running = { uid: 'examen', startsAt: inMs(-HOUR_MS) };

  it('makes a class that runs over its end go on', async () => {
    await importThese({ ...running, endsAt: inMs(5 * MINUTE_MS) });
    now = inMs(10 * MINUTE_MS);
    expect(await takenUntil(), 'it was to be over').toBeNull();
    expect(await importThese({ ...running, endsAt: inMs(HOUR_MS) })).toMatchObject({
      blackoutCount: 1,
      replacedCount: 1,
    });
    expect(await takenUntil()).toEqual(inMs(HOUR_MS));
    expect(await rows()).toHaveLength(1);
  });

  it('makes every class that runs end when it says now', async () => {
    await importThese({ ...running, endsAt: inMs(HOUR_MS) });
    const [{ id } = { id: '' }] = await rows();
    for (const endsAt of [inMs(2 * HOUR_MS), inMs(MINUTE_MS), inMs(3 * HOUR_MS)]) {
      await importThese({ ...running, endsAt });
      expect(await takenUntil()).toEqual(endsAt);
    }
    expect(await rows()).toMatchObject([{ id, recordVersion: 4 }]);
    await importThese();
    expect(await takenUntil(), 'it was called off').toBeNull();
  });

  it('makes a class of a series that runs over its end go on, and the others with it', async () => {
    const weekly = { uid: 'redes', startsAt: inMs(-24 * HOUR_MS), more: ['RRULE:FREQ=DAILY;COUNT=5'] };
    const endsAt = (hours: number) => new Date(weekly.startsAt.getTime() + hours * HOUR_MS);
    await importThese({ ...weekly, endsAt: endsAt(2) });
    now = inMs(150 * MINUTE_MS);
    expect(await takenUntil()).toBeNull();
    await importThese({ ...weekly, endsAt: endsAt(3) });
    expect(await takenUntil()).toEqual(inMs(3 * HOUR_MS));
    const lengths = (await rows()).map((row) => (row.endsAt.getTime() - row.startsAt.getTime()) / HOUR_MS);
    expect(lengths).toEqual([3, 3, 3, 3]);
  });

  it('and says the same changes nothing at all', async () => {
    const events = [
      { ...running, endsAt: inMs(HOUR_MS) },
      { uid: 'redes', startsAt: inMs(2 * HOUR_MS), more: ['RRULE:FREQ=DAILY;COUNT=200'] },
    ];
    await importThese(...events);
    const before = await rows();
    now = inMs(MINUTE_MS);
    expect(await importThese(...events)).toMatchObject({
      blackoutCount: 201,
      replacedCount: 0,
      calendar: { recordVersion: 1 },
    });
    expect(await rows()).toEqual(before);
    expect(await server.app.database.prisma.blackoutCalendar.findFirst()).toMatchObject({ importedAt: now });
  });

  it('keeps the rows of what it still says, and what is over', async () => {
    const [a, b, c] = [2, 4, 6].map((hours) => ({ uid: `clase ${hours}`, startsAt: inMs(hours * HOUR_MS) }));
    if (a === undefined || b === undefined || c === undefined) throw new Error('three classes');
    await importThese(a, b, c);
    const [first, second] = await rows();
    now = inMs(3.5 * HOUR_MS);
    expect(await importThese(b, { ...c, startsAt: inMs(7 * HOUR_MS) })).toMatchObject({
      blackoutCount: 2,
      replacedCount: 1,
      calendar: { recordVersion: 2 },
    });
    const after = await rows();
    expect(after.slice(0, 2)).toEqual([first, second]);
    expect(after.map(({ uid }) => uid)).toEqual(['clase 2', 'clase 4', 'clase 6']);
  });

  it('by two at once gives each class once', async () => {
    const events = [{ uid: 'redes', startsAt: inMs(HOUR_MS), more: ['RRULE:FREQ=DAILY;COUNT=50'] }];
    await Promise.all([importThese(...events), importThese(...events), importThese(...events)]);
    expect(await rows()).toHaveLength(50);
  });
});

describe('what is stored against what a calendar says', () => {
  const row = { id: 'a', uid: 'redes', name: 'Redes', startsAt: inMs(0), endsAt: inMs(HOUR_MS) };
  const entry = { uid: 'redes', name: 'Redes', startsAt: inMs(0), endsAt: inMs(HOUR_MS) };
  const NOTHING = { gone: [], changed: [], added: [] };

  it('is known by its event and its beginning', () => {
    expect(compareEntries([row], [entry], MIDDAY)).toEqual(NOTHING);
    const moved = { ...entry, startsAt: inMs(1) };
    expect(compareEntries([row], [moved], MIDDAY)).toEqual({ gone: ['a'], changed: [], added: [moved] });
    expect(compareEntries([row], [{ ...entry, name: 'Redes II' }], MIDDAY).changed).toEqual([
      { id: 'a', name: 'Redes II', endsAt: entry.endsAt },
    ]);
  });

  it('stays where it is over', () => {
    expect(compareEntries([row], [], inMs(HOUR_MS))).toEqual(NOTHING);
    expect(compareEntries([row], [], inMs(HOUR_MS - 1))).toEqual({ ...NOTHING, gone: ['a'] });
  });
});
