import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { administrator } from '#domain/access/principal.ts';
import { formatCursor } from '#domain/tracing/cursor.ts';
import type { GraphqlServer } from '#http/graphql.ts';
import { createConnectionCounter } from '#http/streams/connection-counter.ts';
import { createStreamMeter } from '#http/streams/stream-meter.ts';
import { serveWebSocket } from '#http/websocket.ts';
import { createLogger } from '#lib/logger.ts';
import { ask, codesOf } from '#test/support/ask.ts';
import { walkthroughOrder } from '#test/support/deploy.ts';
import { interceptPrisma } from '#test/support/intercept-prisma.ts';
import { openTestDatabase } from '#test/support/open-test-database.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { TRANSPORTS, askForSocket, askOver, connect, sendRaw } from '#test/support/transports.ts';
import { waitFor } from '#test/support/wait-for.ts';

const CANARY = 'connect to postgres://oggraph:hunter2@db.internal/oggraph failed';
/** Files of clients are sent to the one, and reports of a job to the other. */
const GRAPHQL_LIMIT = 4 * 1024 * 1024;
const REPORT_LIMIT = 512 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };
const transports = Object.entries(TRANSPORTS);

let server: TestServer;
/** Calls of the database that fail, and how. */
const failing: Record<string, object> = {};
const logged: Record<string, unknown>[] = [];
beforeAll(async () => {
  const log = pino(
    { level: 'error' },
    { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  server = await startTestServer({ database: interceptPrisma(await openTestDatabase(), failing), log });
});
afterAll(() => server.stop());
afterEach(() => {
  for (const name of Object.keys(failing)) delete failing[name];
});

const fail = () => Promise.reject(new Error(CANARY));
const countOperations = () => server.app.database.prisma.operation.count();
const agentUrl = () => server.url.replace('/graphql', '/opengnsys/rest/clients/status/webhook');
/** Makes the client's state change as its agent would; a state it is in already is none. */
const loginAndOut = async () => {
  await server.report('ogagent/started', { mac: scenario.client.mac, ostype: 'Linux' });
  await server.report('ogagent/stopped', { mac: scenario.client.mac, ostype: 'Linux' });
};

const BAD_DOCUMENTS: [name: string, query: string, variables: Record<string, unknown>, code: RegExp][] = [
  ['cannot be parsed', '{', {}, /^GRAPHQL_PARSE_FAILED$/],
  ['is empty', '', {}, /^GRAPHQL_PARSE_FAILED$/],
  ['asks for an unknown field', '{ nope }', {}, /^GRAPHQL_VALIDATION_FAILED$/],
  ['subscribes to an unknown field', 'subscription { nope }', {}, /^GRAPHQL_VALIDATION_FAILED$/],
  [
    'follows two things at once',
    'subscription { traceUpdated { cursor } clientUpdated { cursor } }',
    {},
    /^GRAPHQL_VALIDATION_FAILED$/,
  ],
  [
    'does not say which of its operations',
    'query A { __typename } query B { __typename }',
    {},
    /^OPERATION_RESOLUTION_FAILURE$/,
  ],
  [
    'has no operation',
    'fragment A on Query { __typename }',
    {},
    /^(OPERATION_RESOLUTION_FAILURE|GRAPHQL_VALIDATION_FAILED)$/,
  ],
  [
    'has a value that is none',
    'query($mac: MAC!) { clientByMac(mac: $mac) { id } }',
    { mac: 'zz' },
    /^INVALID_SCALAR$/,
  ],
  ['asks for too large a page', '{ clients(first: 101) { totalCount } }', {}, /^PAGE_SIZE_OUT_OF_RANGE$/],
  [
    'has 20,000 fields in one another',
    `${'{a'.repeat(20_000)}${'}'.repeat(20_000)}`,
    {},
    /^(?!INTERNAL_SERVER_ERROR$)[A-Z_]+$/,
  ],
  [
    'has 5,000 lists in one another',
    `{ clients(filter: { ids: ${'['.repeat(5000)}${']'.repeat(5000)} }) { totalCount } }`,
    {},
    /^(?!INTERNAL_SERVER_ERROR$)[A-Z_]+$/,
  ],
];

describe('a document that', () => {
  it.each(BAD_DOCUMENTS)(
    '%s has the same code over each transport, and it says that the caller is at fault',
    async (_name, query, variables, code) => {
      const codes = await Promise.all(
        transports.map(async ([, send]) => codesOf(await send(server.url, query, variables))),
      );
      expect(codes[0]).toEqual([expect.stringMatching(code)]);
      expect(codes).toEqual(codes.map(() => codes[0]));
    },
  );

  it.each(BAD_DOCUMENTS)(
    '%s is the answer to one operation of a socket, and the others go on',
    async (_name, query, variables) => {
      const client = connect(server.url);
      const closings: unknown[] = [];
      client.on('closed', (event) => closings.push(event));
      try {
        const events = client.iterate<{ clientUpdated: { status: string } }>({
          query: 'subscription { clientUpdated(filter: { status: LINUX }) { status } }',
        });
        const next = events.next();
        // Looked at last. Should the socket be closed before, that is told by what is asked over it.
        next.catch(() => {});
        // Answered on the same socket, and in order: by then the subscription is there. What the last case left may still come,
        // but it has already seen the client in LINUX.
        expect(await askOver(client, '{ __typename }')).toMatchObject({ data: { __typename: 'Query' } });
        expect(codesOf(await askOver(client, query, variables))).toHaveLength(1);
        expect(closings).toEqual([]);
        await loginAndOut();
        expect(await next).toMatchObject({ done: false, value: { data: { clientUpdated: { status: 'LINUX' } } } });
      } finally {
        await client.dispose();
      }
    },
  );
});

describe('a failure that nobody expected', () => {
  const CASES: { name: string; broken: Record<string, object>; query: string; provoke?: () => Promise<unknown> }[] = [
    { name: 'in a query', broken: { subnet: { findMany: fail } }, query: '{ subnets { nodes { cidr } } }' },
    {
      name: 'at the start of a subscription',
      // A cursor ahead of the log is looked for in the database before it is refused.
      broken: { $queryRaw: fail },
      query: 'subscription { clientUpdated(after: "CURSOR") { status } }',
    },
    {
      name: 'in an event of a subscription',
      broken: { client: { findUnique: fail } },
      query: 'subscription { clientUpdated { client { name } } }',
      provoke: loginAndOut,
    },
  ];

  for (const { name, broken, query, provoke } of CASES) {
    // A plain POST cannot be answered by a stream.
    const able = transports.filter(([transport]) => transport !== 'POST' || !query.startsWith('subscription'));
    it.each(able)(
      `over %s, ${name}, is told by a request id only, under which the log has all of it`,
      async (_transport, send) => {
        Object.assign(failing, broken);
        logged.length = 0;
        let isAnswered = false;
        const { epoch } = await server.app.database.prisma.eventLog.findFirstOrThrow();
        const ahead = formatCursor({ epoch, seq: 10n ** 12n });
        const answered = send(server.url, query.replace('CURSOR', ahead)).finally(() => {
          isAnswered = true;
        });
        // Whether the subscription is there yet cannot be seen from here, so the event is repeated until it is heard.
        if (provoke !== undefined) await waitFor('an answer', () => provoke().then(() => isAnswered));
        const { errors = [] } = await answered;

        expect(errors).toHaveLength(1);
        const { code, requestId } = errors[0]?.extensions ?? {};
        expect(code).toBe('INTERNAL_SERVER_ERROR');
        expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
        expect(JSON.stringify(errors)).not.toMatch(/hunter2|postgres|node_modules|\.ts:\d+|stack/);
        const entry = logged.find((line) => line['requestId'] === requestId);
        expect(JSON.stringify(entry)).toContain(CANARY);
      },
    );
  }

  it('speaks the language of the caller', async () => {
    failing['subnet'] = { findMany: fail };
    const said = async (language: string) =>
      (await ask(server.url, '{ subnets { nodes { cidr } } }', {}, { 'accept-language': language })).errors?.[0]
        ?.message;
    expect([await said('es'), await said('en')]).toEqual(['Error inesperado.', 'Unexpected error.']);
  });

  it('while an agent reports is answered 500, so that it may say it again, and nothing more', async () => {
    failing['$transaction'] = fail;
    const answer = await server.report('clients/status/webhook', { job_id: 'x', progress: 1 });
    expect(answer).toEqual({ status: 500, body: { message: 'not stored; say it again' } });
  });
});

describe('a page of another site', () => {
  const upgrade = (headers: Record<string, string>) => askForSocket(server.url, headers);

  it.each(['https://evil.example', 'null', 'http://localhost', 'file://', 'garbage', ''])(
    'gets no socket: %j',
    async (origin) => {
      expect((await upgrade({ origin })).status).toBe(403);
    },
  );

  it('gets none either by a name that only begins or ends like ours', async () => {
    const ours = 'oggraph.example';
    for (const other of [`${ours}.evil.example`, `evil-${ours}`, `evil.${ours}`, `${ours}:1`, `${ours}@evil.example`]) {
      expect((await upgrade({ host: ours, origin: `http://${other}` })).status).toBe(403);
    }
    expect((await upgrade({ host: ours, origin: `https://${ours}` })).status).toBe(101);
  });

  it('is not what a program is, nor our own', async () => {
    expect((await upgrade({})).status).toBe(101);
    expect((await upgrade({ origin: new URL(server.url).origin })).status).toBe(101);
  });

  it('is allowed nothing by any header, whatever it asks', async () => {
    const origin = { origin: 'https://evil.example' };
    const body = JSON.stringify({ query: '{ __typename }' });
    const answers = await Promise.all([
      sendRaw(server.url, {
        method: 'OPTIONS',
        headers: {
          ...origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      }),
      sendRaw(server.url, { headers: { ...origin, ...JSON_TYPE }, body }),
      sendRaw(server.url, { headers: { ...origin, ...JSON_TYPE, accept: 'text/event-stream' }, body }),
      sendRaw(server.url, { method: 'GET', path: '/graphql?query=%7B__typename%7D', headers: origin }),
      sendRaw(server.url, { method: 'GET', headers: { ...origin, accept: 'text/html' } }),
      sendRaw(agentUrl(), { headers: origin, body: '{}' }),
      sendRaw(server.url, { method: 'GET', path: '/health', headers: origin }),
    ]);
    expect(
      answers.flatMap(({ headers }) => Object.keys(headers)).filter((name) => name.startsWith('access-control-')),
    ).toEqual([]);
  });
});

describe('what a form on any web page can send', () => {
  const mutation = 'mutation($input: DeployImageInput!) { deployImage(input: $input) { __typename } }';
  const request = { query: mutation, variables: { input: walkthroughOrder({ waitForAgentsMs: 0 }) } };
  const form = new URLSearchParams({ query: mutation, variables: JSON.stringify(request.variables) }).toString();
  const parts = [
    '--x',
    'content-disposition: form-data; name="operations"',
    '',
    JSON.stringify(request),
    '--x',
    'content-disposition: form-data; name="map"',
    '',
    '{}',
    '--x--',
    '',
  ].join('\r\n');

  // It would be carried out, if it were read.
  beforeAll(() => server.room.agent(scenario.client.ip).bootOgLive());

  it.each([
    ['text/plain', JSON.stringify(request)],
    ['TEXT/PLAIN; charset=utf-8', JSON.stringify(request)],
    ['text/plain; x=application/json', JSON.stringify(request)],
    ['application/x-www-form-urlencoded', form],
    ['application/x-www-form-urlencoded; charset=utf-8', form],
    ['multipart/form-data; boundary=x', parts],
    ['', JSON.stringify(request)],
    [undefined, JSON.stringify(request)],
  ])('as %s is refused and executes nothing', async (type, body) => {
    const before = await countOperations();
    const { status } = await sendRaw(server.url, { headers: type === undefined ? {} : { 'content-type': type }, body });
    expect(status).toBe(415);
    expect(await countOperations()).toBe(before);
  });

  it.each([{}, { accept: 'text/event-stream' }, { accept: 'text/html' }, JSON_TYPE])(
    'by GET cannot change anything: %j',
    async (headers) => {
      const before = await countOperations();
      const query = new URLSearchParams({ query: mutation, variables: JSON.stringify(request.variables) });
      const { status } = await sendRaw(server.url, { method: 'GET', path: `/graphql?${query}`, headers });
      // A browser that asks for a page gets GraphiQL, with the document in it and not executed.
      expect(status).toBe('accept' in headers && headers.accept === 'text/html' ? 200 : 405);
      expect(await countOperations()).toBe(before);
    },
  );

  it('as JSON, which it cannot, would have been executed', async () => {
    const before = await countOperations();
    await sendRaw(server.url, { headers: JSON_TYPE, body: JSON.stringify(request) });
    expect(await countOperations()).toBe(before + 1);
  });
});

describe('a body', () => {
  const pad = (start: string, end: string, size: number) =>
    `${start}${' '.repeat(size - start.length - end.length)}${end}`;
  const routes: [string, () => string, limit: number, (size: number) => string][] = [
    ['/graphql', () => server.url, GRAPHQL_LIMIT, (size) => pad('{"query":"{ __typename', '}"}', size)],
    ['an agent’s route', agentUrl, REPORT_LIMIT, (size) => pad('{"job_id":"x-1","progress":1', '}', size)],
  ];

  it.each(routes)('of the whole limit is taken by %s', async (_name, url, limit, body) => {
    expect((await sendRaw(url(), { headers: JSON_TYPE, body: body(limit) })).status).toBe(200);
  });

  for (const [name, url, limit, body] of routes) {
    it.each([
      ['that says how long it is', false],
      ['that does not', true],
    ])(`of more, %s, is refused by ${name}`, async (_name, chunked) => {
      expect((await sendRaw(url(), { headers: JSON_TYPE, body: body(limit + 1), chunked })).status).toBe(413);
      expect((await sendRaw(url(), { headers: JSON_TYPE, body: body(limit * 8), chunked })).status).toBe(413);
    });
  }

  it('of more closes a socket', async () => {
    const client = connect(server.url);
    await expect(askOver(client, `{ __typename ${' '.repeat(GRAPHQL_LIMIT)} }`)).rejects.toThrow(/1009/);
    await client.dispose();
  });
});

describe('whatever an agent sends', () => {
  it.each([
    ['a NUL in the engine’s words', String.raw`{"job_id":"n-1","res":"2","der":"30-im\u0000age"}`],
    ['a NUL in a key', String.raw`{"job_id":"n-2","res":"1","a\u0000":1}`],
    ['half a character', String.raw`{"job_id":"n-3","res":"2","der":"30-\ud800"}`],
    ['a name that every object has', '{"job_id":"n-4","nfn":"constructor","progress":1,"mac":"08:00:27:0b:88:be"}'],
    ['a prototype', '{"job_id":"n-5","progress":1,"__proto__":{"a":1}}'],
    ['a table type that every object has', '{"job_id":"n-6","progress":1,"cfg":";1:0:toString:::1:0;"}'],
    ['a job’s name of 100 KB', `{"job_id":"${'x'.repeat(100_000)}","progress":1}`],
  ])('is stored or refused, and no accident of ours: %s', async (_name, body) => {
    expect([200, 400]).toContain((await server.report('clients/status/webhook', body)).status);
  });
});

describe('a path', () => {
  it.each(['//', '/\\', '/graphql/../x', '/%', 'http://[', '*'])(
    'like %s is nobody’s, and no accident of ours',
    async (path) => {
      const { status } = await sendRaw(server.url, { method: 'GET', path });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    },
  );

  it.each(['//', '/\\', 'http://['])('like %s does not bring the server down when a socket is asked for', (url) => {
    // What is thrown by the listener of a real server ends the process, so this one is only told of the request.
    const upgrades = new EventEmitter();
    serveWebSocket(upgrades as Server, {
      yoga: {} as GraphqlServer,
      limits: { connectionsPerAddress: 1, operationsPerSocket: 1, bufferBytes: 1, stallMs: 1000 },
      connections: createConnectionCounter(1, () => ''),
      corsOrigins: [],
      findDocument: () => null,
      isOverloaded: () => false,
      onOverLimit: () => {},
      authenticate: async () => administrator,
      meter: createStreamMeter(),
      log: createLogger('silent', { pretty: false }),
    });
    expect(() => upgrades.emit('upgrade', { url, headers: {} }, new PassThrough(), Buffer.alloc(0))).not.toThrow();
  });
});

describe('GraphiQL', () => {
  it('is served to browsers, and fetches nothing from elsewhere', async () => {
    const { status, headers, text } = await sendRaw(server.url, {
      method: 'GET',
      headers: { accept: 'text/html,application/xhtml+xml' },
    });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/html/);
    // What is inside of scripts and styles is text, not the page's own.
    const page = text
      .replaceAll(/(<script\b[^>]*>)[\s\S]*?<\/script>/g, '$1')
      .replaceAll(/(<style\b[^>]*>)[\s\S]*?<\/style>/g, '$1');
    expect(page).toContain('<script');
    expect(page.match(/(?:src|href|action)\s*=\s*["']?(?:https?:)?\/\/[^\s"'>]*/gi) ?? []).toEqual([]);
    expect(
      text.match(
        /@import\s*(?:url\()?["']?https?:|url\(["']?https?:|\b(?:unpkg\.com|jsdelivr\.net|esm\.sh|cdnjs\.|fonts\.googleapis)/gi,
      ) ?? [],
    ).toEqual([]);
  });
});
