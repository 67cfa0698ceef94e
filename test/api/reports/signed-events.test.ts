import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { ask } from '#test/support/ask.ts';
import { clientId, deploy, deployOne, modelId, readTrace, untilStatus } from '#test/support/deploy.ts';
import { readLetters } from '#test/support/read-letters.ts';
import { SECRETS_KEY, sign, startSigning } from '#test/support/sign-report.ts';
import type { SigningAgent } from '#test/support/sign-report.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const HOUR = 3600;

let server: TestServer;
let pc1: SigningAgent;
beforeAll(async () => {
  server = await startTestServer({
    behaviour: { fault: 'silent', durationMs: 0 },
    config: { agentSecretsKey: SECRETS_KEY },
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  for (const { ip } of server.room.agents.values()) {
    server.room.agent(ip).behave({ fixedJobHex: null });
    await server.room.agent(ip).bootOgLive();
  }
  pc1 = await startSigning(server, clientId);
});

async function startJob(): Promise<{ id: string; job: string }> {
  const id = await deployOne(server);
  const { jobId } = await untilStatus(server, id, 'RUNNING');
  if (jobId === null) throw new Error('a running trace has no job');
  return { id, job: jobId };
}

function progress(job: string, seq: number, percent: number): object {
  return { type: 'job.progress', job, seq, data: { percent } };
}

async function readClient(): Promise<{ status: string; agentVersion: string | null; disks: number }> {
  const { disks, ...client } = await server.app.database.prisma.client.findUniqueOrThrow({
    where: { id: scenario.client.id },
    select: { status: true, agentVersion: true, disks: true },
  });
  return { ...client, disks: disks.length };
}

describe('a job, told by an agent that signs', () => {
  it('goes from progress and log to its end', async () => {
    const { id, job } = await startJob();
    expect(await pc1.tell(progress(job, 1, 42))).toEqual({ status: 200, body: { outcome: 'applied' } });
    await pc1.tell({ type: 'job.log', job, seq: 2, data: { text: 'partclone: 10 GiB\n' } });
    await pc1.tell({ type: 'job.log', job, seq: 3, data: { text: 'partclone: señal\n' } });
    expect(await readTrace(server, id)).toMatchObject({ status: 'RUNNING', progress: 42 });
    expect(await pc1.tell({ type: 'job.finished', job, seq: 9 })).toMatchObject({ body: { outcome: 'applied' } });
    const { status } = await readTrace(server, id);
    expect(status).toBe('SUCCEEDED');
    const { output } = await server.app.database.prisma.trace.findFirstOrThrow({ where: { jobId: job } });
    expect(output).toBe('partclone: 10 GiB\npartclone: señal\n');
    // What comes after the end is late, whatever its number.
    expect(await pc1.tell({ type: 'job.log', job, seq: 10, data: { text: 'more' } })).toMatchObject({
      body: { outcome: 'late' },
    });
  });

  it('fails with the engine’s code, and with the disks as they are then', async () => {
    const { id, job } = await startJob();
    const layout = { disks: [{ number: 1, sizeBytes: '4000787030016', partitionTable: 'GPT', partitions: [] }] };
    await pc1.tell({ type: 'job.failed', job, seq: 1, data: { code: 30, message: 'la imagen no cabe', layout } });
    expect(await readTrace(server, id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'ENGINE_FAILED', engineCode: 30, message: expect.stringContaining('la imagen no cabe') },
    });
    const disk = await server.app.database.prisma.disk.findFirstOrThrow({ where: { clientId: scenario.client.id } });
    expect(disk).toMatchObject({ sizeBytes: 4_000_787_030_016n, partitionTable: 'GPT' });
  });

  it('is killed by somebody else', async () => {
    const { id, job } = await startJob();
    await pc1.tell({ type: 'job.killed', job, seq: 1 });
    expect(await readTrace(server, id)).toMatchObject({ status: 'FAILED', error: { code: 'JOB_KILLED' } });
  });
});

describe('the same, another time', () => {
  it('changes nothing by an id that came before, however much is in it', async () => {
    const { id, job } = await startJob();
    await pc1.tell(progress(job, 1, 20), { id: 'evt-1' });
    expect(await pc1.tell(progress(job, 1, 20), { id: 'evt-1' })).toEqual({
      status: 200,
      body: { outcome: 'repeat' },
    });
    expect(await pc1.tell({ type: 'job.finished', job, seq: 2 }, { id: 'evt-1' })).toEqual({
      status: 200,
      body: { outcome: 'repeat' },
    });
    expect(await readTrace(server, id)).toMatchObject({ status: 'RUNNING', progress: 20 });
  });

  it('is applied once of twenty copies at the same moment', async () => {
    const { id, job } = await startJob();
    const log = { type: 'job.log', job, seq: 1, data: { text: 'once\n' } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => pc1.tell(log, { id: 'evt-twenty' })));
    expect(answers.map(({ body }) => body.outcome ?? '').toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'applied',
      ...Array.from({ length: 19 }, () => 'repeat'),
    ]);
    expect((await readTrace(server, id)).status).toBe('RUNNING');
    const { output } = await server.app.database.prisma.trace.findFirstOrThrow({ where: { jobId: job } });
    expect(output).toBe('once\n');
  });

  it('changes nothing by an older number, and goes on over a gap', async () => {
    const { id, job } = await startJob();
    const outcomes = [];
    for (const [seq, percent] of [
      [5, 50],
      [4, 60],
      [5, 70],
      [90, 80],
    ] as const) {
      outcomes.push((await pc1.tell(progress(job, seq, percent))).body.outcome);
    }
    expect(outcomes).toEqual(['applied', 'late', 'late', 'applied']);
    expect(await readTrace(server, id)).toMatchObject({ progress: 80 });
  });
});

describe('who signs', () => {
  it('is nobody whose signature, client, secret or time is another', async () => {
    const { id, job } = await startJob();
    const model = await startSigning(server, modelId);
    const now = Math.floor(Date.now() / 1000);
    const event = progress(job, 1, 66);
    const text = JSON.stringify(event);
    const forged = [
      { secret: model.secret },
      { client: scenario.model.id },
      { client: '01936cba-0000-7000-8000-000000000000' },
      { sent: `${text} ` },
      { sent: text.replace('66', '67') },
      { headers: { 'webhook-id': 'another' } },
      { headers: { 'webhook-timestamp': String(now - 1) } },
      { headers: { 'webhook-signature': 'v1,AAAA v2,BBBB nothing' } },
      { timestamp: now - HOUR, secret: model.secret },
    ];
    const untimely = [{ timestamp: now - 310 }, { timestamp: now + 310 }, { timestamp: now - HOUR }];
    for (const one of [...forged, ...untimely]) expect(await pc1.tell(event, one)).toMatchObject({ status: 401 });
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'webhook-client']) {
      expect(await pc1.tell(event, { headers: { [name]: null } })).toMatchObject({ status: 400 });
    }
    expect(await readTrace(server, id)).toMatchObject({ status: 'RUNNING', progress: 0 });
    const letters = await readLetters(server, { reason: ['SIGNATURE_REFUSED'] });
    expect(letters.every(({ route }) => route === '/webhooks/agent')).toBe(true);
    expect(letters.reduce((sum, { copies }) => sum + copies, 0)).toBe(forged.length);
    const [late] = await readLetters(server, { reason: ['CLOCK_OFF'] });
    expect(late).toMatchObject({ copies: untimely.length, client: { name: 'pc1' } });
    expect(late?.detail).toMatch(/^it was signed 36\d\d s behind our time/);
    // Nothing of all that has used up a number or an id.
    expect(await pc1.tell(event)).toMatchObject({ status: 200, body: { outcome: 'applied' } });
  });

  it('is told the server’s time where its clock is an hour wrong, and can sign by that', async () => {
    const { job } = await startJob();
    const wrong = Math.floor(Date.now() / 1000) + HOUR;
    const { status, body } = await pc1.tell(progress(job, 1, 10), { timestamp: wrong });
    expect(status).toBe(401);
    expect(await pc1.tell(progress(job, 1, 10), { timestamp: body.serverTime ?? 0 })).toMatchObject({ status: 200 });
  });

  it('has its clock told of, by what is new alone', async () => {
    const readOffset = async () => {
      const { data } = await ask(server.url, 'query($id: ID!) { client(id: $id) { agentClockOffsetSeconds } }', {
        id: clientId,
      });
      return (data?.['client'] as { agentClockOffsetSeconds: number | null }).agentClockOffsetSeconds;
    };
    expect(await readOffset()).toBeNull();
    const now = Math.floor(Date.now() / 1000);
    await pc1.tell({ type: 'client.ready' }, { id: 'evt-ahead', timestamp: now + 200 });
    const ahead = await readOffset();
    // A loaded machine may take its time.
    expect(ahead).toBeGreaterThan(150);
    expect(ahead).toBeLessThanOrEqual(200);
    // Said once more by somebody who has only heard it, or out of the window: that shows nobody's clock.
    await pc1.tell({ type: 'client.ready' }, { id: 'evt-ahead', timestamp: now - 200 });
    await pc1.tell({ type: 'client.ready' }, { id: 'evt-later', timestamp: now - HOUR });
    await pc1.tell({ type: 'client.ready' }, { id: 'evt-forged', timestamp: now, secret: `whsec_${'A'.repeat(44)}` });
    expect(await readOffset()).toBe(ahead);
    await pc1.tell({ type: 'client.ready' }, { timestamp: now - 100 });
    expect(await readOffset()).toBeLessThanOrEqual(-100);
  });

  it('may sign with an old and a new secret at once', async () => {
    const { job } = await startJob();
    const body = JSON.stringify(progress(job, 1, 10));
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = `v1,${Buffer.alloc(32).toString('base64')} ${sign(pc1.secret, 'evt-two', timestamp, body)}`;
    expect(
      await pc1.tell(body, { id: 'evt-two', timestamp, headers: { 'webhook-signature': signature } }),
    ).toMatchObject({ status: 200 });
  });

  it('says nothing of another client’s job, also of the same eight digits', async () => {
    const model = await startSigning(server, modelId);
    for (const { ip } of server.room.agents.values()) server.room.agent(ip).behave({ fixedJobHex: 'beef0123' });
    const { outcomes } = await deploy(server, {
      target: { clientIds: [clientId, modelId] },
      onBlocked: 'SKIP_BLOCKED',
    });
    const traces = outcomes.map(({ trace }) => trace?.id ?? '');
    const [ofModel = '', ofPc1 = ''] = traces;
    for (const id of traces) await untilStatus(server, id, 'RUNNING');
    const job = 'RestaurarImagen-beef0123';
    await model.tell(progress(job, 5, 55));
    // The same number of the other's job is no older one.
    expect(await pc1.tell(progress(job, 5, 25))).toMatchObject({ body: { outcome: 'applied' } });
    await model.tell({ type: 'job.finished', job, seq: 6 });
    expect(await readTrace(server, ofModel)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await readTrace(server, ofPc1)).toMatchObject({ status: 'RUNNING', progress: 25 });

    const { job: foreign, id } = await (async () => {
      await pc1.tell({ type: 'job.finished', job, seq: 6 });
      await server.room.agent('192.168.2.3').bootOgLive();
      server.room.agent('192.168.2.3').behave({ fixedJobHex: null });
      return startJob();
    })();
    expect(await model.tell({ type: 'job.finished', job: foreign, seq: 1 })).toMatchObject({
      body: { outcome: 'kept' },
    });
    expect((await readTrace(server, id)).status).toBe('RUNNING');
  });
});

describe('a machine, told by an agent that signs', () => {
  it('follows it through a day', async () => {
    const layout = {
      serialNumber: 'X1',
      disks: [
        {
          number: 1,
          sizeBytes: 2_000_398_934_016,
          partitionTable: 'GPT',
          partitions: [{ number: 1, code: '83', fileSystem: 'ext4', sizeBytes: 1_000_000_000, usedPercent: 12 }],
        },
      ],
    };
    const day: [object, string][] = [
      [{ type: 'client.started', data: { environment: 'OGLIVE', agentVersion: '9.1', layout } }, 'OGLIVE'],
      [{ type: 'client.ready' }, 'OGLIVE'],
      [{ type: 'client.started', data: { environment: 'LINUX' } }, 'LINUX'],
      [{ type: 'client.loggedin', data: { environment: 'LINUX' } }, 'LINUX_SESSION'],
      [{ type: 'client.loggedout' }, 'LINUX'],
      [{ type: 'client.layout', data: { layout: { disks: [] } } }, 'LINUX'],
      [{ type: 'client.stopped' }, 'OFF'],
    ];
    for (const [event, status] of day) {
      expect(await pc1.tell(event)).toEqual({ status: 200, body: { outcome: 'applied' } });
      expect((await readClient()).status).toBe(status);
    }
    expect(await readClient()).toEqual({ status: 'OFF', agentVersion: '9.1', disks: 0 });
  });
});

describe('bodies that are none', () => {
  it('are refused with the field that is wrong, also when signed, and change nothing', async () => {
    const { id, job } = await startJob();
    let deep: unknown = 1;
    for (let depth = 0; depth < 2000; depth += 1) deep = [deep];
    const bodies = [
      'not json',
      '[]',
      'null',
      '{}',
      { type: 'job.unheard', job, seq: 1 },
      progress(job, 0, 10),
      progress(job, 1.5, 10),
      progress(job, 2 ** 53, 10),
      progress(job, 1, 101),
      progress('', 1, 10),
      progress('x'.repeat(201), 1, 10),
      { type: 'job.progress', job, seq: 1 },
      { ...progress(job, 1, 10), more: deep },
      { type: 'client.layout', data: { layout: { disks: [{ number: 1, sizeBytes: -1, partitions: [] }] } } },
    ];
    for (const body of bodies) expect(await pc1.tell(body)).toMatchObject({ status: 400 });
    expect(await pc1.tell(progress(job, 1, 10), { sent: 'x'.repeat(600_000) })).toMatchObject({ status: 413 });
    expect(await readTrace(server, id)).toMatchObject({ status: 'RUNNING', progress: 0 });
    expect(await pc1.tell({ type: 'job.progress', job, seq: 1 })).toMatchObject({
      body: { message: expect.stringMatching(/^data: /) },
    });
  });

  it('may be Latin-1, have keys that nobody knows, and NUL in them', async () => {
    const { id, job } = await startJob();
    const text = `{"type":"job.failed","job":"${job}","seq":1,"new":{"__proto__":1},"data":{"message":"falló \\u0000aquí"}}`;
    const latin = Uint8Array.from(Buffer.from(text, 'latin1'));
    const timestamp = Math.floor(Date.now() / 1000);
    const answer = await pc1.tell(text, {
      id: 'evt-latin',
      timestamp,
      sent: latin,
      headers: { 'webhook-signature': sign(pc1.secret, 'evt-latin', timestamp, latin) },
    });
    expect(answer).toMatchObject({ status: 200 });
    expect(await readTrace(server, id)).toMatchObject({
      status: 'FAILED',
      error: { message: expect.stringMatching(/: falló aquí$/) },
    });
  });
});
