import { encodeGlobalID } from '@pothos/plugin-relay';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SortedClientsDocument } from '#test/operations.generated.ts';
import type { ClientOrderField } from '#test/operations.generated.ts';
import { ask, codesOf } from '#test/support/ask.ts';
import { createCampus } from '#test/support/create-campus.ts';
import type { Campus } from '#test/support/create-campus.ts';
import { readField } from '#test/support/read-field.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
let campus: Campus;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
  const db = server.app.database.prisma;
  campus = await createCampus(db, { centers: 1, rooms: 2, clients: 6, disks: 1, partitions: 2 });
  // A trace keeps its client from being deleted.
  await db.trace.deleteMany({});
});
afterAll(() => server.stop());

describe('the page after a row that is not there any more', () => {
  it.each<[ClientOrderField | null]>([[null], ['NAME'], ['IP'], ['ROOM'], ['LAST_SEEN_AT'], ['CREATED_AT']])(
    'begins where it would have begun, by %s',
    async (field) => {
      const db = server.app.database.prisma;
      const client = await db.client.create({
        data: { name: 'pc003', mac: '02:AA:00:00:00:01', ip: '10.1.1.200', roomId: campus.roomIds[1] ?? '' },
      });
      const orderBy = field === null ? null : { field, direction: 'ASC' as const };
      const { page: all } = await server.request(SortedClientsDocument, { orderBy, first: 100 });
      const place = all.nodes.findIndex(({ id }) => id === encodeGlobalID('Client', client.id));
      const { page } = await server.request(SortedClientsDocument, { orderBy, first: place + 1 });
      expect(page.nodes.at(-1)).toEqual(all.nodes[place]);
      const cursor = page.pageInfo.endCursor;
      await db.client.delete({ where: { id: client.id } });
      const { page: next } = await server.request(SortedClientsDocument, { orderBy, first: 100, after: cursor });
      expect(next.nodes).toEqual(all.nodes.slice(place + 1));
      const { page: previous } = await server.request(SortedClientsDocument, { orderBy, last: 100, before: cursor });
      expect(previous.nodes).toEqual(all.nodes.slice(0, place));
    },
  );
});

describe('a cursor', () => {
  const ORDERS = [
    '',
    'orderBy: { field: IP }, ',
    'orderBy: { field: IP, direction: DESC }, ',
    'orderBy: { field: ROOM }, ',
  ];
  const startOf = async (order: string) => {
    const answer = await ask(server.url, `{ clients(${order}first: 1) { pageInfo { endCursor } } }`);
    return (readField(answer, 'clients') as { pageInfo: { endCursor: string } }).pageInfo.endCursor;
  };

  it('of another order is no cursor of this one', async () => {
    for (const given of ORDERS) {
      for (const order of ORDERS) {
        for (const argument of ['after', 'before']) {
          const query = `{ clients(${order}${argument}: "${await startOf(given)}") { nodes { id } } }`;
          const answer = await ask(server.url, query);
          const refusal = given === order ? undefined : { code: 'INVALID_CURSOR', argument };
          expect(answer.errors?.[0]?.extensions).toEqual(refusal);
        }
      }
    }
  });

  it('of another list is none of this one, at the top and inside of others', async () => {
    const after = await startOf('');
    const lists = ['traces(after: $after)', 'images(orderBy: { field: SIZE }, after: $after)'];
    for (const list of lists) {
      const answer = await ask(server.url, `query($after: String) { ${list} { nodes { id } } }`, { after });
      expect(codesOf(answer)).toEqual(['INVALID_CURSOR']);
    }
    const inside = '{ rooms { nodes { clients(orderBy: { field: LAST_SEEN_AT }, after: $after) { nodes { id } } } } }';
    expect(codesOf(await ask(server.url, `query($after: String) ${inside}`, { after }))).toEqual(['INVALID_CURSOR']);
  });

  it('that somebody made up is refused or stands somewhere, and never a failure of ours', async () => {
    const valid = await Promise.all(ORDERS.map(startOf));
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const anyValue = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        null,
        true,
        0,
        -1,
        1.5,
        2 ** 31,
        1e300,
        '1',
        '-1',
        '9'.repeat(18),
        '9'.repeat(19),
        '\0',
        '\uD800',
        {},
        [],
      ),
      fc.date().map((date) => (Number.isNaN(date.getTime()) ? 'never' : date.toISOString())),
      fc.constantFrom(
        '+010000-01-01T00:00:00.000Z',
        '-000001-01-01T00:00:00Z',
        '0000-01-01',
        '9999-12-31T23:59:59.999Z',
      ),
      fc.uuid(),
    );
    const tag = fc.constantFrom(
      'name',
      'asc:IP',
      'desc:IP',
      'asc:ROOM',
      'asc:LAST_SEEN_AT',
      'asc:CREATED_AT',
      '-id',
      '',
    );
    const garbage = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.base64String({ maxLength: 80 }),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
      fc.tuple(tag, fc.array(anyValue, { maxLength: 3 })).map(([first, rest]) => encode([first, ...rest])),
      fc.tuple(fc.constantFrom(...valid), fc.nat(80), fc.string({ maxLength: 3 })).map(([text, at, change]) => {
        return text.slice(0, at) + change + text.slice(at + change.length);
      }),
    );
    const queries = [
      '',
      'orderBy: { field: IP }, ',
      'orderBy: { field: ROOM }, ',
      'orderBy: { field: LAST_SEEN_AT }, ',
      'orderBy: { field: CREATED_AT }, ',
    ].map((order) => `query($c: String) { clients(${order}after: $c) { nodes { id } } }`);
    await fc.assert(
      fc.asyncProperty(garbage, fc.constantFrom(...queries), async (c, query) => {
        const answer = await ask(server.url, query, { c });
        expect([[], ['INVALID_CURSOR']]).toContainEqual(codesOf(answer));
      }),
      { numRuns: 400 },
    );
  }, 60_000);
});

describe('`first` and `last` together', () => {
  it.each([
    'clients(first: 1, last: 1) { nodes { id } }',
    'clients(first: 0, last: 0) { totalCount }',
    'rooms { nodes { clients(first: 1, last: 1) { nodes { id } } } }',
  ])('are the caller’s mistake: %s', async (field) => {
    expect(codesOf(await ask(server.url, `{ ${field} }`))).toEqual(['INVALID_ARGUMENT']);
  });
});

describe('a page of which only its place is asked for', () => {
  it.each([
    '{ rooms(last: 2) { edges { cursor } } }',
    '{ rooms(first: 1) { pageInfo { endCursor } } }',
    '{ centers { nodes { rooms(last: 1) { edges { cursor } } } } }',
    '{ rooms { nodes { clients(last: 2, orderBy: { field: IP }) { pageInfo { startCursor } } } } }',
    '{ repositories { nodes { images(first: 1) { edges { cursor } } } } }',
    '{ traces(first: 1) { nodes { events(first: 1) { edges { __typename } } } } }',
  ])('%s', async (query) => {
    const { data, errors } = await ask(server.url, query);
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).not.toContain('null');
  });
});

describe('variables nested beyond sense', () => {
  it.each([1000, 50_000])('%i levels deep are the caller’s mistake', async (depth) => {
    const filter = `${'{"not":'.repeat(depth)}{}${'}'.repeat(depth)}`;
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"query":"query($f: ClientFilter) { clients(filter: $f) { totalCount } }","variables":{"f":${filter}}}`,
    });
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect(errors[0]?.extensions.code).toMatch(/^(?:FILTER|QUERY)_TOO_COMPLEX$/);
  });
});
