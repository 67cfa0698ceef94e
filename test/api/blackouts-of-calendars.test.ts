import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { createExtendCalendars } from '#domain/scheduling/extend-calendars.ts';
import { HORIZON_MS } from '#domain/scheduling/import-blackouts.ts';
import { createLogger } from '#lib/logger.ts';
import { ask } from '#test/support/ask.ts';
import { ical } from '#test/support/ical.ts';
import { longestBlock } from '#test/support/longest-block.ts';
import { mutate as mutateAt } from '#test/support/mutate.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const roomId = encodeGlobalID('Room', scenario.room.id);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let server: TestServer;
let now = new Date();
beforeAll(async () => {
  server = await startTestServer({ clock: { now: () => now } });
});
afterAll(() => server.stop());

beforeEach(async () => {
  now = new Date();
  const db = server.app.database.prisma;
  await db.blackoutCalendar.deleteMany();
  await db.blackout.deleteMany();
});

const mutate = (name: string, input: object, selection = '') => mutateAt(server.url, name, input, selection);
const inMs = (ms: number) => new Date(now.getTime() + ms).toISOString();

async function blackouts(args = ''): Promise<Record<string, unknown>[]> {
  const { data, text } = await ask(
    server.url,
    `query Q($id: ID!) { room(id: $id) { blackouts${args} { nodes { name startsAt endsAt uid calendar { name } } } } }`,
    { id: roomId },
  );
  if (!data) throw new Error(text);
  return (data['room'] as { blackouts: { nodes: Record<string, unknown>[] } }).blackouts.nodes;
}

const names = async (args = '') => (await blackouts(args)).map(({ name }) => name);

/** A class of an hour that begins in a minute, and as its rule says. */
const daily = (uid: string, more: readonly string[] = []): string =>
  ical({ uid, startsAt: new Date(now.getTime() + 60_000), more });

const IMPORTED =
  'blackoutCount replacedCount calendar { id name timeZone importedAt recordVersion room { name } blackouts { totalCount } }';

describe('a calendar', () => {
  it('is imported, and imported again in its own place', async () => {
    await mutate('createBlackout', { roomId, name: 'A mano', startsAt: inMs(0), endsAt: inMs(HOUR_MS) });
    const first = await mutate(
      'importBlackouts',
      { roomId, name: 'Docencia', ical: daily('Redes', ['RRULE:FREQ=DAILY;COUNT=5']) },
      IMPORTED,
    );
    expect(first).toMatchObject({
      blackoutCount: 5,
      replacedCount: 0,
      calendar: {
        name: 'Docencia',
        timeZone: 'Europe/Madrid',
        room: { name: 'Aula Demo' },
        blackouts: { totalCount: 5 },
      },
    });
    // A class that is over is history.
    now = new Date(now.getTime() + DAY_MS - HOUR_MS);
    const again = await mutate(
      'importBlackouts',
      { roomId, name: 'Docencia', ical: daily('Sistemas', ['RRULE:FREQ=DAILY;COUNT=3']) },
      IMPORTED,
    );
    expect(again).toMatchObject({
      blackoutCount: 3,
      replacedCount: 4,
      calendar: { recordVersion: 2, blackouts: { totalCount: 4 } },
    });
    expect((first['calendar'] as { id: string }).id).toBe((again['calendar'] as { id: string }).id);
    expect((await names()).map(String).toSorted()).toEqual(['A mano', 'Redes', 'Sistemas', 'Sistemas', 'Sistemas']);

    const { id } = again['calendar'] as { id: string };
    expect(await mutate('deleteBlackoutCalendar', { id }, 'deletedId')).toMatchObject({ deletedId: id });
    expect(await names()).toEqual(['A mano']);
  });

  it('that is refused leaves everything as it was', async () => {
    await mutate('importBlackouts', { roomId, name: 'Docencia', ical: daily('Redes') });
    const bad = `${daily('Redes').replace('END:VCALENDAR', '')}BEGIN:VEVENT\nUID:malo\nDTSTART:mañana\nEND:VEVENT\nEND:VCALENDAR`;
    const query =
      'mutation M($input: ImportBlackoutsInput!) { importBlackouts(input: $input) { __typename ... on CalendarRefusedError { code fault line event message path } } }';
    const { data } = await ask(server.url, query, { input: { roomId, name: 'Docencia', ical: bad } });
    expect(data?.['importBlackouts']).toEqual({
      __typename: 'CalendarRefusedError',
      code: 'CALENDAR_REFUSED',
      fault: 'CALENDAR_BAD_EVENT',
      line: 9,
      event: 'malo',
      message: 'El evento de la línea 9 no se entiende (DTSTART).',
      path: ['input', 'ical'],
    });
    expect(await blackouts()).toMatchObject([{ name: 'Redes', uid: 'Redes', calendar: { name: 'Docencia' } }]);
    const nowhere = encodeGlobalID('Room', '01936caa-0000-7000-8000-00000000dead');
    expect(await mutate('importBlackouts', { roomId: nowhere, name: 'Docencia', ical: daily('Redes') })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('that goes on for ever is written out further as time goes by, once', async () => {
    const db = server.app.database.prisma;
    const { blackoutCount } = await mutate(
      'importBlackouts',
      { roomId, name: 'Siempre', ical: daily('Redes', ['RRULE:FREQ=DAILY']) },
      IMPORTED,
    );
    expect(blackoutCount).toBe(400);
    const deleted = await db.blackout.findFirstOrThrow({ orderBy: { startsAt: 'desc' } });
    await db.blackout.delete({ where: { id: deleted.id } });

    const extend = createExtendCalendars({
      db,
      clock: { now: () => now },
      log: createLogger('silent', { pretty: false }),
    });
    await extend();
    expect(await db.blackout.count(), 'the horizon is far enough').toBe(399);
    now = new Date(now.getTime() + 31 * DAY_MS);
    await Promise.all([extend(), extend()]);
    await extend();
    const all = await db.blackout.findMany({ orderBy: { startsAt: 'asc' } });
    expect(all).toHaveLength(399 + 31);
    expect(all.at(-1)?.startsAt.getTime()).toBeGreaterThan(now.getTime() + HORIZON_MS - 2 * DAY_MS);
    expect(
      all.some(({ startsAt }) => startsAt.getTime() === deleted.startsAt.getTime()),
      'was deleted by hand',
    ).toBe(false);
  });

  it('gives no two blackouts of one class that begin together', async () => {
    await mutate(
      'importBlackouts',
      { roomId, name: 'Docencia', ical: daily('Redes', ['RRULE:FREQ=DAILY;COUNT=2']) },
      IMPORTED,
    );
    const rows = await server.app.database.prisma.blackout.findMany({ orderBy: { startsAt: 'asc' } });
    const [first, second] = rows.map(({ id, startsAt }) => ({ id: encodeGlobalID('Blackout', id), startsAt }));
    if (first === undefined || second === undefined) throw new Error('there are two');
    expect(
      await mutate('updateBlackout', {
        id: first.id,
        startsAt: second.startsAt.toISOString(),
        endsAt: new Date(second.startsAt.getTime() + HOUR_MS).toISOString(),
      }),
    ).toMatchObject({
      code: 'ALREADY_EXISTS',
      path: ['input', 'startsAt'],
      existingId: second.id,
      message: expect.stringContaining(second.startsAt.toISOString()),
    });
  });

  it('takes thousands of events at once, and lets others be served meanwhile', async () => {
    const rule = `RRULE:FREQ=DAILY;BYHOUR=${Array.from({ length: 24 }, (_, hour) => hour).join(',')}`;
    let imported: Record<string, unknown> = {};
    const block = await longestBlock(async () => {
      imported = await mutate(
        'importBlackouts',
        { roomId, name: 'Muchos', ical: daily('Redes', [rule, rule]) },
        IMPORTED,
      );
    });
    expect(imported['blackoutCount']).toBeGreaterThan(9500);
    // Seconds where an embedded database is given all of them at once.
    expect(block).toBeLessThan(1500);
  });
});
