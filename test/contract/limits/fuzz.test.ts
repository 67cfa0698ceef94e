// Whatever comes in by any route, nobody gets a failure of ours or a word of what is inside, and no secret is written to the log.
import { GraphQLError, getNamedType, isInputObjectType, isLeafType, isListType, isNonNullType } from 'graphql';
import type { GraphQLInputType, GraphQLObjectType } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toSchema } from '#schema/index.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { sendRaw } from '#test/support/transports.ts';

const SEED = 20_261_123;
const SECRET = 'canary-5f3a9c';
const schema = toSchema();

/** The same numbers in each run. */
function createDice(seed: number) {
  let state = seed;
  const roll = (sides: number): number => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
  return { roll, pick: <T>(from: readonly T[]): T => from[roll(from.length)] as T };
}
type Dice = ReturnType<typeof createDice>;

const STRANGE: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  1e308,
  '',
  ' ',
  '0',
  '-1',
  '\0',
  '\ud800',
  "' OR 1=1 --",
  '; DROP TABLE clients',
  '%00',
  '../../../etc/passwd',
  '${7*7}',
  '{{7*7}}',
  '<script>',
  '\r\nX: y',
  'Q2xpZW50Og==',
  'Q2xpZW50OmFiYw==',
  'AAAA',
  '9'.repeat(400),
  'x'.repeat(5e3),
  'ñ'.repeat(300),
  '‮',
  '🦊',
  '2024-02-30T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '127.0.0.1',
  '0.0.0.0/0',
  '::1',
  '00:00:00:00:00:00',
  [],
  {},
  [[]],
  [null],
  { __proto__: null },
  { constructor: 1 },
  [{}, 'x'],
  Array.from({ length: 300 }, () => 'x'),
];

let server: TestServer;
let log = '';
beforeAll(async () => {
  const write = (line: string): void => {
    log += line;
  };
  server = await startTestServer({ machines: [], log: pino({ level: 'trace' }, { write }) });
});
afterAll(() => server.stop());

/** What nobody outside has any use for. */
const INSIDE =
  /node_modules|\.ts:\d+|at async |at Object\.|prisma\.|PrismaClient|P20\d\d\b|SELECT .* FROM|INSERT INTO|duplicate key|pg_|\/tmp\/|\/home\/|PGlite|ECONN/;

interface Told {
  sent: string;
  status: number;
  text: string;
}

function expectSound({ sent, status, text }: Told): void {
  const short = sent.slice(0, 600);
  expect([short, status < 500]).toEqual([short, true]);
  expect([short, INSIDE.exec(text)?.[0] ?? null]).toEqual([short, null]);
  expect([short, text.includes('INTERNAL_SERVER_ERROR')]).toEqual([short, false]);
}

function valueFor(type: GraphQLInputType, dice: Dice, depth: number): unknown {
  // Mostly what fits, so that it is not all refused at the door.
  if (dice.roll(8) === 0) return dice.pick(STRANGE);
  if (isNonNullType(type)) return valueFor(type.ofType, dice, depth);
  if (isListType(type)) return Array.from({ length: dice.roll(3) }, () => valueFor(type.ofType, dice, depth));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const given = fields.filter((field) => isNonNullType(field.type) || (depth < 3 && dice.roll(4) === 0));
    return Object.fromEntries(given.map((field) => [field.name, valueFor(field.type, dice, depth + 1)]));
  }
  const name = getNamedType(type).name;
  if (name === 'Boolean') return dice.roll(2) === 0;
  if (name === 'Int') return dice.pick([0, 1, 2, 50, 100, 101, -1, 2 ** 31 - 1]);
  if (name === 'String' || name === 'ID') {
    return dice.pick(STRANGE.filter((value) => typeof value === 'string'));
  }
  if ('getValues' in type) return dice.pick(type.getValues()).name;
  return dice.pick(['2024-11-25T08:00:00Z', '192.168.2.3', '192.168.2.0/24', '08:00:27:0b:88:be', '7', ...STRANGE]);
}

/** One field of an operation, with values for all that it must have and some of what it may. */
function fieldOf(root: GraphQLObjectType, name: string, dice: Dice): { query: string; variables: object } {
  const field = root.getFields()[name];
  if (field === undefined) throw new GraphQLError('no such field');
  const args = field.args.filter((arg) => isNonNullType(arg.type) || dice.roll(3) === 0);
  const define = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const give = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const selection = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }';
  const kind = root.name.toLowerCase();
  return {
    query: `${kind} ${define === '' ? '' : `(${define})`} { ${name}${give === '' ? '' : `(${give})`} ${selection} }`,
    variables: Object.fromEntries(args.map((arg) => [arg.name, valueFor(arg.type, dice, 0)])),
  };
}

async function post(path: string, body: string, headers: Record<string, string>): Promise<Told> {
  const { status, text } = await sendRaw(server.url, { path, headers, body });
  return { sent: `${path} ${body}`, status, text };
}

const JSON_TYPE = {
  'content-type': 'application/json',
  authorization: `Bearer ${SECRET}`,
  cookie: `session=${SECRET}`,
};

describe('GraphQL', () => {
  const roots = [schema.getQueryType(), schema.getMutationType()].filter((root) => root !== null && root !== undefined);

  it.each(roots.map((root) => [root.name, root] as const))('with any values of any field of %s', async (name, root) => {
    const dice = createDice(SEED);
    const rounds = name === 'Query' ? 6 : 3;
    for (const field of Object.keys(root.getFields())) {
      for (let round = 0; round < rounds; round += 1) {
        expectSound(await post('/graphql', JSON.stringify(fieldOf(root, field, dice)), JSON_TYPE));
      }
    }
  });

  it('with any text for a document', async () => {
    const dice = createDice(SEED);
    const words = [
      '{',
      '}',
      '(',
      ')',
      '[',
      ']',
      ':',
      '...',
      '@',
      '$',
      '!',
      '=',
      '"',
      '"""',
      '#',
      '\n',
      'on',
      'query',
      'fragment',
    ];
    const names = [
      'clients',
      'nodes',
      'first',
      'null',
      '1',
      '-0',
      '1e999',
      '"\\u{110000}"',
      '"\\uD800"',
      'id',
      '\u0000',
      '\ufeff',
      'é',
    ];
    for (let round = 0; round < 150; round += 1) {
      const query = Array.from({ length: dice.roll(40) }, () => dice.pick(dice.roll(2) === 0 ? words : names)).join(
        ' ',
      );
      expectSound(await post('/graphql', JSON.stringify({ query }), JSON_TYPE));
    }
  });

  it('with any body', async () => {
    const dice = createDice(SEED);
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '[null]',
      '"x"',
      '1',
      'true',
      '{"query":1}',
      '{"query":null}',
      '{"query":[]}',
      '{"query":{}}',
      '{"query":"{ __typename }","variables":"x"}',
      '{"query":"{ __typename }","variables":[1]}',
      '{"query":"{ __typename }","operationName":{}}',
      '{"query":"{ __typename }","operationName":"\\u0000"}',
      '{"query":"{ __typename }","extensions":"x"}',
      '{"query":"{ __typename }","extensions":{"persistedQuery":1}}',
      '{"query":"{ __typename }","extensions":{"persistedQuery":{"sha256Hash":{}}}}',
      '{"documentId":{}}',
      '{"query":"{ __typename }","unknown":1}',
      '['.repeat(5e4),
      `{"query":"${'a'.repeat(1e5)}"}`,
      '\0',
      '\ud800',
    ];
    for (const body of bodies) {
      const accept = dice.pick([
        '*/*',
        'text/event-stream',
        'application/graphql-response+json',
        'text/html',
        'x/y',
        ';;;',
      ]);
      const type = dice.pick([
        'application/json',
        'application/json; charset=utf-16',
        'application/graphql',
        'x',
        'text/plain',
      ]);
      expectSound(await post('/graphql', body, { ...JSON_TYPE, accept, 'content-type': type }));
      expectSound(await post('/graphql', body, JSON_TYPE));
    }
  });

  it('with any query in the address', async () => {
    const values = ['', '%', '%00', '%7B__typename%7D', '%7B%7D', '{', 'x'.repeat(8000), '%ED%A0%80', '[]', 'null'];
    for (const query of values) {
      for (const variables of values) {
        const path = `/graphql?query=${query}&variables=${variables}&extensions=${values[3]}`;
        const { status, text } = await sendRaw(server.url, { method: 'GET', path, headers: { accept: '*/*' } });
        expectSound({ sent: path, status, text });
      }
    }
  });

  it('with any message on a socket, which ends that socket at most', async () => {
    const { WebSocket } = await import('ws');
    const messages = [
      '',
      '{',
      'null',
      '[]',
      '{"type":"subscribe"}',
      '{"type":"x"}',
      '{"type":"connection_init","payload":"x"}',
    ];
    const asked = [
      '{"id":"1","type":"subscribe","payload":{"query":1}}',
      '{"id":1,"type":"subscribe","payload":{"query":"{a}"}}',
    ];
    for (const message of [...messages, ...asked, '\u0000'.repeat(1000)]) {
      const socket = new WebSocket(server.url.replace('http', 'ws'), 'graphql-transport-ws');
      const closed = new Promise<{ code: number; reason: string }>((resolve) => {
        socket.on('close', (code, reason: Buffer) => resolve({ code, reason: reason.toString() }));
      });
      socket.on('open', () => {
        socket.send(message);
        socket.send('{"type":"subscribe"}');
      });
      const { code, reason } = await closed;
      expect([message, code]).toEqual([message, expect.toSatisfy((number: number) => number >= 4400 && number < 4500)]);
      expect(reason).not.toMatch(INSIDE);
    }
  });
});

describe('every other route', () => {
  const ROUTES = [
    'ogAdmClient/InclusionCliente',
    'ogAdmClient/DisponibilidadComandos',
    'ogAdmClient/AutoexecCliente',
    'ogAdmClient/ComandosPendientes',
    'ogAdmClient/recibeArchivo',
    'ogAdmClient/enviaArchivo',
    'clients/status/webhook',
    'ogagent/started',
    'ogagent/stopped',
    'ogagent/loggedin',
    'ogagent/loggedout',
    'nowhere',
    '',
    '../x',
    '%2e%2e',
  ].map((route) => `/opengnsys/rest/${route}`);
  const PATHS = [
    ...ROUTES,
    '/webhooks/agent',
    '/webhooks/repository',
    '/og-repository/webhook',
    '/health',
    '/ready',
    '/metrics',
    '/',
  ];
  const KEYS = [
    'mac',
    'ip',
    'iph',
    'cfg',
    'job_id',
    'progress',
    'res',
    'der',
    'user',
    'ostype',
    'hrd',
    'sft',
    'secret',
    'nfn',
    'ido',
    'tpc',
  ];

  it.each(PATHS)('with any body: %s', async (path) => {
    const dice = createDice(SEED);
    for (let round = 0; round < 25; round += 1) {
      const fields = Array.from({ length: 1 + dice.roll(5) }, () => [dice.pick(KEYS), dice.pick(STRANGE)] as const);
      const given = Object.fromEntries([...fields, ['secret', SECRET], ['password', SECRET]]);
      const whole = JSON.stringify(round % 5 === 0 ? dice.pick(STRANGE) : given) ?? '';
      const body = dice.roll(6) === 0 ? whole.slice(0, dice.roll(whole.length + 1)) : whole;
      const headers = { 'content-type': 'application/json', 'webhook-id': 'x', 'webhook-signature': `v1,${SECRET}` };
      const told = await post(path, body, { ...headers, 'webhook-timestamp': String(dice.pick([0, 'x', 1e12])) });
      expectSound(told);
    }
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      const { status, text } = await sendRaw(server.url, { method, path });
      expectSound({ sent: `${method} ${path}`, status, text });
    }
  });
});

describe('the log', () => {
  it('has no secret that was sent, and no failure', () => {
    expect(log).not.toContain(SECRET);
    const failures = log.split('\n').filter((line) => line.includes('"level":50') || line.includes('"level":60'));
    expect(failures.slice(0, 3)).toEqual([]);
  });
});
