// Documents that are asked for by their name, and servers that answer no others.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FindRoomsDocument } from '#client/operations.generated.ts';
import { nameOfDocument, parsePersistedDocuments } from '#lib/persisted-documents.ts';
import { codesOf } from '#test/support/ask.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { connect, sendRaw } from '#test/support/transports.ts';

const ROOT = join(import.meta.dirname, '../../..');
const KNOWN = 'query Known { viewer { name } }';
const ROOM = 'room { clients { nodes';
const COSTLY = `{ clients { nodes { ${ROOM} { ${ROOM} { ${ROOM} { name } } } } } } } } } } } }`;
const WRONG = '{ nope }';
const persistedDocuments = parsePersistedDocuments(
  JSON.stringify(Object.fromEntries([KNOWN, COSTLY, WRONG].map((text) => [nameOfDocument(text), text]))),
);
const NAME = nameOfDocument(KNOWN);

let open: TestServer;
let closed: TestServer;
beforeAll(async () => {
  open = await startTestServer({ machines: [], guards: { persistedDocuments } });
  closed = await startTestServer({ machines: [], guards: { persistedDocuments, persistedOnly: true } });
});
afterAll(async () => {
  await open.stop();
  await closed.stop();
});

type Params = Record<string, unknown>;
interface Result {
  data?: unknown;
  errors?: readonly { extensions?: Record<string, unknown> }[] | undefined;
}

const byPost = async (url: string, params: Params): Promise<Result> =>
  JSON.parse(
    (await sendRaw(url, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(params) })).text,
  ) as Result;
const byGet = async (url: string, params: Params): Promise<Result> => {
  const query = new URLSearchParams(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  return JSON.parse((await sendRaw(url, { method: 'GET', path: `/graphql?${query}` })).text) as Result;
};
/** A socket's messages must have a query; without a text it is empty. */
const bySocket = async (url: string, params: Params): Promise<Result> => {
  const client = connect(url);
  const first = await new Promise<Result>((resolve, reject) => {
    client.subscribe(
      { query: '', ...params },
      {
        next: (result) => resolve(result),
        error: (error) => (Array.isArray(error) ? resolve({ errors: error as never }) : reject(error as Error)),
        complete: () => {},
      },
    );
  });
  await client.dispose();
  return first;
};
const WAYS = { POST: byPost, GET: byGet, WebSocket: bySocket };

describe.each(Object.entries(WAYS))('a document over %s', (way, send) => {
  const named = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
  const answer = { data: { viewer: { name: 'administrator' } } };

  it('is found by its name', async () => {
    expect(await send(open.url, named(NAME))).toMatchObject(answer);
    expect(await send(closed.url, named(NAME))).toMatchObject(answer);
  });

  it('is found by its id', async () => {
    if (way === 'GET') return;
    expect(await send(open.url, { documentId: `sha256:${NAME}` })).toMatchObject(answer);
    expect(await send(closed.url, { documentId: NAME.toUpperCase() })).toMatchObject(answer);
  });

  it('that nobody has registered has no name', async () => {
    const codes = async (params: Params) => codesOf((await send(open.url, params)) as never);
    expect(await codes(named(nameOfDocument('{ __typename }')))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect(await codes(named('constructor'))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  it('may be any where that is allowed, and is one of the registered where not', async () => {
    expect(await send(open.url, { query: '{ __typename }' })).toMatchObject({ data: { __typename: 'Query' } });
    const refused = await send(closed.url, { query: '{ __typename }', ...named(NAME) });
    expect(refused.data ?? null).toBeNull();
    expect(codesOf(refused as never)).toEqual(['PERSISTED_DOCUMENT_ONLY']);
    expect(await send(closed.url, { query: KNOWN })).toMatchObject(answer);
  });

  it('is held to every other rule', async () => {
    expect(codesOf((await send(closed.url, named(nameOfDocument(COSTLY)))) as never)).toEqual(['QUERY_TOO_EXPENSIVE']);
    expect(codesOf((await send(closed.url, named(nameOfDocument(WRONG)))) as never)).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
    ]);
  });
});

describe('a file of documents', () => {
  it.each([
    '',
    '[]',
    'null',
    '{"a":"{ __typename }"}',
    JSON.stringify({ [NAME]: `${KNOWN} ` }),
    JSON.stringify({ [NAME]: { text: KNOWN } }),
  ])('is refused where a sum is not that of its document: %s', (json) => {
    expect(() => parsePersistedDocuments(json)).toThrow(/JSON|not an object|not the sum/);
  });

  it('may have the name of the sum before it', () => {
    expect([...parsePersistedDocuments(JSON.stringify({ [`sha256:${NAME}`]: KNOWN }))]).toEqual([[NAME, KNOWN]]);
  });
});

describe('the client of this repository', () => {
  it('is answered by a server that was given its documents and answers no others', async () => {
    const json = readFileSync(join(ROOT, 'client', 'persisted-documents.generated.json'), 'utf8');
    const server = await startTestServer({
      machines: [],
      guards: { persistedDocuments: parsePersistedDocuments(json), persistedOnly: true },
    });
    try {
      const { rooms } = await server.request(FindRoomsDocument, { name: '' });
      expect(rooms).toBeDefined();
      expect(codesOf((await byPost(server.url, { query: '{ __typename }' })) as never)).toEqual([
        'PERSISTED_DOCUMENT_ONLY',
      ]);
    } finally {
      await server.stop();
    }
  });
});
