// What the answer to a document may cost, said before anything is read.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { getOperationAST, parse } from 'graphql';
import type { FragmentDefinitionNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { costOf } from '#schema/cost/cost-of.ts';
import { LIST_SIZES } from '#schema/cost/list-sizes.ts';
import { toSchema } from '#schema/index.ts';
import { ask } from '#test/support/ask.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { TRANSPORTS } from '#test/support/transports.ts';

const transports = Object.entries(TRANSPORTS);
const schema = toSchema();

function cost(query: string, variableValues: Record<string, unknown> = {}): number {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  const fragments = Object.fromEntries(
    document.definitions
      .filter((definition) => definition.kind === 'FragmentDefinition')
      .map((fragment): [string, FragmentDefinitionNode] => [fragment.name.value, fragment]),
  );
  return costOf({ schema, operation, fragments, variableValues });
}

describe('a document costs', () => {
  it.each<[string, number, string, Record<string, unknown>?]>([
    ['nothing, without an object', 0, '{ __typename }'],
    ['1 for an object', 1, '{ viewer { name } }'],
    ['1 for a page that is only counted', 1, '{ clients { totalCount } }'],
    ['100 for a page', 101, '{ clients { nodes { name } } }'],
    ['what the page may hold', 6, '{ clients(first: 5) { nodes { name } } }'],
    ['the same from its end', 6, '{ clients(last: 5) { nodes { name } } }'],
    ['nothing for a page of nothing', 1, '{ clients(first: 0) { nodes { room { name } } } }'],
    ['twice as much with edges', 11, '{ clients(first: 5) { edges { cursor node { name } } } }'],
    ['one more for where the page stands', 7, '{ clients(first: 5) { nodes { name } pageInfo { endCursor } } }'],
    ['what a variable says', 8, 'query($n: Int) { clients(first: $n) { nodes { name } } }', { n: 7 }],
    ['what its default says', 4, 'query($n: Int = 3) { clients(first: $n) { nodes { name } } }'],
    ['a whole page where it says nothing', 101, 'query($n: Int) { clients(first: $n) { nodes { name } } }'],
    [
      'a whole page where it makes no sense',
      101,
      'query($n: Int) { clients(first: $n) { nodes { name } } }',
      { n: '7' },
    ],
    [
      'as often as what is around it',
      1 + 5 * (1 + 1 + 4),
      '{ rooms: centers(first: 5) { nodes { rooms(first: 4) { nodes { name } } } } }',
    ],
    [
      'what is usual of a list without pages',
      1 + 2 * (1 + 4 * (1 + 8)),
      '{ clients(first: 2) { nodes { disks { partitions { number } } } } }',
    ],
    ['as many things as are named', 3, '{ nodes(ids: ["a", "b", "c"]) { id } }'],
    ['each alias', 2, '{ a: viewer { name } b: viewer { name } }'],
    [
      'each fragment where it is spread',
      201,
      '{ clients { ...N ...N } } fragment N on ClientConnection { nodes { name } }',
    ],
    [
      'nothing for what is left out',
      1,
      'query($no: Boolean!) { clients { totalCount nodes @include(if: $no) { name } } }',
      { no: false },
    ],
    ['nothing for what is skipped', 1, '{ clients { totalCount nodes @skip(if: true) { name } } }'],
    ['the same in any direction', 101, '{ clients { nodes @skip(if: false) @include(if: true) { name } } }'],
  ])('%s: %i', (_name, expected, query, variables) => {
    expect(cost(query, variables)).toBe(expected);
  });

  it('a number that can be told, however much it is', () => {
    const level = 'room { clients { nodes { ';
    expect(cost(`{ clients { nodes { ${level.repeat(10)} name ${'} } }'.repeat(10)} } } }`)).toBe(2 ** 31 - 1);
  });

  it('and is known soon, also where fragments double at every step', () => {
    const steps = Array.from({ length: 200 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`);
    expect(cost(`{ ...F0 } ${steps.join(' ')} fragment F200 on Query { viewer { name } }`)).toBe(2 ** 31 - 1);
  });

  it('by lists that there are', () => {
    for (const name of Object.keys(LIST_SIZES)) {
      const [type = '', field = ''] = name.split('.');
      const found = schema.getType(type);
      expect(found !== undefined && 'getFields' in found && field in found.getFields(), name).toBe(true);
    }
  });
});

describe('the limit', () => {
  let server: TestServer;
  let narrow: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ machines: [] });
    narrow = await startTestServer({ machines: [], guards: { maxQueryCost: 20 } });
  });
  afterAll(async () => {
    await server.stop();
    await narrow.stop();
  });

  const clients = (first: number) => `{ clients(first: ${first}) { nodes { name } } }`;

  it('lets a whole room pass, with all that is in it', async () => {
    const query = `query($id: ID!) {
      room(id: $id) {
        name
        clients(first: 100) {
          nodes { name disks { number partitions { number image { name } cachedImages { name } } } repository { name } }
        }
      }
    }`;
    const { errors } = await ask(server.url, query, { id: encodeGlobalID('Room', scenario.room.id) });
    expect(errors).toBeUndefined();
  });

  it('lets the whole house through, however long its pages are said to be', async () => {
    const query =
      '{ centers(first: 100) { nodes { rooms(first: 100) { nodes { clients(first: 100) { nodes { disks { partitions { image { name } } } } } } } } } }';
    expect(cost(query)).toBeLessThan(1_000_000);
    for (const [, send] of transports) expect((await send(server.url, query)).errors).toBeUndefined();
  });

  it('stops what goes from a room to its machines and back, again and again, before a statement is sent', async () => {
    const room = (inner: string) => `room { clients(first: 100) { nodes { ${inner} } } }`;
    const query = `{ clients(first: 100) { nodes { ${room(room(room('id')))} } } }`;
    const before = server.statements();
    const answers = await Promise.all(transports.map(([, send]) => send(server.url, query)));
    for (const { data, errors } of answers) {
      expect(data ?? null).toBeNull();
      expect(errors).toMatchObject([
        { extensions: { code: 'QUERY_TOO_EXPENSIVE', cost: { requested: cost(query), limit: 1_000_000 } } },
      ]);
    }
    // Whatever works by itself in the background may have asked something.
    expect(server.statements() - before).toBeLessThan(20);
  });

  it('is where it was set, over each transport', async () => {
    for (const [, send] of transports) {
      expect((await send(narrow.url, clients(19))).errors).toBeUndefined();
      expect((await send(narrow.url, clients(20))).errors).toMatchObject([
        { extensions: { code: 'QUERY_TOO_EXPENSIVE', cost: { requested: 21, limit: 20 } } },
      ]);
    }
  });

  it('holds for subscriptions, when they begin', async () => {
    const query = 'subscription { clientUpdated { client { room { clients { nodes { name } } } } } }';
    for (const [name, send] of transports) {
      if (name === 'POST') continue;
      expect((await send(narrow.url, query)).errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_EXPENSIVE' } }]);
    }
  });

  it('holds for mutations too, and nothing is done', async () => {
    const query = `mutation {
      createCenter(input: { name: "caro" }) { ... on CreateCenterPayload { center { rooms { nodes { name } } } } }
    }`;
    expect((await ask(narrow.url, query)).errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_EXPENSIVE' } }]);
    expect(await narrow.app.database.prisma.center.count({ where: { name: 'caro' } })).toBe(0);
  });

  it('is told with each answer, and to whoever asks', async () => {
    const query = '{ queryCost { requested limit } clients(first: 5) { nodes { name } } }';
    for (const [, send] of transports) {
      expect(await send(narrow.url, query)).toMatchObject({ data: { queryCost: { requested: 7, limit: 20 } } });
    }
    const { text } = await ask(narrow.url, query);
    expect(JSON.parse(text)).toMatchObject({ extensions: { cost: { requested: 7, limit: 20 } } });
  });

  it('lets every documented query pass', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/schema.md'), 'utf8');
    const queries = [...page.matchAll(/```graphql\n([^]*?)```/g)].map(([, query = '']) => query);
    expect(queries).toHaveLength(10);
    for (const query of queries) expect(cost(query), query).toBeLessThanOrEqual(1_000_000);
  });
});
