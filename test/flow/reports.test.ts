import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientByMacDocument } from '#test/operations.generated.ts';
import { bootAnew } from '#test/support/boot-anew.ts';
import { deploy, deployOne, clientId, modelId, readTrace, untilStatus } from '#test/support/deploy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const STATUS = 'clients/status/webhook';

let server: TestServer;
beforeAll(async () => {
  // The agents take orders and say nothing more: what is reported, these tests say themselves, as with curl.
  server = await startTestServer({ behaviour: { fault: 'silent', durationMs: 0 } });
});
afterAll(() => server.stop());

async function startJob(): Promise<{ id: string; jobId: string }> {
  await bootAnew(server, '192.168.2.3');
  const id = await deployOne(server);
  const { jobId } = await untilStatus(server, id, 'RUNNING');
  if (jobId === null) throw new Error('a running trace has no job');
  return { id, jobId };
}

describe('the status webhook, by hand', () => {
  it('moves the trace that the job id names, as the walkthrough shows it', async () => {
    const { id, jobId } = await startJob();
    expect(await server.report(STATUS, { job_id: jobId, progress: '42' })).toEqual({
      status: 200,
      body: { outcome: 'applied' },
    });
    expect(await readTrace(server, id)).toMatchObject({ status: 'RUNNING', progress: 42 });
    expect(
      await server.report(STATUS, { nfn: 'RESPUESTA_RestaurarImagen', job_id: jobId, res: 1, der: '' }),
    ).toMatchObject({ body: { outcome: 'applied' } });
    expect(await readTrace(server, id)).toMatchObject({
      status: 'SUCCEEDED',
      statusLabel: 'Finalizado con éxito',
      operation: { status: 'SUCCEEDED' },
    });
  });

  it('takes the same words twice for one report, and 40 % after the end for nothing', async () => {
    const { id, jobId } = await startJob();
    const ending = { job_id: jobId, res: '1', iph: '192.168.2.3' };
    const outcomes = [];
    for (const body of [
      { job_id: jobId, progress: 50 },
      { job_id: jobId, progress: 50 },
      { job_id: jobId, progress: 30 },
      ending,
      ending,
      { job_id: jobId, progress: 40 },
    ]) {
      outcomes.push((await server.report(STATUS, body)).body);
    }
    expect(outcomes.map((body) => (body as { outcome: string }).outcome)).toEqual([
      'applied',
      'repeat',
      'late',
      'applied',
      'repeat',
      'late',
    ]);
    const trace = await readTrace(server, id);
    expect(trace).toMatchObject({ status: 'SUCCEEDED', progress: 100 });
    expect(trace.events.nodes.map(({ kind }) => kind)).toEqual([
      'CREATED',
      'SENDING',
      'ACCEPTED',
      'PROGRESS',
      'FINISHED',
    ]);
  });

  it('keeps a contradiction after the end beside the trace, in the open', async () => {
    const { id, jobId } = await startJob();
    await server.report(STATUS, { job_id: jobId, res: 1 });
    expect(await server.report(STATUS, { job_id: jobId, res: 2, der: '5-restore failed' })).toMatchObject({
      body: { outcome: 'late' },
    });
    const trace = await readTrace(server, id);
    expect(trace).toMatchObject({ status: 'SUCCEEDED', error: null });
    expect(trace.events.nodes.at(-1)).toMatchObject({ kind: 'LATE_REPORT', status: 'SUCCEEDED' });
  });

  it('resolves a LOST trace once, by an honest late report', async () => {
    const { id, jobId } = await startJob();
    await bootAnew(server, '192.168.2.3');
    await untilStatus(server, id, 'LOST');
    await server.report(STATUS, { job_id: jobId, res: 1 });
    const trace = await readTrace(server, id);
    expect(trace).toMatchObject({ status: 'SUCCEEDED', error: null });
    expect(trace.events.nodes.at(-1)?.kind).toBe('RESOLVED');
    await server.report(STATUS, { job_id: jobId, res: 2, der: '5' });
    expect((await readTrace(server, id)).status).toBe('SUCCEEDED');
  });

  it('keeps a report for nobody, and changes nothing', async () => {
    const before = await server.app.database.prisma.agentReport.count({ where: { state: 'KEPT' } });
    expect(await server.report(STATUS, { job_id: 'RestaurarImagen-0badcafe', res: 1, iph: '192.168.2.3' })).toEqual({
      status: 200,
      body: { outcome: 'kept' },
    });
    expect(await server.app.database.prisma.agentReport.count({ where: { state: 'KEPT' } })).toBe(before + 1);
  });

  it('tells two agents with the same eight digits apart', async () => {
    for (const { ip } of server.room.agents.values()) {
      server.room.agent(ip).behave({ fixedJobHex: 'dfa42888' });
      await bootAnew(server, ip);
    }
    const { outcomes } = await deploy(server, {
      target: { clientIds: [clientId, modelId] },
      onBlocked: 'SKIP_BLOCKED',
    });
    const [model, pc1] = outcomes.map(({ trace }) => trace);
    expect([model?.jobId, pc1?.jobId]).toEqual(['RestaurarImagen-dfa42888', 'RestaurarImagen-dfa42888']);
    // The job alone could be either's: it is kept, and nobody's trace is touched by a guess.
    expect((await server.report(STATUS, { job_id: 'RestaurarImagen-dfa42888', progress: 10 })).body).toEqual({
      outcome: 'kept',
    });
    await server.report(STATUS, { job_id: 'RestaurarImagen-dfa42888', res: 1, iph: '192.168.2.3' });
    expect((await readTrace(server, pc1?.id ?? '')).status).toBe('SUCCEEDED');
    expect(await readTrace(server, model?.id ?? '')).toMatchObject({ status: 'RUNNING', progress: 0 });
  });

  it.each([
    ['no JSON', 'job_id=1', 'the body is not JSON'],
    ['no object', '[1]', 'the body is not a JSON object'],
    ['no job', { progress: 1 }, 'job_id is missing'],
    ['nothing said', { job_id: 'x' }, 'neither progress nor res is given'],
    ['an unknown result', { job_id: 'x', res: 3 }, 'res is neither 1 nor 2'],
  ])('refuses a body with %s', async (_name, body, message) => {
    expect(await server.report(STATUS, body)).toEqual({ status: 400, body: { message } });
  });
});

describe('a machine’s own reports', () => {
  const pc1 = { mac: '08:00:27:0b:88:be', ip: '192.168.2.3' };
  const status = async () => (await server.request(ClientByMacDocument, { mac: pc1.mac })).clientByMac?.status;

  it('follow it through a day', async () => {
    await bootAnew(server, pc1.ip);
    for (const [route, body, expected] of [
      ['ogAdmClient/InclusionCliente', { ...pc1, iph: pc1.ip }, 'OGLIVE'],
      ['ogagent/started', { ...pc1, ostype: 'Linux', osversion: 'Ubuntu 24.04' }, 'LINUX'],
      ['ogagent/loggedin', { ip: pc1.ip, user: 'alumno', ostype: 'Linux' }, 'LINUX_SESSION'],
      ['ogagent/loggedin', { ip: pc1.ip, user: 'alumno' }, 'LINUX_SESSION'],
      ['ogagent/loggedout', { ip: pc1.ip, user: 'alumno' }, 'LINUX'],
      ['ogagent/stopped', { ...pc1, ostype: 'Linux' }, 'OFF'],
      ['ogagent/started', { ...pc1, ostype: 'Windows' }, 'WINDOWS'],
    ] as const) {
      expect((await server.report(route, body)).status).toBe(200);
      expect(await status(), route).toBe(expected);
    }
  });

  it('from a machine that is not ours change nothing', async () => {
    const stranger = { mac: '02:00:00:00:00:01', ip: '10.9.9.9', iph: '10.9.9.9' };
    expect(await server.report('ogAdmClient/InclusionCliente', stranger)).toEqual({ status: 200, body: { res: 0 } });
    expect((await server.report('ogagent/started', { ...stranger, ostype: 'Linux' })).status).toBe(400);
  });

  it('bring its disks, and tell it who it is', async () => {
    const cfg =
      'SER123;1:0:2:::3221225472:0;1:1:EF00:FAT32::524288:3;1:2:8300:EXT4:Ubuntu 24.04: minimal:3220000000:12;1:4:CA00:CACHE::1048576:0';
    const { body } = await server.report('ogAdmClient/InclusionCliente', { ...pc1, iph: pc1.ip, cfg });
    expect(body).toMatchObject({ res: 1, npc: 'pc1', che: 1, ido: '01936cba-f6d0-7a3c-8f21-5b9d3c7e1a04' });
    const { clientByMac } = await server.request(ClientByMacDocument, { mac: pc1.mac });
    expect(clientByMac?.serialNumber).toBe('SER123');
    expect(clientByMac?.partitions.map(({ number, code, sizeBytes }) => [number, code, sizeBytes])).toEqual([
      [1, 'EF00', '536870912'],
      [2, '8300', '3297280000000'],
      [4, 'CA00', '1073741824'],
    ]);
    expect(clientByMac?.partitions[1]).toMatchObject({
      operatingSystem: 'Ubuntu 24.04: minimal',
      usedPercent: 12,
      disk: { sizeBytes: '3298534883328', partitionTable: 'GPT' },
    });
  });
});
