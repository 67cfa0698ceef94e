import { afterEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { clientId, modelId, readTrace } from '#test/support/deploy.ts';
import { mutate } from '#test/support/mutate.ts';
import { readCounts, readLetters } from '#test/support/read-letters.ts';
import { SECRETS_KEY, startSigning } from '#test/support/sign-report.ts';
import { MODEL, PC1, STATUS, startAddressedRoom } from '#test/support/start-addressed-room.ts';
import type { AddressedRoom } from '#test/support/start-addressed-room.ts';

const STRANGER = '192.168.2.250';

let room: AddressedRoom | undefined;
afterEach(async () => {
  await room?.server.stop();
  room = undefined;
});

async function start(...options: Parameters<typeof startAddressedRoom>): Promise<AddressedRoom> {
  room = await startAddressedRoom(...options);
  return room;
}

async function statusOf(id: string): Promise<string> {
  return (await room?.server.app.database.prisma.client.findUniqueOrThrow({ where: { id } }))?.status ?? '';
}

describe('by default', () => {
  it('a job’s report is believed from its client’s address alone, whatever it says of itself', async () => {
    const { server, tell, startJobs } = await start();
    const [job] = await startJobs(clientId);
    if (job === undefined) throw new Error('no job');
    const { jobId, id } = job;
    const { ip, mac, id: ido } = scenario.client;
    const forged = [
      { job_id: jobId, res: 2, iph: ip },
      { job_id: jobId, res: 2, iph: ip, mac },
      { job_id: jobId, res: 2, ido },
      { job_id: jobId, progress: 99, ido: 'nobody', mac: '00:00:00:00:00:01' },
    ];
    for (const body of forged) {
      for (const from of [MODEL, STRANGER, '']) {
        expect(await tell(from, STATUS, body)).toEqual({ status: 403, body: { message: 'not believed' } });
      }
    }
    // A neighbour that names nobody speaks of a job of its own.
    expect(await tell(MODEL, STATUS, { job_id: jobId, res: 2 })).toMatchObject({ body: { outcome: 'kept' } });
    expect(await tell(STRANGER, STATUS, { job_id: jobId, res: 2, der: '5-forged' })).toMatchObject({ status: 403 });
    expect(await readTrace(server, id)).toMatchObject({ status: 'RUNNING', progress: 0 });
    const letters = await readLetters(server, { reason: ['SENDER_REFUSED'] });
    expect(letters).toHaveLength(3 * forged.length + 1);
    expect(letters.every((letter) => letter.client?.name === 'pc1' && letter.jobId === jobId)).toBe(true);
    expect(await readCounts(server)).toEqual({ SENDER_REFUSED: 3 * forged.length + 1 });
    expect(await tell(PC1, STATUS, { job_id: jobId, res: 1 })).toMatchObject({ body: { outcome: 'applied' } });
    expect((await readTrace(server, id)).status).toBe('SUCCEEDED');
  });

  it('a machine’s own report is believed from its address alone', async () => {
    const { tell } = await start();
    for (const [route, body] of [
      ['ogAdmClient/InclusionCliente', { iph: PC1, cfg: '' }],
      ['ogAdmClient/DisponibilidadComandos', { iph: PC1, tpc: 'OPG' }],
      ['ogagent/started', { ip: PC1, mac: scenario.client.mac, ostype: 'Linux' }],
      ['ogagent/loggedin', { ip: PC1, user: 'x', ostype: 'Linux' }],
    ] as const) {
      const before = await statusOf(scenario.client.id);
      expect(await tell(STRANGER, route, body)).toMatchObject({ status: 403 });
      expect(await statusOf(scenario.client.id)).toBe(before);
      expect(await tell(PC1, route, body)).toMatchObject({ status: 200 });
    }
    expect(await statusOf(scenario.client.id)).toBe('LINUX_SESSION');
  });

  it('nobody’s word on a job that is not there yet waits for it', async () => {
    const { server, tell, startJobs } = await start({}, { jobHex: 'dfa42888' });
    const early = { job_id: 'RestaurarImagen-dfa42888', res: 2, der: '5-forged' };
    expect(await tell(STRANGER, STATUS, early)).toMatchObject({ status: 403 });
    // The neighbour's is kept as the neighbour's.
    expect(await tell(MODEL, STATUS, { ...early, mac: '00:00:00:00:00:01' })).toMatchObject({
      body: { outcome: 'kept' },
    });
    const [job] = await startJobs(clientId);
    expect(await readTrace(server, job?.id ?? '')).toMatchObject({ status: 'RUNNING' });
  });

  it('two jobs of the same eight digits are told apart by where the reports come from', async () => {
    const { server, tell, startJobs } = await start({}, { jobHex: 'dfa42888' });
    const [ofModel, ofPc1] = await startJobs(modelId, clientId);
    const body = { job_id: 'RestaurarImagen-dfa42888', progress: 30 };
    expect(await tell(PC1, STATUS, body)).toMatchObject({ body: { outcome: 'applied' } });
    expect(await tell(MODEL, STATUS, { ...body, progress: 70 })).toMatchObject({ body: { outcome: 'applied' } });
    expect(await tell(MODEL, STATUS, { ...body, iph: PC1 })).toMatchObject({ status: 403 });
    expect(await readTrace(server, ofModel?.id ?? '')).toMatchObject({ progress: 70 });
    expect(await readTrace(server, ofPc1?.id ?? '')).toMatchObject({ progress: 30 });
  });

  it('a job goes on being told from where it was ordered, after the record of its client was changed', async () => {
    const { server, tell, startJobs } = await start();
    const [job] = await startJobs(clientId);
    await mutate(server.url, 'updateClient', { id: clientId, ip: '192.168.2.77' });
    expect(await tell(PC1, STATUS, { job_id: job?.jobId, mac: scenario.client.mac, progress: 44 })).toMatchObject({
      status: 200,
    });
    expect(await readTrace(server, job?.id ?? '')).toMatchObject({ progress: 44 });
  });

  it('what a proxy says is believed only of one that is trusted, and only its own last word', async () => {
    const { tell } = await start();
    const body = { iph: PC1, cfg: '' };
    const route = 'ogAdmClient/InclusionCliente';
    expect(await tell(`${PC1}, ${STRANGER}`, route, body)).toMatchObject({ status: 403 });
    expect(await tell(`${PC1}, not an address`, route, body)).toMatchObject({ status: 403 });
    expect(await tell(`${STRANGER}, ${PC1}`, route, body)).toMatchObject({ status: 200 });
    expect(await tell(`::ffff:${PC1}`, route, body)).toMatchObject({ status: 200 });
    await room?.server.stop();
    const untrusting = await start({ trustedProxies: [] });
    expect(await untrusting.tell(PC1, route, body)).toMatchObject({ status: 403 });
  });
});

describe('an agent’s own secret', () => {
  it('is compared where a later report carries one, and is nowhere to be read', async () => {
    const { server, tell } = await start();
    const body = { ip: PC1, mac: scenario.client.mac, ostype: 'Linux' };
    const secret = 'abcdefghijklmnopqrstuvwxyz012345';
    await tell(PC1, 'ogagent/started', { ...body, secret });
    expect(await tell(PC1, 'ogagent/loggedin', { ...body, user: 'x', secret: 'wrong-guess' })).toMatchObject({
      status: 403,
    });
    expect(await statusOf(scenario.client.id)).toBe('LINUX');
    expect(await tell(PC1, 'ogagent/loggedin', { ...body, user: 'x', secret })).toMatchObject({ status: 200 });
    expect(await tell(PC1, 'ogagent/loggedout', { ...body, user: 'x' })).toMatchObject({ status: 200 });
    // A start makes a new one; from elsewhere it makes none.
    expect(await tell(STRANGER, 'ogagent/started', { ...body, secret: 'forged' })).toMatchObject({ status: 403 });
    expect(await tell(PC1, 'ogagent/loggedin', { ...body, user: 'x', secret })).toMatchObject({ status: 200 });
    await tell(PC1, 'ogagent/started', { ...body, secret: 'new' });
    expect(await tell(PC1, 'ogagent/loggedin', { ...body, user: 'x', secret })).toMatchObject({ status: 403 });
    const rows = await server.app.database.prisma.$queryRaw`SELECT * FROM clients, dead_letters`;
    expect(
      JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toMatch(new RegExp(`${secret}|wrong-guess|forged`));
    expect((await readLetters(server)).every(({ body: text }) => text.includes('"secret":"[redacted]"'))).toBe(true);
  });
});

describe('AGENT_SENDER_POLICY', () => {
  it('signed: who has a secret must sign, and who has none need not', async () => {
    const { server, tell, startJobs } = await start({ agentSenderPolicy: 'signed', agentSecretsKey: SECRETS_KEY });
    const [job, other] = await startJobs(clientId, modelId);
    const pc1 = await startSigning(server, clientId);
    expect(await tell(PC1, STATUS, { job_id: job?.jobId, res: 1 })).toMatchObject({ status: 403 });
    expect(await tell(PC1, 'ogagent/stopped', { ip: PC1 })).toMatchObject({ status: 403 });
    expect(await tell(MODEL, STATUS, { job_id: other?.jobId, progress: 10 })).toMatchObject({ status: 200 });
    expect(await tell(STRANGER, STATUS, { job_id: other?.jobId, progress: 20 })).toMatchObject({ status: 403 });
    expect(await pc1.tell({ type: 'job.finished', job: job?.jobId, seq: 1 })).toMatchObject({ status: 200 });
    await mutate(server.url, 'revokeAgentSecret', { clientId });
    expect(await pc1.tell({ type: 'client.stopped' })).toMatchObject({ status: 401 });
    expect(await tell(PC1, 'ogagent/stopped', { ip: PC1 })).toMatchObject({ status: 200 });
  });

  it('any: agents behind a gateway are believed from wherever', async () => {
    const { server, tell, startJobs } = await start({ agentSenderPolicy: 'any' });
    const [job] = await startJobs(clientId);
    expect(await tell(STRANGER, STATUS, { job_id: job?.jobId, progress: 10 })).toMatchObject({ status: 200 });
    expect(await readTrace(server, job?.id ?? '')).toMatchObject({ progress: 10 });
  });
});
