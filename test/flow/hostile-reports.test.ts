// Bodies that no honest agent sends, and honest ones in old alphabets: each is answered as it must be, changes nothing that it should not,
// and is counted; none of them is a failure of ours.
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { clientId, deployOne, readTrace, untilStatus } from '#test/support/deploy.ts';
import { readMetric } from '#test/support/read-metric.ts';
import { sendRaw } from '#test/support/send-raw-report.ts';
import { SECRETS_KEY, startSigning } from '#test/support/sign-report.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const STATUS = '/opengnsys/rest/clients/status/webhook';
const LIMIT = 512 * 1024;
const { ip } = scenario.client;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    behaviour: { fault: 'silent', durationMs: 60_000 },
    config: { agentSecretsKey: SECRETS_KEY },
  });
});
afterAll(() => server.stop());

const db = () => server.app.database.prisma;
const refused = (reason: string) => readMetric(server, 'oggraph_reports_refused_total', { reason });
const failed = () => readMetric(server, 'oggraph_reports_total', { outcome: 'failed' });

async function startJob(): Promise<{ id: string; jobId: string }> {
  await server.room.agent(ip).bootOgLive();
  const id = await deployOne(server);
  const { jobId } = await untilStatus(server, id, 'RUNNING');
  return { id, jobId: jobId ?? '' };
}

/** Everything that a report may change of the machines. */
async function snapshot(): Promise<string> {
  const rows = [
    await db().client.findMany({ orderBy: { id: 'asc' }, omit: { updatedAt: true, lastSeenAt: true } }),
    await db().disk.findMany({ orderBy: { id: 'asc' } }),
    await db().partition.findMany({ orderBy: { id: 'asc' } }),
    await db().trace.findMany({ orderBy: { id: 'asc' }, omit: { lastHeardAt: true } }),
  ];
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

describe('a body that cannot be read', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', 'nfn=RESPUESTA_Arrancar\rtpc=OPG\r'],
    ['a list', '[]'],
    ['half a document', '{"job_id":"RestaurarImagen-1'],
    ['an endless depth', `${'{"a":'.repeat(80_000)}1${'}'.repeat(80_000)}`],
    ['UTF-16', Buffer.from('{"res":1}', 'utf16le')],
    ['noise', Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 7919) % 256))],
  ])('for it is %s is answered 400, once in the letters and in the numbers', async (_what, body) => {
    const [before, count] = [await snapshot(), await refused('UNREADABLE')];
    const answer = await sendRaw(server, STATUS, body, { 'content-length': String(Buffer.byteLength(body)) });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.any(String) } });
    expect(await refused('UNREADABLE')).toBe(count + 1);
    expect(await snapshot()).toBe(before);
  });
});

describe('a body that is too much', () => {
  it.each([
    ['announced', { 'content-length': String(LIMIT + 1) }, LIMIT + 1],
    ['in chunks', {}, LIMIT + 1],
    ['in very many chunks', {}, LIMIT * 20],
  ])('%s is answered 413, and the sender hears it', async (_how, headers, size) => {
    const count = await refused('TOO_LARGE');
    const answer = await sendRaw(server, STATUS, Buffer.alloc(size, 0x20), headers);
    expect(answer).toMatchObject({ status: 413, body: { message: `at most ${LIMIT} bytes` } });
    expect(await refused('TOO_LARGE')).toBe(count + 1);
  });

  it('that is just not too much is read', async () => {
    const body = JSON.stringify({ iph: ip, tpc: 'OPG' }).padEnd(LIMIT, ' ');
    expect(await sendRaw(server, '/opengnsys/rest/ogAdmClient/DisponibilidadComandos', body)).toMatchObject({
      status: 200,
    });
  });

  it('when unpacked is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
    const answer = await sendRaw(server, STATUS, bomb, { 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 415, headers: { 'accept-encoding': 'identity' } });
    expect(await refused('ENCODED')).toBeGreaterThan(0);
  });
});

describe('a sender that goes away in the middle', () => {
  it('has said nothing, and no failure of ours is counted', async () => {
    const [before, count] = [await snapshot(), await failed()];
    const { port, hostname } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write(`POST ${STATUS} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"job_id":`);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    // A request after it was heard: the one before has been seen by then.
    expect((await server.report('popup_done', {})).status).toBe(200);
    expect(await snapshot()).toBe(before);
    expect(await failed()).toBe(count);
  });
});

describe('words in other alphabets', () => {
  it.each([
    ['UTF-8', Buffer.from('partición dañada', 'utf8')],
    ['Latin-1', Buffer.from('partición dañada', 'latin1')],
  ])('(%s) are the words that were meant', async (_name, bytes) => {
    const { id, jobId } = await startJob();
    const [head = '', tail = ''] = JSON.stringify({ job_id: jobId, res: '2', der: '003-#', iph: ip }).split('#');
    const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(tail)]);
    expect(await sendRaw(server, STATUS, body)).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    expect((await readTrace(server, id)).error).toMatchObject({
      engineCode: 3,
      message: expect.stringContaining('partición dañada'),
    });
  });

  it.each([
    ['a mark before it', '\uFEFF', {}],
    ['quotes of Windows in it', '', { der: Buffer.from([0x93, 0x80, 0x94]) }],
  ])('with %s are read', async (_what, before, changes) => {
    const { jobId } = await startJob();
    const body = { job_id: jobId, progress: 5, iph: ip, ...changes };
    expect(await sendRaw(server, STATUS, `${before}${JSON.stringify(body)}`)).toMatchObject({ status: 200 });
  });
});

describe('keys and values that are traps', () => {
  it.each([
    ['a prototype', '{"job_id":"JOB","progress":20,"__proto__":{"iph":"192.168.2.9","admin":true}}'],
    ['a constructor', '{"job_id":"JOB","progress":20,"constructor":{"prototype":{"x":1}},"toString":"x"}'],
    ['the same key twice', '{"job_id":"another","job_id":"JOB","progress":90,"progress":20}'],
    [
      'NUL and halves of characters',
      '{"job_id":"JOB","progress":20,"der":"a\\u0000b\\ud800c","\\u0000\\udc00":"\\u0000"}',
    ],
    [
      'numbers beyond all range',
      '{"job_id":"JOB","progress":20,"a":1e999,"b":-1e999,"c":123456789012345678901234567890}',
    ],
    ['a percentage with a fraction', '{"job_id":"JOB","progress":"20.9"}'],
  ])('(%s) mean no more than they say', async (_what, text) => {
    const { id, jobId } = await startJob();
    const answer = await sendRaw(server, STATUS, text.replace('JOB', jobId));
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    expect(await readTrace(server, id)).toMatchObject({ status: 'RUNNING', progress: 20 });
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it.each([
    ['-5', 0],
    ['1e3', 100],
    ['99.99', 99],
  ])('a percentage of %s is taken for %i', async (progress, expected) => {
    const { id, jobId } = await startJob();
    await sendRaw(server, STATUS, `{"job_id":"${jobId}","progress":${progress}}`);
    expect(await readTrace(server, id)).toMatchObject({ status: 'RUNNING', progress: expected });
  });

  it.each(['1e999', '"NaN"', '"Infinity"', 'null', '{}', 'true', '"12%"'])(
    'a percentage of %s is none',
    async (progress) => {
      const { id, jobId } = await startJob();
      expect(await sendRaw(server, STATUS, `{"job_id":"${jobId}","progress":${progress}}`)).toMatchObject({
        status: 400,
      });
      expect(await readTrace(server, id)).toMatchObject({ status: 'RUNNING', progress: 0 });
    },
  );

  it('an engine’s words that are cut in the middle of a character are stored', async () => {
    const { id, jobId } = await startJob();
    const der = `${'x'.repeat(999)}😀`;
    expect(await sendRaw(server, STATUS, JSON.stringify({ job_id: jobId, res: 2, der }))).toMatchObject({
      status: 200,
    });
    expect((await readTrace(server, id)).status).toBe('FAILED');
  });
});

describe('whatever is said', () => {
  const ROUTES = [
    'InclusionCliente',
    'AutoexecCliente',
    'enviaArchivo',
    'ComandosPendientes',
    'DisponibilidadComandos',
    'recibeArchivo',
    'RESPUESTA_InventarioSoftware',
    'RESPUESTA_InventarioHardware',
    'RESPUESTA_EjecutarScript',
    'RESPUESTA_KillJob',
    'RESPUESTA_Arrancar',
    'RESPUESTA_CrearImagen',
  ].map((name) => `/opengnsys/rest/ogAdmClient/${name}`);
  const OTHERS = ['clients/status/webhook', 'clients/statuses', 'clients/configs', 'traces', 'ogagent/config'];
  const SYSTEM = ['ogagent/started', 'ogagent/stopped', 'ogagent/loggedin', 'ogagent/loggedout', 'error?id=1'];
  const paths = [...ROUTES, ...[...OTHERS, ...SYSTEM].map((name) => `/opengnsys/rest/${name}`)];

  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom(':', ';', '=', '\t', '\n', '1', '0', '\0', '\ud83d', '\ude00', 'a', '.', '-'),
      maxLength: 300,
    }),
    fc.constantFrom('1', '2', 'OPG', 'oglive', 'Linux', ip, scenario.client.mac, scenario.client.id, '0'.repeat(400)),
    fc.constantFrom('RESPUESTA_RestaurarImagen', 'InventarioSoftware', 'RestaurarImagen-0badf00d', 'a😀'.repeat(700)),
  );
  const values = fc.oneof({ weight: 6, arbitrary: words }, fc.double(), fc.bigInt().map(Number), fc.jsonValue());
  const KEYS = [
    'nfn',
    'iph',
    'ip',
    'mac',
    'ido',
    'cfg',
    'config',
    'job_id',
    'ids',
    'res',
    'der',
    'progress',
    'tpc',
    'status',
    'nfl',
    'contents',
    'hrd',
    'sft',
    'par',
    'dsk',
    'output',
    'trace',
    'error',
    'datasize',
    'secret',
    'agent_version',
    'ostype',
    'user',
    'exe',
  ];
  const body = fc.dictionary(fc.constantFrom(...KEYS), values, { maxKeys: 12 });

  it('is answered 200, 400 or 403 in JSON, and never with a failure of ours', { timeout: 120_000 }, async () => {
    const count = await failed();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), body, async (path, said) => {
        // Lone surrogates travel as escapes, as a sender that knows no better writes them.
        const { status } = await sendRaw(server, path, JSON.stringify(said));
        expect([200, 400, 403]).toContain(status);
      }),
      { numRuns: 300 },
    );
    expect(await failed()).toBe(count);
  });

  it('and signed is answered 200 or 400', { timeout: 120_000 }, async () => {
    const agent = await startSigning(server, clientId);
    const types = ['job.progress', 'job.log', 'job.finished', 'job.failed', 'client.started', 'client.layout'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...types),
        words,
        fc.oneof(fc.integer(), values),
        fc.dictionary(fc.constantFrom('percent', 'text', 'message', 'output', 'layout', 'code', 'environment'), values),
        async (type, job, seq, data) => {
          const { status } = await agent.tell({ type, job, seq, data });
          expect([200, 400]).toContain(status);
        },
      ),
      { numRuns: 100 },
    );
    expect(await failed()).toBe(0);
  });
});

describe('the numbers for Prometheus', () => {
  it('have the routes that there are, and no others', async () => {
    await sendRaw(server, '/opengnsys/rest/whatever-comes-to-mind', '{}');
    await waitFor('it to be counted', async () => ((await refused('NO_ROUTE')) > 0 ? true : null));
    const text = await (await fetch(server.url.replace('/graphql', '/metrics'))).text();
    expect(text).not.toContain('whatever');
    expect(text).toContain(`oggraph_reports_total{route="${STATUS}",outcome="applied"}`);
  });
});
