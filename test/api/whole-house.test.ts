import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODE_TYPES } from '#schema/node-id.ts';
import { RefetchDocument, WholeHouseDocument } from '#test/operations.generated.ts';
import { ask } from '#test/support/ask.ts';
import { createCampus } from '#test/support/create-campus.ts';
import type { Campus } from '#test/support/create-campus.ts';
import { createPlace } from '#test/support/create-place.ts';
import { furnishCampus } from '#test/support/furnish-campus.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

/** These ask for everything there is, at once and all the way down. */
const WHOLE = { maxQueryCost: Number.MAX_SAFE_INTEGER };

const GIB = 1024n ** 3n;
const NO_ID = '01936cba-0000-7000-8000-00000000ffff';

let server: TestServer;
let campus: Campus;
let statementsForFew: number;

const first = (ids: readonly string[]): string => ids[0] ?? '';
const db = () => server.app.database.prisma;
const wholeHouse = () =>
  server.request(WholeHouseDocument, {
    place: { clientId: encodeGlobalID('Client', first(campus.clientIds)), disk: 1, partition: 1 },
  });

beforeAll(async () => {
  server = await startTestServer({ guards: WHOLE, machines: [], runSchedulesEveryMs: 3_600_000 });
  await db().ogLive.updateMany({ data: { name: 'ogLive por defecto' } });
  await db().menu.updateMany({ data: { name: 'Menú por defecto' } });
  campus = await createCampus(db(), { centers: 1, rooms: 2, clients: 3, disks: 1, partitions: 3 }, 1);
  await furnishCampus(db(), campus, 1);
  statementsForFew = await countStatements(wholeHouse);
});
afterAll(() => server.stop());

/** SQL statements of one request. The server looks into its event log every second too: the least of some runs is without that. */
async function countStatements(run: () => Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  while (counts.length < 3) {
    const before = server.statements();
    await run();
    counts.push(server.statements() - before);
  }
  return Math.min(...counts);
}

describe('everything that a room and its clients show', () => {
  it('costs the same number of statements for two rooms and for ten', async () => {
    const more = await createCampus(db(), { centers: 2, rooms: 5, clients: 8, disks: 1, partitions: 3 }, 0);
    await furnishCampus(db(), more, 0);
    const { rooms } = await wholeHouse();
    expect(rooms.nodes).toHaveLength(1 + 2 + 10);
    const clients = rooms.nodes.flatMap((room) => room.clients.nodes);
    expect(clients).toHaveLength(2 + 6 + 80);
    for (const origin of ['CLIENT', 'ROOM', 'CENTER', 'DEFAULT']) {
      expect(clients.map(({ bootOrigins }) => bootOrigins.ogLive)).toContain(origin);
    }
    expect(await countStatements(wholeHouse)).toBe(statementsForFew);
  });
});

describe('groups', () => {
  it('of rooms count the clients of the groups inside of them, and groups of clients their own', async () => {
    const { centerId, roomId, clientId, ids } = await createPlace(db(), 'Agrupado');
    const building = await db().roomGroup.create({ data: { centerId, name: 'Edificio' } });
    const floor = await db().roomGroup.create({ data: { centerId, name: 'Planta', parentId: building.id } });
    await db().room.update({ where: { id: roomId }, data: { roomGroupId: floor.id } });
    const upper = await db().clientGroup.create({ data: { roomId, name: 'Filas' } });
    const lower = await db().clientGroup.create({ data: { roomId, name: 'Fila 1', parentId: upper.id } });
    await db().client.update({ where: { id: clientId }, data: { groupId: lower.id, status: 'OFF' } });
    const { data, errors } = await ask(
      server.url,
      `query($room: ID!, $floor: ID!, $upper: ID!) {
        room(id: $room) { parent { name stateCounts { status count } parent { name stateCounts { status count } } } }
        roomGroup(id: $floor) { center { name } children { totalCount } rooms { nodes { id } } }
        clientGroup(id: $upper) { stateCounts { count } children { nodes { name stateCounts { status count } } } }
      }`,
      { room: ids.room, floor: encodeGlobalID('RoomGroup', floor.id), upper: encodeGlobalID('ClientGroup', upper.id) },
    );
    expect(errors).toBeUndefined();
    const stateCounts = [{ status: 'OFF', count: 1 }];
    expect(data).toEqual({
      room: { parent: { name: 'Planta', stateCounts, parent: { name: 'Edificio', stateCounts } } },
      roomGroup: { center: { name: 'Agrupado' }, children: { totalCount: 0 }, rooms: { nodes: [{ id: ids.room }] } },
      clientGroup: { stateCounts: [], children: { nodes: [{ name: 'Fila 1', stateCounts }] } },
    });
  });
});

describe('a repository and a subnet', () => {
  it('say what they come to', async () => {
    const { id } = await db().repository.create({ data: { name: 'Sumado', ip: '172.20.0.1', path: '/opt' } });
    const sizes = [3n * GIB, 2n * GIB, null];
    await db().imageReplica.createMany({
      data: campus.imageIds.map((imageId, index) => ({ imageId, repositoryId: id, sizeBytes: sizes[index] ?? null })),
    });
    const empty = await db().repository.create({ data: { name: 'Vacío', ip: '172.20.0.2', path: '/opt' } });
    const subnet = await db().subnet.create({ data: { name: 'Laboratorio', cidr: '172.31.128.0/20' } });
    const { data } = await ask(
      server.url,
      `query($full: ID!, $empty: ID!, $subnet: ID!) {
        full: repository(id: $full) { imageCount totalSizeBytes center { name } clients { totalCount } }
        empty: repository(id: $empty) { imageCount totalSizeBytes }
        subnet(id: $subnet) { name cidr netmask router }
      }`,
      {
        full: encodeGlobalID('Repository', id),
        empty: encodeGlobalID('Repository', empty.id),
        subnet: encodeGlobalID('Subnet', subnet.id),
      },
    );
    expect(data).toEqual({
      full: { imageCount: 2, totalSizeBytes: String(5n * GIB), center: null, clients: { totalCount: 0 } },
      empty: { imageCount: 0, totalSizeBytes: '0' },
      subnet: { name: 'Laboratorio', cidr: '172.31.128.0/20', netmask: '255.255.240.0', router: null },
    });
  });
});

describe('what administrators keep', () => {
  const KINDS = {
    Center: 'centers',
    RoomGroup: 'roomGroups',
    Room: 'rooms',
    ClientGroup: 'clientGroups',
    Subnet: 'subnets',
    Client: 'clients',
    Image: 'images',
    Repository: 'repositories',
    OgLive: 'ogLives',
    Menu: 'menus',
    PxeTemplate: 'pxeTemplates',
    HardwareProfile: 'hardwareProfiles',
    SoftwareProfile: 'softwareProfiles',
    Command: 'commands',
  };

  it.each(Object.entries(KINDS))('%s is listed, found by its id, and says who keeps it', async (type, list) => {
    const single = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
    const kept = 'id comments recordVersion createdBy createdAt updatedAt';
    const listed = await ask(server.url, `{ ${list}(first: 1) { nodes { ${kept} } totalCount } }`);
    expect(listed.errors).toBeUndefined();
    const [row] = (listed.data?.[list] as { nodes: { id: string }[] } | undefined)?.nodes ?? [];
    expect(row).toMatchObject({ comments: null, createdBy: 'administrator' });
    const found = await ask(server.url, `query($id: ID!) { ${single}(id: $id) { ${kept} } }`, { id: row?.id });
    expect(found.data?.[single]).toEqual(row);
    const nobody = await ask(server.url, `query($id: ID!) { ${single}(id: $id) { id } }`, {
      id: encodeGlobalID(type, NO_ID),
    });
    expect(nobody).toMatchObject({ errors: undefined, data: { [single]: null } });
  });
});

describe('every type that is a node', () => {
  it.each([...NODE_TYPES])('fetches a %s again by its id', async (type) => {
    const rows = db()[`${type.charAt(0).toLowerCase()}${type.slice(1)}` as 'room'];
    const { id: own } = await rows.findFirstOrThrow({ select: { id: true } });
    const id = encodeGlobalID(type, own);
    const room = encodeGlobalID('Room', first(campus.roomIds));
    expect(await server.request(RefetchDocument, { id, ids: [room, id] })).toEqual({
      node: { __typename: type, id },
      nodes: [
        { __typename: 'Room', id: room },
        { __typename: type, id },
      ],
    });
  });
});
