// Whether the schema can be asked for, and whether its names can be guessed.
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOf } from '#test/support/ask.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { TRANSPORTS, sendRaw } from '#test/support/transports.ts';

const transports = Object.entries(TRANSPORTS);
let open: TestServer;
let closed: TestServer;
beforeAll(async () => {
  open = await startTestServer({ machines: [] });
  closed = await startTestServer({ machines: [], guards: { introspection: false, graphiql: false } });
});
afterAll(async () => {
  await open.stop();
  await closed.stop();
});

const GUESSES: [query: string, variables: Record<string, unknown>, suggestion: string][] = [
  ['{ centres { totalCount } }', {}, 'centers'],
  ['{ clients(frst: 1) { totalCount } }', {}, 'first'],
  ['{ clients(filter: { nameContain: "x" }) { totalCount } }', {}, 'nameContains'],
  ['query($f: ClientFilte) { clients(filter: $f) { totalCount } }', {}, 'ClientFilter'],
  ['query($f: ClientFilter) { clients(filter: $f) { totalCount } }', { f: { nameContain: 'x' } }, 'nameContains'],
  ['query($f: ClientFilter) { clients(filter: $f) { totalCount } }', { f: { status: ['OGLIV'] } }, 'OGLIVE'],
];

describe.each(transports)('over %s', (_transport, send) => {
  it('the schema is told unless that is switched off', async () => {
    const query = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true });
    expect((await send(open.url, query)).errors).toBeUndefined();
    for (const asked of [
      query,
      '{ __type(name: "Client") { name } }',
      '{ ...A } fragment A on Query { x: __schema { __typename } }',
    ]) {
      const { data, errors } = await send(closed.url, asked);
      expect(data ?? null).toBeNull();
      expect(new Set(codesOf({ errors }))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
    }
    expect((await send(closed.url, '{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  it.each(GUESSES)('a wrong guess learns nothing then: %s %j', async (query, variables, suggestion) => {
    const told = async (server: TestServer) => JSON.stringify((await send(server.url, query, variables)).errors);
    expect(await told(open)).toContain(`Did you mean`);
    expect(await told(open)).toContain(suggestion);
    expect(await told(closed)).not.toContain('Did you mean');
    expect(await told(closed)).toContain('"code"');
  });
});

describe('GraphiQL', () => {
  it('is there for browsers unless it is switched off', async () => {
    const shown = await sendRaw(open.url, { method: 'GET', headers: { accept: 'text/html' } });
    expect([shown.status, shown.headers['content-type']]).toEqual([200, 'text/html']);
    const hidden = await sendRaw(closed.url, { method: 'GET', headers: { accept: 'text/html' } });
    expect(hidden.status).toBeGreaterThanOrEqual(400);
    expect(hidden.text).not.toContain('<script');
  });
});
