import { encodeGlobalID } from '@pothos/plugin-relay';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientsOfDocument } from '#test/operations.generated.ts';
import type { ClientFilter } from '#test/operations.generated.ts';
import { ask, codesOf } from '#test/support/ask.ts';
import { anyFilter, conditionValues, createEvaluation, fetchCampus } from '#test/support/client-filter-model.ts';
import { createCampus } from '#test/support/create-campus.ts';
import type { Campus } from '#test/support/create-campus.ts';
import { readField } from '#test/support/read-field.ts';
import { scatterCampus } from '#test/support/scatter-campus.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
let campus: Campus;
let values: ReturnType<typeof conditionValues>;
let fetched: Awaited<ReturnType<typeof fetchCampus>>;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
  const db = server.app.database.prisma;
  campus = await createCampus(db, { centers: 2, rooms: 2, clients: 10, disks: 1, partitions: 3 });
  await scatterCampus(db, campus);
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);
  values = conditionValues(campus, ids(await db.clientGroup.findMany()), ids(await db.roomGroup.findMany()));
  fetched = await fetchCampus(db);
});
afterAll(() => server.stop());

/** Asks for what a filter holds for, for all the others, and for counts by state, and holds all of it against a plain evaluation. */
async function expectAsEvaluated(filter: ClientFilter): Promise<{ found: number; all: number }> {
  const evaluate = createEvaluation(fetched);
  const { those, others, clientStateCounts } = await server.request(ClientsOfDocument, { filter });
  const wanted = fetched.clients.filter((client) => evaluate(filter, client));
  const globalIds = (clients: { id: string }[]) => clients.map(({ id }) => encodeGlobalID('Client', id)).toSorted();
  const sorted = (nodes: { id: string }[]) => nodes.map(({ id }) => id).toSorted();
  expect(sorted(those.nodes)).toEqual(globalIds(wanted));
  expect(sorted(others.nodes)).toEqual(globalIds(fetched.clients.filter((client) => !wanted.includes(client))));
  expect([those.totalCount, others.totalCount]).toEqual([those.nodes.length, others.nodes.length]);
  const counts = Object.entries(Object.groupBy(wanted, ({ status }) => status)).map(([status, list]) => ({
    status,
    count: list.length,
  }));
  const byStatus = (a: { status: string }, b: { status: string }) => a.status.localeCompare(b.status);
  expect(clientStateCounts.toSorted(byStatus)).toEqual(counts.toSorted(byStatus));
  return { found: wanted.length, all: fetched.clients.length };
}

describe('a filter of clients', () => {
  it('has in `conditionValues` all the conditions that the schema knows', async () => {
    const answer = await ask(server.url, '{ __type(name: "ClientFilter") { inputFields { name } } }');
    const { inputFields } = readField(answer, '__type') as { inputFields: { name: string }[] };
    expect(inputFields.map(({ name }) => name).toSorted()).toEqual(
      ['and', 'or', 'not', ...Object.keys(values)].toSorted(),
    );
  });

  it('divides all clients into those it holds for and the others, by each condition alone', async () => {
    for (const [field, arbitrary] of Object.entries<fc.Arbitrary<unknown>>(values)) {
      const shares = new Set<string>();
      await fc.assert(
        fc.asyncProperty(arbitrary, async (value) => {
          const { found, all } = await expectAsEvaluated({ [field]: value });
          shares.add(found === 0 ? 'none' : found === all ? 'all' : 'some');
        }),
        { numRuns: 16 },
      );
      for (const value of fc.sample(arbitrary, 200)) {
        if (shares.has('some')) break;
        const { found, all } = await expectAsEvaluated({ [field]: value });
        if (found > 0 && found < all) shares.add('some');
      }
      // A condition that was never seen to tell one client from another was not tried.
      expect([field, shares.has('some')]).toEqual([field, true]);
    }
  }, 120_000);

  it('means what its conditions, `and`, `or` and `not` mean, however they are put together', async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter(values), async (filter) => {
        await expectAsEvaluated(filter);
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  it.each<[string, 'all' | 'none', ClientFilter]>([
    ['no condition', 'all', {}],
    ['nulls', 'all', { ids: null, nameContains: null, and: null, or: null, not: null }],
    ['an empty `and`', 'all', { and: [] }],
    ['an empty `or`', 'none', { or: [] }],
    ['the opposite of everything', 'none', { not: {} }],
    ['the opposite of nothing', 'all', { not: { or: [] } }],
    ['an empty list', 'none', { ids: [] }],
    ['a room that there is not', 'none', { roomId: encodeGlobalID('Room', crypto.randomUUID()) }],
    ['not in a room that there is not', 'all', { not: { roomId: encodeGlobalID('Room', crypto.randomUUID()) } }],
    ['an id of another type', 'none', { groupId: encodeGlobalID('Room', crypto.randomUUID()) }],
    ['not an id of another type', 'all', { not: { groupId: encodeGlobalID('Room', crypto.randomUUID()) } }],
    ['text that is no start of a MAC address', 'none', { macStartsWith: 'zz' }],
    ['a MAC address that is too long', 'none', { macStartsWith: '02:00:00:00:00:00:00' }],
    ['text that PostgreSQL cannot hold', 'none', { nameContains: 'pc\0' }],
    [
      'drift from an image that there is not',
      'none',
      { imageDrift: { imageId: '', includeMissing: true, revision: 1 } },
    ],
  ])('with %s holds for %s', async (_name, expected, filter) => {
    const { found, all } = await expectAsEvaluated(filter);
    expect(found).toBe(expected === 'all' ? all : 0);
  });

  it('tells who is missing an image from who has an old revision of it', async () => {
    const db = server.app.database.prisma;
    const imageId = encodeGlobalID('Image', campus.imageIds[0] ?? '');
    const count = async (imageDrift: ClientFilter['imageDrift']) =>
      (await server.request(ClientsOfDocument, { filter: { imageDrift } })).those.totalCount;
    const present = await count({ imageId, includeMissing: true });
    const old = await count({ imageId, includeMissing: false });
    expect(present).toBeGreaterThan(old);
    expect(old).toBeGreaterThan(0);
    await db.image.update({ where: { id: campus.imageIds[0] ?? '' }, data: { revision: 4 } });
    // Nobody has a revision that was captured just now.
    expect(await count({ imageId, includeMissing: true })).toBe(await db.client.count());
    expect(await count({ imageId, includeMissing: true, revision: 3 })).toBe(present);
    await db.image.update({ where: { id: campus.imageIds[0] ?? '' }, data: { revision: 3 } });
  });
});

describe('a filter beyond its limits', () => {
  const nested = (depth: number): ClientFilter => (depth === 1 ? { status: ['OFF'] } : { not: nested(depth - 1) });
  const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
  const tooDeep = { code: 'FILTER_TOO_COMPLEX', limit: 'depth', max: 8 };
  const tooMany = { code: 'FILTER_TOO_COMPLEX', limit: 'conditions', max: 100 };
  const tooLong = { code: 'FILTER_TOO_COMPLEX', limit: 'values', max: 1000 };

  it.each<[string, ClientFilter, object | undefined]>([
    ['8 levels', nested(8), undefined],
    ['9 levels', nested(9), tooDeep],
    ['400 levels', nested(400), tooDeep],
    ['100 conditions', { or: many(99, { status: ['OFF'] }) }, undefined],
    ['101 conditions', { or: many(100, { status: ['OFF'] }) }, tooMany],
    ['two conditions in each of 50 objects', { or: many(50, { status: ['OFF'], maintenance: true }) }, tooMany],
    ['100 empty objects', { and: many(100, {}) }, tooMany],
    ['1000 ids', { ids: many(1000, 'x') }, undefined],
    ['1001 ids in two lists', { ids: many(1000, 'x'), roomIds: ['x'] }, tooLong],
  ])('of %s', async (_name, filter, refusal) => {
    const query = 'query($filter: ClientFilter) { clients(filter: $filter) { totalCount } }';
    const answer = await ask(server.url, query, { filter });
    expect(answer.errors?.[0]?.extensions).toEqual(refusal);
    const counts = await ask(
      server.url,
      'query($filter: ClientFilter) { clientStateCounts(filter: $filter) { count } }',
      { filter },
    );
    expect(counts.errors?.[0]?.extensions).toEqual(refusal);
    const inside = await ask(
      server.url,
      'query($filter: ClientFilter) { rooms { nodes { clients(filter: $filter) { totalCount } } } }',
      { filter },
    );
    expect(inside.errors?.[0]?.extensions).toEqual(refusal);
  });

  it('counts the clients of rooms with the rooms', async () => {
    const query = 'query($filter: RoomFilter) { rooms(filter: $filter) { totalCount } }';
    const codes = async (filter: object) => codesOf(await ask(server.url, query, { filter }));
    expect(await codes({ hasClients: nested(7) })).toEqual([]);
    expect(await codes({ hasClients: nested(8) })).toEqual(['FILTER_TOO_COMPLEX']);
    expect(await codes({ or: many(50, { hasClients: { status: ['OFF'] } }) })).toEqual(['FILTER_TOO_COMPLEX']);
  });

  it('is no crash, however deep it is', async () => {
    const query = 'query($filter: ClientFilter) { clients(filter: $filter) { totalCount } }';
    for (const depth of [1000, 50_000]) {
      const filter = `${'{"not":'.repeat(depth)}{}${'}'.repeat(depth)}`;
      const response = await fetch(server.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"query":${JSON.stringify(query)},"variables":{"filter":${filter}}}`,
      });
      expect(await response.json()).toHaveProperty('errors');
    }
    expect(codesOf(await ask(server.url, '{ clients { totalCount } }'))).toEqual([]);
  });
});
