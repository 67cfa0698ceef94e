// Whoever says what is not theirs to say changes nothing, is answered so, is counted, and fills neither the log nor the letters.
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '#config.ts';
import { scenario } from '#demo/scenario.ts';
import { clientId, modelId } from '#test/support/deploy.ts';
import { mutate } from '#test/support/mutate.ts';
import { readLetters } from '#test/support/read-letters.ts';
import { readMetric } from '#test/support/read-metric.ts';
import { SECRETS_KEY, startSigning } from '#test/support/sign-report.ts';
import type { SigningAgent } from '#test/support/sign-report.ts';
import { MODEL, PC1, STATUS, startAddressedRoom } from '#test/support/start-addressed-room.ts';
import type { AddressedRoom } from '#test/support/start-addressed-room.ts';

const STRANGER = '192.168.2.250';
const HOUR = 3600;
const SECRET = 'k3x9v0q2m7b4n8c1z6l5j0h3g7f2d9s4';

let room: AddressedRoom;
let pc1: SigningAgent;
let model: SigningAgent;
let job: { id: string; jobId: string };
const lines: string[] = [];

beforeAll(async () => {
  const sink = new PassThrough();
  sink.on('data', (line: Buffer) => lines.push(line.toString()));
  room = await startAddressedRoom(
    {
      agentSecretsKey: SECRETS_KEY,
      agentSenderPolicy: 'signed',
      trustedProxies: readConfig({ TRUSTED_PROXIES: '127.0.0.1' }).trustedProxies,
    },
    { log: pino({ level: 'warn' }, sink) },
  );
  [job = { id: '', jobId: '' }] = await room.startJobs(clientId);
  pc1 = await startSigning(room.server, clientId);
  model = await startSigning(room.server, modelId);
});
afterAll(() => room.server.stop());

const now = () => Math.floor(Date.now() / 1000);
const refused = (reason: string) => readMetric(room.server, 'oggraph_reports_refused_total', { reason });

async function snapshot(): Promise<string> {
  const db = room.server.app.database.prisma;
  const rows = [
    await db.client.findMany({ orderBy: { id: 'asc' } }),
    await db.trace.findMany({ orderBy: { id: 'asc' } }),
    await db.agentReport.count(),
    await db.agentDelivery.count(),
    await db.agentSecret.findMany({ orderBy: { clientId: 'asc' } }),
    await db.event.count(),
  ];
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

const end = () => ({ type: 'job.finished', job: job.jobId, seq: 1 });
const plain = () => ({ job_id: job.jobId, res: 1, iph: PC1 });

describe('a forged report', () => {
  it.each<[string, string, number, () => Promise<{ status: number }>]>([
    ['from a stranger', 'MUST_SIGN', 403, () => room.tell(STRANGER, STATUS, plain())],
    ['from its address, unsigned', 'MUST_SIGN', 403, () => room.tell(PC1, STATUS, plain())],
    ['as a neighbour’s, unsigned', 'MUST_SIGN', 403, () => room.tell(MODEL, STATUS, plain())],
    [
      'behind an address that it made up before the proxy’s',
      'MUST_SIGN',
      403,
      () => room.tell(`${PC1}, ${STRANGER}`, STATUS, plain()),
    ],
    ['with another client’s secret', 'WRONG_SIGNATURE', 401, () => pc1.tell(end(), { secret: model.secret })],
    ['as another client', 'WRONG_SIGNATURE', 401, () => pc1.tell(end(), { client: scenario.model.id })],
    ['with a byte changed', 'WRONG_SIGNATURE', 401, () => pc1.tell(end(), { sent: `${JSON.stringify(end())} ` })],
    [
      'with a signature that was altered',
      'WRONG_SIGNATURE',
      401,
      () => pc1.tell(end(), { headers: { 'webhook-signature': `v1,${'A'.repeat(43)}=` } }),
    ],
    ['from the future', 'CLOCK_OFF', 401, () => pc1.tell(end(), { timestamp: now() + HOUR })],
    ['from the past', 'CLOCK_OFF', 401, () => pc1.tell(end(), { timestamp: now() - HOUR })],
    ['of no client', 'WRONG_SIGNATURE', 401, () => pc1.tell(end(), { client: '01936cba-0000-7000-8000-000000000000' })],
    ['without an id', 'UNREADABLE', 400, () => pc1.tell(end(), { headers: { 'webhook-id': null } })],
  ])('%s changes nothing, and is counted as %s', async (_what, reason, status, forge) => {
    const [before, count] = [await snapshot(), await refused(reason)];
    expect((await forge()).status).toBe(status);
    expect(await snapshot()).toBe(before);
    expect(await refused(reason)).toBe(count + 1);
  });

  it('of a client that need not sign changes nothing from elsewhere', async () => {
    await mutate(room.server.url, 'revokeAgentSecret', { clientId: modelId });
    const [before, count] = [await snapshot(), await refused('NOT_ITS_ADDRESS')];
    expect(await room.tell(STRANGER, 'ogagent/stopped', { ip: MODEL })).toMatchObject({ status: 403 });
    expect(await snapshot()).toBe(before);
    expect(await refused('NOT_ITS_ADDRESS')).toBe(count + 1);
  });

  it('that only says again what was signed is a repeat, and counted as one', async () => {
    const event = { type: 'client.ready' };
    await pc1.tell(event, { id: 'evt-heard', timestamp: now() });
    const before = await snapshot();
    const repeats = await readMetric(room.server, 'oggraph_reports_total', { outcome: 'repeat' });
    expect(await pc1.tell(event, { id: 'evt-heard', timestamp: now() })).toMatchObject({ body: { outcome: 'repeat' } });
    expect(await snapshot()).toBe(before);
    expect(await readMetric(room.server, 'oggraph_reports_total', { outcome: 'repeat' })).toBe(repeats + 1);
  });
});

describe('a flood of them', () => {
  it('is counted to the last, and written down only up to a bound', async () => {
    const [letters, count] = [await readLetters(room.server), await refused('MUST_SIGN')];
    lines.length = 0;
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        room.tell(STRANGER, 'ogagent/stopped', { ip: PC1, number: index, secret: SECRET }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    expect(await refused('MUST_SIGN')).toBe(count + 300);
    // The quota is by the minute, and a minute may end in between.
    expect(lines.length).toBeLessThanOrEqual(130);
    expect((await readLetters(room.server)).length).toBeLessThanOrEqual(letters.length + 130);
    expect(lines.join('')).not.toContain(SECRET);
  });

  it('of what went wrong with agents fills no log', async () => {
    lines.length = 0;
    for (let index = 0; index < 200; index += 1) await room.tell(STRANGER, 'error?id=1', { error: 'x'.repeat(9000) });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(130);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2000);
  });
});
