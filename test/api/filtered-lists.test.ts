import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DriftByRoomDocument } from '#test/operations.generated.ts';
import type { DriftByRoomQueryVariables } from '#test/operations.generated.ts';
import { ask } from '#test/support/ask.ts';
import { createCampus } from '#test/support/create-campus.ts';
import type { Campus } from '#test/support/create-campus.ts';
import { readField } from '#test/support/read-field.ts';
import { scatterCampus } from '#test/support/scatter-campus.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
let campus: Campus;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
  const db = server.app.database.prisma;
  campus = await createCampus(db, { centers: 2, rooms: 2, clients: 8, disks: 1, partitions: 3 });
  await scatterCampus(db, campus);
  await db.image.create({
    data: {
      name: 'sin_medida',
      type: 'Linux',
      version: 'Ubuntu 24.04',
      architecture: 'x86_64',
      kind: 'GIT',
      replicas: { create: { repositoryId: campus.repositoryIds[0] ?? '', status: 'CORRUPT' } },
    },
  });
  await db.operation.update({
    where: { id: campus.operationIds[0] ?? '' },
    data: {
      finishedAt: null,
      requestedBy: 'marta',
      action: 'CREATE_IMAGE',
      createdAt: new Date('2026-10-01T08:00:00Z'),
    },
  });
  await db.trace.update({
    where: { id: campus.traceIds[0] ?? '' },
    data: { createdAt: new Date('2026-10-01T08:00:00Z'), action: 'CREATE_IMAGE' },
  });
});
afterAll(() => server.stop());

const idOf = (type: string, ids: readonly string[], index = 0) => encodeGlobalID(type, ids[index] ?? '');

/** The ids of a list’s rows, all of them. */
async function idsOf(field: string, type: string, filter: object): Promise<string[]> {
  const query = `query($filter: ${type}) { list: ${field}(filter: $filter) { totalCount nodes { id } } }`;
  const answer = await ask(server.url, query, { filter });
  const { totalCount, nodes } = readField(answer, 'list') as { totalCount: number; nodes: { id: string }[] };
  expect(nodes).toHaveLength(totalCount);
  return nodes.map(({ id }) => id).toSorted();
}

/** What a condition holds for, after it was seen that its opposite holds for exactly all the others. */
async function divide(field: string, type: string, filter: object): Promise<{ those: string[]; others: string[] }> {
  const those = await idsOf(field, type, filter);
  const others = await idsOf(field, type, { not: filter });
  expect([...those, ...others].toSorted()).toEqual(await idsOf(field, type, {}));
  return { those, others };
}

const db = () => server.app.database.prisma;
const globalIds = (type: string, rows: readonly { id: string }[]) =>
  rows.map(({ id }) => encodeGlobalID(type, id)).toSorted();

describe('a filter of rooms', () => {
  it.each<[string, () => [object, object]]>([
    ['ids', () => [{ ids: [idOf('Room', campus.roomIds, 1)] }, { id: campus.roomIds[1] }]],
    ['nameContains', () => [{ nameContains: 'aula z' }, { name: 'Aula Z' }]],
    ['centerId', () => [{ centerId: idOf('Center', campus.centerIds) }, { centerId: campus.centerIds[0] }]],
    [
      'hasClients',
      () => [
        { hasClients: { status: ['BUSY'], not: { maintenance: true } } },
        { clients: { some: { status: 'BUSY', maintenance: false } } },
      ],
    ],
    ['hasClients, of any kind', () => [{ hasClients: {} }, { clients: { some: {} } }]],
    ['hasClients, of none', () => [{ hasClients: { or: [] } }, { id: { in: [] } }]],
    [
      'hasClients, with an old image',
      () => [
        { hasClients: { imageDrift: { imageId: idOf('Image', campus.imageIds), includeMissing: false } } },
        {
          clients: {
            some: {
              partitions: {
                some: { imageId: campus.imageIds[0] },
                none: { imageId: campus.imageIds[0], imageRevision: 3 },
              },
            },
          },
        },
      ],
    ],
  ])('by %s', async (_name, conditions) => {
    const [filter, where] = conditions();
    const { those } = await divide('rooms', 'RoomFilter', filter);
    expect(those).toEqual(globalIds('Room', await db().room.findMany({ where })));
  });

  it('finds those of the groups inside of a group too', async () => {
    const [building] = await db().roomGroup.findMany({ where: { parentId: null }, include: { children: true } });
    const roomGroupId = encodeGlobalID('RoomGroup', building?.id ?? '');
    const { those } = await divide('rooms', 'RoomFilter', { roomGroupId });
    const inside = [building?.id ?? '', ...(building?.children.map(({ id }) => id) ?? [])];
    const rooms = await db().room.findMany({ where: { roomGroupId: { in: inside } } });
    expect(new Set(rooms.map((room) => room.roomGroupId)).size).toBe(2);
    expect(those).toEqual(globalIds('Room', rooms));
  });

  it('looks into groups down to eight levels', async () => {
    const { id: centerId } = await db().center.create({ data: { name: 'Centro profundo' } });
    let parentId: string | null = null;
    const groupIds: string[] = [];
    for (let level = 0; level <= 9; level += 1) {
      const group: { id: string } = await db().roomGroup.create({
        data: { centerId, name: `Nivel ${level}`, parentId },
      });
      await db().room.create({ data: { centerId, name: `Aula ${level}`, roomGroupId: group.id } });
      groupIds.push(group.id);
      parentId = group.id;
    }
    const { those } = await divide('rooms', 'RoomFilter', { roomGroupId: idOf('RoomGroup', groupIds) });
    expect(those).toHaveLength(9);
  });
});

describe('a filter of centers', () => {
  it('by name and by ids', async () => {
    const { those } = await divide('centers', 'CenterFilter', { nameContains: 'centro 0.' });
    expect(those).toEqual(campus.centerIds.map((id) => encodeGlobalID('Center', id)).toSorted());
    const one = idOf('Center', campus.centerIds);
    expect((await divide('centers', 'CenterFilter', { ids: [one, ''] })).those).toEqual([one]);
  });
});

describe('a filter of images', () => {
  it.each<[string, () => [object, object]]>([
    ['ids', () => [{ ids: [idOf('Image', campus.imageIds)] }, { id: campus.imageIds[0] }]],
    ['nameContains', () => [{ nameContains: '_' }, { name: 'sin_medida' }]],
    ['type', () => [{ type: ['Linux', 'x\0'] }, { type: 'Linux' }]],
    ['versionContains', () => [{ versionContains: 'ubuntu' }, { version: 'Ubuntu 24.04' }]],
    ['architecture', () => [{ architecture: ['x86_64'] }, { architecture: 'x86_64' }]],
    ['kind', () => [{ kind: ['GIT'] }, { kind: 'GIT' }]],
    [
      'repositoryId',
      () => [
        { repositoryId: idOf('Repository', campus.repositoryIds, 1) },
        { replicas: { some: { repositoryId: campus.repositoryIds[1] } } },
      ],
    ],
    [
      'replica',
      () => [
        { replica: { repositoryId: idOf('Repository', campus.repositoryIds), status: ['READY'] } },
        { replicas: { some: { repositoryId: campus.repositoryIds[0], status: 'READY' } } },
      ],
    ],
    ['replica, of nothing', () => [{ replica: { repositoryId: '' } }, { id: { in: [] } }]],
    ['replica, of any state', () => [{ replica: {} }, { replicas: { some: {} } }]],
    [
      'softwareProfileId',
      () => [
        { softwareProfileId: idOf('SoftwareProfile', campus.softwareProfileIds) },
        { softwareProfileId: campus.softwareProfileIds[0] },
      ],
    ],
    ['deployed', () => [{ deployed: true }, { partitions: { some: {} } }]],
    [
      'deployableTo and another condition',
      () => [
        {
          or: [
            { deployableTo: { clientId: idOf('Client', campus.clientIds, 1), disk: 1, partition: 1 } },
            { kind: ['GIT'] },
          ],
        },
        {
          OR: [{ replicas: { some: { repositoryId: campus.repositoryIds[1], status: 'READY' } } }, { kind: 'GIT' }],
        },
      ],
    ],
  ])('by %s', async (_name, conditions) => {
    const [filter, where] = conditions();
    const { those } = await divide('images', 'ImageFilter', filter);
    expect(those).toEqual(globalIds('Image', await db().image.findMany({ where })));
  });
});

describe('a filter of the partitions that carry an image', () => {
  it.each<[string, () => [object, object]]>([
    ['clientId', () => [{ clientId: idOf('Client', campus.clientIds) }, { clientId: campus.clientIds[0] }]],
    ['roomId', () => [{ roomId: idOf('Room', campus.roomIds) }, { client: { roomId: campus.roomIds[0] } }]],
    ['revision', () => [{ revision: 1 }, { imageRevision: 1 }]],
    ['revisionOlderThan', () => [{ revisionOlderThan: 3 }, { imageRevision: { lt: 3 } }]],
  ])('by %s', async (_name, conditions) => {
    const [filter, where] = conditions();
    const imageId = campus.imageIds[0] ?? '';
    const query = `query($id: ID!, $those: PartitionFilter, $others: PartitionFilter) { image(id: $id) {
      those: deployedOn(filter: $those) { totalCount nodes { id } } others: deployedOn(filter: $others) { totalCount }
      all: deployedOn { totalCount } } }`;
    const id = encodeGlobalID('Image', imageId);
    const answer = await ask(server.url, query, { id, those: filter, others: { not: filter } });
    const { those, others, all } = readField(answer, 'image') as Record<
      'those' | 'others' | 'all',
      { totalCount: number; nodes: { id: string }[] }
    >;
    const rows = await db().partition.findMany({ where: { AND: [{ imageId }, where] } });
    expect(those.nodes.map((node) => node.id).toSorted()).toEqual(globalIds('Partition', rows));
    expect(rows.length).toBeGreaterThan(0);
    expect(those.totalCount + others.totalCount).toBe(all.totalCount);
  });
});

describe('a filter of traces and of operations', () => {
  it.each<[string, () => [object, object]]>([
    ['traceIds', () => [{ traceIds: [idOf('Trace', campus.traceIds)] }, { id: campus.traceIds[0] }]],
    [
      'operationId',
      () => [{ operationId: idOf('Operation', campus.operationIds) }, { operationId: campus.operationIds[0] }],
    ],
    ['clientIds', () => [{ clientIds: [idOf('Client', campus.clientIds)] }, { clientId: campus.clientIds[0] }]],
    ['roomId', () => [{ roomId: idOf('Room', campus.roomIds) }, { client: { roomId: campus.roomIds[0] } }]],
    ['centerId', () => [{ centerId: idOf('Center', campus.centerIds) }, { client: { centerId: campus.centerIds[0] } }]],
    ['groupId', () => [{ groupId: idOf('ClientGroup', campus.groupIds) }, { client: { groupId: campus.groupIds[0] } }]],
    ['action', () => [{ action: ['CREATE_IMAGE'] }, { action: 'CREATE_IMAGE' }]],
    ['status', () => [{ status: ['FAILED'] }, { status: 'FAILED' }]],
    ['active', () => [{ active: true }, { status: 'RUNNING' }]],
    ['requestedBy', () => [{ requestedBy: 'marta' }, { operation: { requestedBy: 'marta' } }]],
    ['requestedBy what cannot be', () => [{ requestedBy: '\0' }, { id: { in: [] } }]],
    [
      'createdAfter',
      () => [{ createdAfter: '2026-10-01T08:00:00.001Z' }, { createdAt: { gt: new Date('2026-10-01T08:00:00Z') } }],
    ],
    ['createdBefore', () => [{ createdBefore: '2026-10-01T08:00:00.001Z' }, { id: campus.traceIds[0] }]],
    ['finishedAfter', () => [{ finishedAfter: '2020-01-01T00:00:00Z' }, { finishedAt: { not: null } }]],
    ['finishedBefore', () => [{ finishedBefore: '2099-01-01T00:00:00Z' }, { finishedAt: { not: null } }]],
  ])('by %s of traces', async (_name, conditions) => {
    const [filter, where] = conditions();
    const { those } = await divide('traces', 'TraceFilter', filter);
    expect(those).toEqual(globalIds('Trace', await db().trace.findMany({ where })));
  });

  it.each<[string, () => [object, object]]>([
    ['ids', () => [{ ids: [idOf('Operation', campus.operationIds, 1)] }, { id: campus.operationIds[1] }]],
    ['action', () => [{ action: ['CREATE_IMAGE'] }, { id: campus.operationIds[0] }]],
    ['requestedBy', () => [{ requestedBy: 'marta' }, { id: campus.operationIds[0] }]],
    ['createdAfter', () => [{ createdAfter: '2026-10-02T00:00:00Z' }, { id: { not: campus.operationIds[0] ?? '' } }]],
    ['createdBefore', () => [{ createdBefore: '2026-10-02T00:00:00Z' }, { id: campus.operationIds[0] }]],
    ['active', () => [{ active: true }, { id: campus.operationIds[0] }]],
    [
      'all of these',
      () => [{ and: [{ active: false }, { requestedBy: 'administrator' }] }, { requestedBy: 'administrator' }],
    ],
  ])('by %s of operations', async (_name, conditions) => {
    const [filter, where] = conditions();
    const { those } = await divide('operations', 'OperationFilter', filter);
    expect(those).toEqual(globalIds('Operation', await db().operation.findMany({ where })));
  });
});

describe('filtered and sorted lists inside of others', () => {
  /** SQL statements of one request; the least of some runs, for the event feed looks into its log in between. */
  async function countStatements(variables: DriftByRoomQueryVariables): Promise<number> {
    const counts: number[] = [];
    while (counts.length < 4) {
      const before = server.statements();
      await server.request(DriftByRoomDocument, variables);
      counts.push(server.statements() - before);
    }
    return Math.min(...counts);
  }

  const variables = (imageId: string): DriftByRoomQueryVariables[] => [
    { filter: { deployedImage: { imageId, revision: 1 } }, orderBy: { field: 'ROOM', direction: 'DESC' } },
    {
      filter: { imageDrift: { imageId, includeMissing: false } },
      orderBy: { field: 'LAST_SEEN_AT', direction: 'DESC' },
    },
  ];

  it('are right for each of the rows around them', async () => {
    const imageId = campus.imageIds[0] ?? '';
    for (const [index, given] of variables(encodeGlobalID('Image', imageId)).entries()) {
      const { centers } = await server.request(DriftByRoomDocument, given);
      const where =
        index === 0
          ? { partitions: { some: { imageId, imageRevision: 1 } } }
          : { partitions: { some: { imageId }, none: { imageId, imageRevision: 3 } } };
      let total = 0;
      for (const { id, clients } of centers.nodes.flatMap(({ rooms }) => rooms.nodes)) {
        const roomId = campus.roomIds.find((each) => encodeGlobalID('Room', each) === id) ?? null;
        const count = roomId === null ? 0 : await db().client.count({ where: { ...where, roomId } });
        expect(clients.totalCount).toBe(count);
        expect(clients.nodes).toHaveLength(Math.min(count, 3));
        expect(clients.pageInfo.hasNextPage).toBe(count > 3);
        total += count;
      }
      expect(total).toBeGreaterThan(0);
    }
  });

  it('cost as many statements for many rows as for a few', async () => {
    const given = variables(idOf('Image', campus.imageIds));
    const few = [];
    for (const each of given) few.push(await countStatements(each));
    await createCampus(db(), { centers: 4, rooms: 2, clients: 5, disks: 1, partitions: 2 }, 1);
    const many = [];
    for (const each of given) many.push(await countStatements(each));
    expect(many).toEqual(few);
  });

  it.each([
    ['centers { nodes { clients(filter: { status: [OFF] }, orderBy: { field: IP }) { totalCount nodes { ip } } } }'],
    [
      'centers { nodes { rooms(filter: { hasClients: {} }, orderBy: { field: NAME, direction: DESC }) { totalCount } } }',
    ],
    [
      'clientGroups { nodes { clients(filter: { maintenance: true }, orderBy: { field: CREATED_AT }) { totalCount } } }',
    ],
    ['subnets { nodes { clients(filter: { hasCache: true }) { totalCount } } }'],
    ['repositories { nodes { clients(filter: { hasActiveTrace: true }) { totalCount } } }'],
    ['hardwareProfiles { nodes { clients(filter: {}) { totalCount } } }'],
    ['roomGroups { nodes { rooms(filter: { nameContains: "a" }) { totalCount } } }'],
    [
      'softwareProfiles { nodes { images(filter: { deployed: true }, orderBy: { field: SIZE }) { totalCount nodes { name } } partitions(filter: { revision: 1 }) { totalCount } } }',
    ],
    [
      'clients { nodes { traces(filter: { active: true }, orderBy: { field: FINISHED_AT }) { totalCount nodes { id } } } }',
    ],
    [
      'operations(orderBy: { field: CREATED_AT }) { nodes { traces(filter: { status: [FAILED] }, orderBy: { field: CREATED_AT }) { totalCount } } }',
    ],
  ])('%s', async (field) => {
    const { errors, data } = await ask(server.url, `{ ${field} }`);
    expect(errors).toBeUndefined();
    expect(data).not.toBeNull();
  });

  it('leave out what the filter leaves out', async () => {
    const query =
      'query($id: ID!, $filter: TraceFilter) { operation(id: $id) { traces(filter: $filter) { totalCount } } }';
    const id = idOf('Operation', campus.operationIds, 1);
    const { data } = await ask(server.url, query, { id, filter: { status: ['FAILED'] } });
    const count = await db().trace.count({ where: { operationId: campus.operationIds[1] ?? '', status: 'FAILED' } });
    expect(data).toEqual({ operation: { traces: { totalCount: count } } });
  });
});
