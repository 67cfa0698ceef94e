// What a document may ask for at all, over each transport alike.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { ask } from '#test/support/ask.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { TRANSPORTS, sendRaw } from '#test/support/transports.ts';

const transports = Object.entries(TRANSPORTS);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
});
afterAll(() => server.stop());

const everywhere = (query: string, variables: Record<string, unknown> = {}) =>
  Promise.all(transports.map(([, send]) => send(server.url, query, variables)));

/** What every transport says, where all say the same. */
async function toldOf(query: string, variables: Record<string, unknown> = {}) {
  const told = (await everywhere(query, variables)).map(({ errors = [] }) =>
    errors.map(({ extensions }) => extensions),
  );
  expect(told).toEqual(transports.map(() => told[0]));
  return told[0];
}

const times = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');
/** Fields inside of one another, and in the innermost what is given. */
const deep = (inner: string) => {
  const level = 'room { clients(first: 1) { nodes { ';
  return `{ clients(first: 1) { nodes { ${level.repeat(5)} ${inner} ${'} } }'.repeat(5)} } } }`;
};

describe('a document', () => {
  it.each([
    ['depth', 20, deep('room { center { name } }'), deep('room { center { rooms(first: 1) { totalCount } } }')],
    ['aliases', 100, ...both((count) => `{ centers { nodes { ${times(count, (n) => `a${n}: name`)} } } }`, 100)],
    ['rootFields', 50, ...both((count) => `{ ${times(count, () => '__typename')} }`, 50)],
    [
      'directives',
      50,
      ...both((count) => `{ centers { nodes { ${times(count, () => '... @include(if: true) { name }')} } } }`, 50),
    ],
  ])('has up to the limit of %s, %i, and no more', async (limit, max, under, over) => {
    expect(await toldOf(under)).toEqual([]);
    expect(await toldOf(over)).toEqual([{ code: 'QUERY_TOO_COMPLEX', limit, max }]);
  });

  function both(write: (count: number) => string, max: number): [under: string, over: string] {
    return [write(max), write(max + 1)];
  }

  it('hides nothing in fragments', async () => {
    const spread = (text: string) => `{ ...A } fragment A on Query { ...B } fragment B on Query ${text}`;
    const aliases = `{ x: centers(first: 0) { nodes { ${times(50, (n) => `a${n}: name`)} } } }`;
    expect(await toldOf(spread(`{ ${times(51, () => '__typename')} }`))).toMatchObject([{ limit: 'rootFields' }]);
    expect(await toldOf(spread(deep('room { center { rooms(first: 1) { totalCount } } }')))).toMatchObject([
      { limit: 'depth' },
    ]);
    expect(await toldOf(`${spread(aliases)} `.replace('{ ...A }', '{ ...A ...A ...A }'))).toMatchObject([
      { limit: 'aliases' },
    ]);
  });

  it.each([
    ['that spread themselves', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A __typename }'],
    [
      'that double thirty times',
      `{ ...F0 } ${times(30, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F30 on Query { x: __typename }`,
    ],
    [
      'that double thirty times, and ask for nothing',
      `{ ...F0 } ${times(30, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F30 on Query { __typename }`,
    ],
    ['with as many unknown directives as fit', `{ __typename ${times(2000, () => '@a')} }`],
    [
      'with the same field under many arguments',
      `{ ${times(500, (n) => `centers(first: ${n % 100}) { totalCount }`)} }`,
    ],
    ['with many fields to compare', `{ centers(first: 0) { nodes { ${times(2400, () => 'name')} } } }`],
  ])('with fragments or fields %s is answered soon, as the caller’s mistake or not at all', async (_name, query) => {
    const codes = ((await toldOf(query)) ?? []).map((extensions) => extensions?.['code']);
    expect(codes.filter((code) => !/^(QUERY_TOO_COMPLEX|GRAPHQL_VALIDATION_FAILED)$/.test(String(code)))).toEqual([]);
  });

  it('has so many words and signs and no more', async () => {
    const field = (count: number) => `{ centers(first: 0) { nodes { ${times(count, () => 'name')} } } }`;
    // What so many fields are refused for is that they cannot be compared in time, and not that they cannot be read.
    expect(await toldOf(field(4985))).toMatchObject([{ code: 'GRAPHQL_VALIDATION_FAILED' }]);
    expect(await toldOf(field(5000))).toMatchObject([{ code: 'GRAPHQL_PARSE_FAILED' }]);
  });
});

describe('variables', () => {
  it('nested beyond sense are the caller’s mistake', async () => {
    const query = 'query($filter: ClientFilter) { clients(filter: $filter) { totalCount } }';
    const filter = JSON.parse(`${'{"not":'.repeat(3000)}{}${'}'.repeat(3000)}`) as object;
    expect(await toldOf(query, { filter })).toMatchObject([
      { code: expect.stringMatching(/^(QUERY|FILTER)_TOO_COMPLEX$/) },
    ]);
  });

  it('with the name of a prototype change nothing for anybody', async () => {
    const body =
      '{"query":"{ __typename }","variables":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}';
    const { status } = await sendRaw(server.url, { headers: { 'content-type': 'application/json' }, body });
    expect(status).toBe(200);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('several requests in one', () => {
  it.each([2, 20_000])('are none: %i', async (count) => {
    const one = { query: '{ __typename }' };
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Array.from({ length: count }, () => one)),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('"data"');
  });
});

describe('the limits', () => {
  it('are settings', async () => {
    const narrow = await startTestServer({
      machines: [],
      guards: { document: { depth: 5, aliases: 1, rootFields: 2, directives: 0, tokens: 100 } },
    });
    try {
      const room = encodeGlobalID('Room', scenario.room.id);
      const told = async (query: string) =>
        (await ask(narrow.url, query, { room })).errors?.map(({ extensions }) => extensions?.['limit']);
      expect(await told('{ a: __typename b: __typename }')).toEqual(['aliases']);
      expect(await told('{ a: __typename __typename centers { totalCount } }')).toEqual(['rootFields']);
      expect(await told('{ __typename @include(if: true) }')).toEqual(['directives']);
      expect(await told('{ a: __typename centers { totalCount } }')).toBeUndefined();
    } finally {
      await narrow.stop();
    }
  });
});
