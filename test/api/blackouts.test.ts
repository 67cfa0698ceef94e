import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { findBlackouts } from '#domain/scheduling/find-blackouts.ts';
import { ask } from '#test/support/ask.ts';
import { createPlace } from '#test/support/create-place.ts';
import { mutate as mutateAt } from '#test/support/mutate.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const roomId = encodeGlobalID('Room', scenario.room.id);
const clientIds = [encodeGlobalID('Client', scenario.client.id)];
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

describe('a blackout', () => {
  it('keeps what would disturb a class from being ordered, and nothing else', async () => {
    await mutate('createBlackout', { roomId, name: 'Redes', startsAt: inMs(-HOUR_MS), endsAt: inMs(HOUR_MS) });
    const target = { clientIds };
    const query =
      'mutation M($input: PowerOffInput!) { powerOff(input: $input) { __typename ... on OperationRefusedError { clients { reasons { code message } } } } }';
    const refused = await ask(server.url, query, { input: { target } });
    expect(refused.data?.['powerOff']).toMatchObject({
      __typename: 'OperationRefusedError',
      clients: [{ reasons: [{ code: 'IN_BLACKOUT', message: expect.stringContaining('Redes') }] }],
    });
    const inventory = await mutate('collectHardwareInventory', { target });
    expect(inventory['__typename']).toBe('CollectHardwareInventoryPayload');
  });

  it('is listed by the time it takes', async () => {
    for (const [name, from, to] of [
      ['tercero', 6, 7],
      ['primero', 0, 2],
      ['segundo', 2, 4],
    ] as const) {
      await mutate('createBlackout', { roomId, name, startsAt: inMs(from * HOUR_MS), endsAt: inMs(to * HOUR_MS) });
    }
    expect(await names()).toEqual(['primero', 'segundo', 'tercero']);
    expect(await names(`(from: "${inMs(2 * HOUR_MS)}", to: "${inMs(6 * HOUR_MS)}")`)).toEqual(['segundo']);
    expect(await names(`(from: "${inMs(HOUR_MS)}")`)).toEqual(['primero', 'segundo', 'tercero']);
  });

  it('ends after it starts', async () => {
    const moment = { roomId, name: 'Nada', startsAt: inMs(HOUR_MS), endsAt: inMs(HOUR_MS) };
    expect(await mutate('createBlackout', moment)).toMatchObject({
      fault: 'ENDS_BEFORE_START',
      path: ['input', 'endsAt'],
    });
    const { blackout } = await mutate('createBlackout', { ...moment, endsAt: inMs(2 * HOUR_MS) }, 'blackout { id }');
    const { id } = blackout as { id: string };
    expect(await mutate('updateBlackout', { id, startsAt: inMs(3 * HOUR_MS) })).toMatchObject({
      fault: 'ENDS_BEFORE_START',
    });
    const same = { id, startsAt: moment.startsAt };
    expect(await mutate('updateBlackout', same, 'blackout { recordVersion }')).toMatchObject({
      blackout: { recordVersion: 1 },
    });
  });

  it('of a room goes with it, and is told', async () => {
    const { ids, clientId } = await createPlace(server.app.database.prisma, 'Aula que cierra');
    await server.app.database.prisma.client.delete({ where: { id: clientId } });
    await mutate('createBlackout', { roomId: ids.room, name: 'Obras', startsAt: inMs(0), endsAt: inMs(HOUR_MS) });
    expect(await mutate('deleteRoom', { id: ids.room })).toMatchObject({
      code: 'IN_USE',
      usedBy: [{ type: 'Blackout', count: 1 }],
      canCascade: true,
    });
    expect(await mutate('deleteRoom', { id: ids.room, cascade: true }, 'deletedId')).toMatchObject({
      deletedId: ids.room,
    });
  });
});

describe('until when a room is taken', () => {
  const hours = (n: number) => new Date(now.getTime() + n * HOUR_MS);
  const close = (id: string, ...blocks: (readonly [from: number, to: number])[]) =>
    server.app.database.prisma.blackout.createMany({
      data: blocks.map(([from, to]) => ({ roomId: id, name: 'x', startsAt: hours(from), endsAt: hours(to) })),
    });

  it.each<[until: number, blocks: [from: number, to: number][]]>([
    [1, [[0, 1]]],
    [
      4,
      [
        [-1, 1],
        [1, 3],
        [2, 2.5],
        [3, 4],
        [5, 6],
      ],
    ],
    [
      1,
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [
      9,
      [
        [-5, 1],
        [0, 2],
        [-1, 9],
        [3, 4],
      ],
    ],
    [
      90,
      [
        [0, 1],
        [0.5, 80],
        [79, 90],
        [91, 92],
      ],
    ],
    [
      49,
      [
        [0, 1],
        [1, 49],
      ],
    ],
    [
      50,
      [
        [0, 1],
        [1, 49],
        [49, 50],
      ],
    ],
  ])('is the end of the last of those that follow without a gap: %d of %j', async (until, blocks) => {
    await close(scenario.room.id, ...blocks);
    const found = await findBlackouts(server.app.database.prisma, [scenario.room.id], now);
    expect(found.get(scenario.room.id)?.until).toEqual(hours(until));
  });

  it('is found for many rooms at once, however long they are taken', async () => {
    const db = server.app.database.prisma;
    const other = await createPlace(db, 'Aula 2');
    const free = await createPlace(db, 'Aula 3');
    const days = Array.from({ length: 30 }, (_, day) => ({
      roomId: other.roomId,
      name: `Día ${day}`,
      startsAt: new Date(now.getTime() + (day - 1) * DAY_MS),
      endsAt: new Date(now.getTime() + day * DAY_MS + 1),
    }));
    await db.blackout.createMany({ data: days });
    await mutate('createBlackout', { roomId, name: 'Redes', startsAt: inMs(0), endsAt: inMs(HOUR_MS) });
    const found = await findBlackouts(db, [scenario.room.id, other.roomId, free.roomId, other.roomId], now);
    expect([...found.keys()].toSorted()).toEqual([scenario.room.id, other.roomId].toSorted());
    expect(found.get(other.roomId)).toMatchObject({ name: 'Día 1', until: new Date(now.getTime() + 29 * DAY_MS + 1) });
    expect(found.get(scenario.room.id)).toMatchObject({ name: 'Redes', until: new Date(now.getTime() + HOUR_MS) });
    const end = new Date(now.getTime() + HOUR_MS);
    expect((await findBlackouts(db, [scenario.room.id], end)).size, 'its end is free').toBe(0);
  });

  it('costs one statement, whatever the number of rooms and the time that they are taken', async () => {
    const db = server.app.database.prisma;
    const { centerId } = await db.room.findUniqueOrThrow({ where: { id: scenario.room.id } });
    const data = Array.from({ length: 300 }, (_, n) => ({ centerId, name: `Aula de muchas ${n}` }));
    const rooms = await db.room.createManyAndReturn({ data, select: { id: true } });
    const ids = rooms.map(({ id }) => id);
    const days = Array.from({ length: 20 }, (_, day) => day);
    await db.blackout.createMany({
      data: ids.flatMap((id) =>
        days.map((day) => ({ roomId: id, name: 'x', startsAt: hours(24 * day), endsAt: hours(24 * (day + 1)) })),
      ),
    });
    let found = await findBlackouts(db, ids, now);
    const counts: number[] = [];
    // What the server does by itself is counted too, now and then.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const before = server.statements();
      found = await findBlackouts(db, ids, now);
      counts.push(server.statements() - before);
    }
    expect(Math.min(...counts)).toBe(1);
    expect(found.size).toBe(300);
    expect(new Set([...found.values()].map(({ until }) => until.getTime()))).toEqual(
      new Set([hours(20 * 24).getTime()]),
    );
    await db.room.deleteMany({ where: { id: { in: ids } } });
  });
});
