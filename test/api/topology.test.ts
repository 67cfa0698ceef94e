import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ClientByMacDocument,
  ClientPageDocument,
  DeployDocument,
  DeployedOnPageDocument,
  ImageNamesDocument,
  PlanDocument,
  RefetchDocument,
  RoomTopologyDocument,
  StateCountsDocument,
  TracePageDocument,
} from '#test/operations.generated.ts';
import type { DeployImageInput } from '#test/operations.generated.ts';
import { ask, codesOf } from '#test/support/ask.ts';
import { createCampus } from '#test/support/create-campus.ts';
import type { Campus } from '#test/support/create-campus.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

/** These ask for everything there is, at once and all the way down. */
const WHOLE = { maxQueryCost: Number.MAX_SAFE_INTEGER };

const FEW = { centers: 2, rooms: 2, clients: 2, disks: 1, partitions: 3 };
const MANY = { centers: 4, rooms: 4, clients: 10, disks: 2, partitions: 4 };

let server: TestServer;
let campus: Campus;
let statementsForFew: number;
beforeAll(async () => {
  server = await startTestServer({ guards: WHOLE, machines: [] });
  const db = server.app.database.prisma;
  await createCampus(db, FEW, 1);
  statementsForFew = await countStatements(() => server.request(RoomTopologyDocument, { first: 100 }));
  campus = await createCampus(db, MANY);
});
afterAll(() => server.stop());

const clientIds = (count: number) => campus.clientIds.slice(0, count).map((id) => encodeGlobalID('Client', id));
const first = (ids: readonly string[]): string => ids[0] ?? '';

/** SQL statements of one request. The server looks at its log, and at what it has in hand, too: the least of some runs is without that. */
async function countStatements(run: () => Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  while (counts.length < 8) {
    const before = server.statements();
    await run();
    counts.push(server.statements() - before);
  }
  return Math.min(...counts);
}

describe('the deep query, from the centers down to the partitions', () => {
  const STATEMENTS = 24;

  it(`costs ${STATEMENTS} statements for a few rows and for many`, async () => {
    const { centers } = await server.request(RoomTopologyDocument, { first: 100 });
    const partitions = centers.nodes.flatMap(({ rooms }) =>
      rooms.nodes.flatMap(({ clients }) =>
        clients.nodes.flatMap(({ disks }) => disks.flatMap((disk) => disk.partitions)),
      ),
    );
    expect(partitions).toHaveLength(2 * 2 * 2 * 1 * 3 + 4 * 4 * 10 * 2 * 4);
    expect(statementsForFew).toBe(STATEMENTS);
    expect(await countStatements(() => server.request(RoomTopologyDocument, { first: 100 }))).toBe(STATEMENTS);
  });
});

describe('a deployment', () => {
  const order = (count: number, changes: Partial<DeployImageInput> = {}): DeployImageInput => ({
    imageId: encodeGlobalID('Image', first(campus.imageIds)),
    target: { clientIds: clientIds(count) },
    disk: 1,
    partition: 1,
    method: 'UNICAST',
    onBlocked: 'REJECT_ALL',
    ...changes,
  });

  it('costs 17 statements to plan, for 2 clients and for 40', async () => {
    const { planDeployment } = await server.request(PlanDocument, { input: order(40) });
    expect(planDeployment.clients.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 'WARNING'));
    for (const count of [2, 40]) {
      expect(await countStatements(() => server.request(PlanDocument, { input: order(count) }))).toBe(17);
    }
  });

  it('costs 5 statements to be answered again with all its outcomes, for 2 clients and for 40', async () => {
    for (const count of [40, 2]) {
      // Two others than the forty, which are busy by then.
      const target = { clientIds: count === 2 ? clientIds(42).slice(40) : clientIds(40) };
      const input = order(count, { idempotencyKey: `statements-${count}`, waitForAgentsMs: 0, target });
      // Nobody lives at these addresses: once that is known of all, nothing else asks the database.
      await server.request(DeployDocument, { input: { ...input, waitForAgentsMs: 30_000 } });
      const { deployImage } = await server.request(DeployDocument, { input });
      expect(deployImage).toMatchObject({ replayed: true });
      expect('outcomes' in deployImage && deployImage.outcomes.every(({ trace }) => trace !== null)).toBe(true);
      expect(await countStatements(() => server.request(DeployDocument, { input }))).toBe(5);
    }
  });
});

describe('the size of a page', () => {
  it.each(['first: -1', 'last: -1'])('%s is the caller’s mistake', async (argument) => {
    const answer = await ask(server.url, `{ clients(${argument}) { totalCount } }`);
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'INVALID_ARGUMENT' });
  });

  it.each([
    ['first: 101', 'first'],
    ['last: 101', 'last'],
  ])('%s is an error that names the argument', async (argument, name) => {
    for (const field of ['clients', 'centers', 'rooms', 'images', 'repositories', 'subnets', 'operations', 'traces']) {
      const answer = await ask(server.url, `{ ${field}(${argument}) { totalCount } }`);
      expect(answer.errors?.[0]?.extensions).toEqual({ code: 'PAGE_SIZE_OUT_OF_RANGE', argument: name, max: 100 });
    }
  });

  it('is checked on lists inside of others too', async () => {
    const answer = await ask(server.url, '{ rooms(first: 1) { nodes { clients(first: 101) { totalCount } } } }');
    expect(codesOf(answer)).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
  });

  it('0 is an empty page that still counts', async () => {
    const { page } = await server.request(ClientPageDocument, { first: 0 });
    expect(page).toMatchObject({ totalCount: 170, edges: [], pageInfo: { startCursor: null, endCursor: null } });
  });

  it('is 100 where nothing is said, and what is left over is told', async () => {
    const { page } = await server.request(ClientPageDocument, {});
    expect(page.edges).toHaveLength(100);
    expect(page.pageInfo.hasNextPage).toBe(true);
  });

  it('last takes from the end, in the same order', async () => {
    const all = (
      await server.request(ClientPageDocument, {
        first: 100,
        after: (await server.request(ClientPageDocument, { first: 100 })).page.pageInfo.endCursor,
      })
    ).page;
    const { page } = await server.request(ClientPageDocument, { last: 3 });
    expect(page.edges).toEqual(all.edges.slice(-3));
    expect(page.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
  });
});

interface PageArgs {
  first?: number;
  after?: string | null;
  last?: number;
  before?: string | null;
}

describe('cursors', () => {
  const pages = {
    clients: async (args: PageArgs) => (await server.request(ClientPageDocument, args)).page,
    traces: async (args: PageArgs) => (await server.request(TracePageDocument, args)).page,
    'partitions of an image': async (args: PageArgs) => {
      const { image } = await server.request(DeployedOnPageDocument, {
        id: encodeGlobalID('Image', first(campus.imageIds)),
        ...args,
      });
      if (image === null) throw new Error('the image is gone');
      return image.page;
    },
  };

  it.each(Object.keys(pages) as (keyof typeof pages)[])(
    'walk over all %s once, forwards and backwards',
    async (list) => {
      const read = pages[list];
      const forwards: string[] = [];
      let { edges, pageInfo, totalCount } = await read({ first: 37 });
      for (;;) {
        forwards.push(...edges.map(({ node }) => node.id));
        if (!pageInfo.hasNextPage) break;
        ({ edges, pageInfo } = await read({ first: 37, after: pageInfo.endCursor }));
        expect(pageInfo.hasPreviousPage).toBe(true);
      }
      expect(forwards).toHaveLength(totalCount);
      expect(new Set(forwards).size).toBe(totalCount);

      const backwards: string[] = [];
      ({ edges, pageInfo, totalCount } = await read({ last: 41 }));
      for (;;) {
        backwards.unshift(...edges.map(({ node }) => node.id));
        if (!pageInfo.hasPreviousPage) break;
        ({ edges, pageInfo } = await read({ last: 41, before: pageInfo.startCursor }));
      }
      expect(backwards).toEqual(forwards);
    },
  );

  it.each([
    '',
    'garbage',
    'R1BDOlM6',
    ...['GPC:S:nope', 'GPC:N:12', 'GPC:J:[1]', 'GPC:B:x'].map((text) => Buffer.from(text).toString('base64')),
  ])('that are none are the caller’s mistake, not ours: «%s»', async (after) => {
    const [code] = codesOf(
      await ask(server.url, 'query($after: String) { clients(after: $after) { totalCount nodes { id } } }', { after }),
    );
    expect(code).toMatch(/^(?!INTERNAL_SERVER_ERROR$)[A-Z_]+$/);
  });
});

describe('an id', () => {
  const TYPES: Record<string, keyof Campus> = {
    Center: 'centerIds',
    Room: 'roomIds',
    ClientGroup: 'groupIds',
    Client: 'clientIds',
    Disk: 'diskIds',
    Partition: 'partitionIds',
    Image: 'imageIds',
    Repository: 'repositoryIds',
    Subnet: 'subnetIds',
    SoftwareProfile: 'softwareProfileIds',
    Operation: 'operationIds',
    Trace: 'traceIds',
  };

  it.each(Object.entries(TYPES))('fetches its %s again, alone and among others', async (type, key) => {
    const id = encodeGlobalID(type, first(campus[key]));
    const room = encodeGlobalID('Room', campus.roomIds[1] ?? '');
    expect(await server.request(RefetchDocument, { id, ids: [room, id] })).toEqual({
      node: { __typename: type, id },
      nodes: [
        { __typename: 'Room', id: room },
        { __typename: type, id },
      ],
    });
  });

  const UNKNOWN = '01936cba-0000-7000-8000-00000000ffff';
  const NAMES_NOTHING: [string, string][] = [
    ['empty', ''],
    ['no id', 'garbage'],
    ['no text', Buffer.from([0xff, 0xfe, 0x00]).toString('base64')],
    ['without a type', Buffer.from(`:${UNKNOWN}`).toString('base64')],
    ['without a number', encodeGlobalID('Client', '')],
    ['not a uuid', encodeGlobalID('Client', 'nope')],
    ['of no row', encodeGlobalID('Client', UNKNOWN)],
    ['of a type that is no node', encodeGlobalID('TraceEvent', '1')],
    ['of no type', encodeGlobalID('Unicorn', UNKNOWN)],
    ['of every object', encodeGlobalID('constructor', UNKNOWN)],
    ['100 KB long', encodeGlobalID('Client', 'x'.repeat(100_000))],
  ];

  it.each(NAMES_NOTHING)('that is %s is null for node and nodes', async (_name, id) => {
    const answer = await ask(server.url, 'query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }', { id });
    expect(answer).toMatchObject({ data: { node: null, nodes: [null] } });
    expect(answer.errors).toBeUndefined();
  });

  it.each([...NAMES_NOTHING, ['of another type', encodeGlobalID('Disk', UNKNOWN)] as const])(
    'that is %s is null wherever one thing is asked for',
    async (_name, id) => {
      const fields = ['center', 'room', 'client', 'image', 'operation', 'trace'];
      const { data, errors } = await ask(
        server.url,
        `query($id: ID!) { ${fields.map((field) => `${field}(id: $id) { id }`).join(' ')} }`,
        { id },
      );
      expect({ data, errors }).toEqual({
        data: Object.fromEntries(fields.map((field) => [field, null])),
        errors: undefined,
      });
    },
  );

  it.each(NAMES_NOTHING)('that is %s matches nothing in a filter, and never everything', async (_name, id) => {
    const filters = [
      'clients(filter: { ids: [$id] })',
      'clients(filter: { roomId: $id })',
      'clients(filter: { groupId: $id })',
      'traces(filter: { traceIds: [$id] })',
      'traces(filter: { operationId: $id })',
      'traces(filter: { clientIds: [$id] })',
      'traces(filter: { roomId: $id })',
    ];
    const { data, errors } = await ask(
      server.url,
      `query($id: ID!) { ${filters.map((field, index) => `f${index}: ${field} { totalCount }`).join(' ')} }`,
      { id },
    );
    expect(errors).toBeUndefined();
    expect(Object.values(data ?? {})).toEqual(filters.map(() => ({ totalCount: 0 })));
  });
});

describe('state counts', () => {
  it('say how many clients of a room and of each center are in each state', async () => {
    const db = server.app.database.prisma;
    const [centerId = '', roomId = ''] = [campus.centerIds[3], campus.roomIds[3]];
    const room = await db.client.findMany({ where: { roomId }, select: { id: true } });
    await db.client.updateMany({
      where: { id: { in: room.slice(0, 3).map(({ id }) => id) } },
      data: { status: 'LINUX' },
    });
    await db.client.updateMany({
      where: { id: { in: room.slice(3, 4).map(({ id }) => id) } },
      data: { status: 'OFF' },
    });
    const counts = await server.request(StateCountsDocument, {
      room: encodeGlobalID('Room', roomId),
      center: encodeGlobalID('Center', centerId),
      other: encodeGlobalID('Center', campus.centerIds[2] ?? ''),
    });
    const sorted = (list: { status: string; count: number }[] | undefined) =>
      list?.toSorted((a, b) => a.status.localeCompare(b.status));
    const expected = (oglive: number) => [
      { status: 'LINUX', count: 3 },
      { status: 'OFF', count: 1 },
      { status: 'OGLIVE', count: oglive },
    ];
    expect(sorted(counts.room?.stateCounts)).toEqual(expected(6));
    expect(sorted(counts.center?.stateCounts)).toEqual(expected(36));
    expect(counts.other?.stateCounts).toEqual([{ status: 'OGLIVE', count: 40 }]);
  });
});

describe('a client by its MAC address', () => {
  it.each(['02:00:00:00:00:09', '02-00-00-00-00-09', '0200.0000.0009', '020000000009'])(
    'is found as %s',
    async (mac) => {
      const { clientByMac } = await server.request(ClientByMacDocument, { mac });
      expect(clientByMac).toMatchObject({ mac: '02:00:00:00:00:09', ip: '10.0.1.10' });
    },
  );

  it('is null where nobody has it, and a mistake where it is none', async () => {
    expect(await server.request(ClientByMacDocument, { mac: '02:ff:ff:ff:ff:ff' })).toEqual({ clientByMac: null });
    expect(codesOf(await ask(server.url, '{ clientByMac(mac: "02:00") { id } }'))).toEqual(['INVALID_SCALAR']);
  });

  it.each(['2026-02-31T00:00:00Z', '2026-13-01T00:00:00Z', '2026-11-23T25:00:00Z', '2026-11-23'])(
    'has no time that there is not: %s',
    async (at) => {
      const query = `{ clients(filter: { lastSeenBefore: "${at}" }) { totalCount } }`;
      expect(codesOf(await ask(server.url, query))).toEqual(['INVALID_SCALAR']);
    },
  );

  it('knows the 29th of February', async () => {
    const query = '{ clients(filter: { lastSeenBefore: "2028-02-29T23:59:59+01:00" }) { totalCount } }';
    expect(codesOf(await ask(server.url, query))).toEqual([]);
  });
});

describe('images for a partition', () => {
  it('are those that planDeployment lets through', async () => {
    const db = server.app.database.prisma;
    const [ours = '', other = ''] = campus.repositoryIds;
    const image = async (name: string, sizeBytes: bigint | null, repositoryId: string, status: 'READY' | 'CORRUPT') => {
      await db.image.create({
        data: { name: `oferta-${name}`, sizeBytes, replicas: { create: { repositoryId, status } } },
      });
    };
    await image('cabe', 50n * 1024n ** 3n, ours, 'READY');
    await image('grande', 50n * 1024n ** 3n + 1n, ours, 'READY');
    await image('sin-medida', null, ours, 'READY');
    await image('corrupta', 1n, ours, 'CORRUPT');
    await image('ajena', 1n, other, 'READY');
    await db.image.create({ data: { name: 'oferta-en-ninguna-parte' } });

    // A client that no other test has ordered anything for.
    const client = await db.client.findFirstOrThrow({
      where: { id: { in: campus.clientIds.slice(100) }, repositoryId: ours, status: 'OGLIVE' },
    });
    const clientId = encodeGlobalID('Client', client.id);
    const { images: all } = await server.request(ImageNamesDocument, { filter: { nameContains: 'oferta-' } });
    const { images } = await server.request(ImageNamesDocument, {
      filter: { nameContains: 'oferta-', deployableTo: { clientId, disk: 1, partition: 1 } },
    });
    expect(images.nodes.map(({ name }) => name)).toEqual(['oferta-cabe', 'oferta-sin-medida']);
    expect(images.totalCount).toBe(2);

    for (const { id, name } of all.nodes) {
      const input: DeployImageInput = {
        imageId: id,
        target: { clientIds: [clientId] },
        disk: 1,
        partition: 1,
        method: 'UNICAST',
        onBlocked: 'REJECT_ALL',
      };
      const { planDeployment } = await server.request(PlanDocument, { input });
      expect([name, planDeployment.clients[0]?.status !== 'BLOCKED']).toEqual([
        name,
        images.nodes.some((offered) => offered.id === id),
      ]);
    }
  });

  it('are none for a partition or a client that is not there', async () => {
    const places = [
      { clientId: first(clientIds(1)), disk: 1, partition: 9 },
      { clientId: first(clientIds(1)), disk: 9, partition: 1 },
      { clientId: encodeGlobalID('Room', first(campus.roomIds)), disk: 1, partition: 1 },
      { clientId: 'garbage', disk: 1, partition: 1 },
    ];
    for (const deployableTo of places) {
      expect((await server.request(ImageNamesDocument, { filter: { deployableTo } })).images).toMatchObject({
        totalCount: 0,
        nodes: [],
      });
    }
  });
});

describe('the clients of a center', () => {
  it('cost the same few statements for one center and for many, and follow a room that moves', async () => {
    const db = server.app.database.prisma;
    const query = '{ centers { nodes { name clients { totalCount nodes { name } } } } }';
    const count = async () => {
      const before = server.statements();
      await ask(server.url, query);
      return server.statements() - before;
    };
    const few = await count();
    for (const name of ['Norte', 'Sur', 'Este', 'Oeste', 'Centro']) {
      await db.center.create({ data: { name: `Campus ${name}`, rooms: { create: { name: 'Aula' } } } });
    }
    // A look of the event feed may fall in between, once a second; never as many as centers.
    expect(await count()).toBeLessThanOrEqual(few + 1);

    const [from, to] = await db.room.findMany({
      where: { center: { name: { startsWith: 'Campus' } } },
      orderBy: { id: 'asc' },
      take: 2,
    });
    if (from === undefined || to === undefined) throw new Error('the rooms were not made');
    const client = await db.client.create({
      data: { roomId: from.id, name: 'nómada', mac: '02:00:00:00:AA:01', ip: '10.77.0.1' },
    });
    expect(client.centerId).toBe(from.centerId);
    await db.room.update({ where: { id: from.id }, data: { centerId: to.centerId, name: 'Aula trasladada' } });
    expect((await db.client.findUniqueOrThrow({ where: { id: client.id } })).centerId).toBe(to.centerId);
  });
});
