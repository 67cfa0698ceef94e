import { afterEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { DEAD_LETTER_LIMITS } from '#domain/reports/dead-letters.ts';
import { ask } from '#test/support/ask.ts';
import { clientId, deploy, modelId, readTrace } from '#test/support/deploy.ts';
import { mutate } from '#test/support/mutate.ts';
import { readCounts, readLetters } from '#test/support/read-letters.ts';
import type { Letter } from '#test/support/read-letters.ts';
import { MODEL, PC1, STATUS, startAddressedRoom } from '#test/support/start-addressed-room.ts';
import type { AddressedRoom } from '#test/support/start-addressed-room.ts';
import { waitFor } from '#test/support/wait-for.ts';

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

async function theLetter(reason: Letter['reason']): Promise<Letter> {
  if (room === undefined) throw new Error('no room');
  const [letter, ...more] = await readLetters(room.server, { reason: [reason] });
  if (letter === undefined || more.length > 0) throw new Error(`not one letter ${reason}`);
  return letter;
}

const replay = (id: string, client?: string) =>
  mutate(
    room?.server.url ?? '',
    'replayDeadLetter',
    { id, ...(client === undefined ? {} : { clientId: client }) },
    'outcome deadLetter { id }',
  );

describe('a report that came to nothing', () => {
  it('is a letter with the reason, once for all its copies', async () => {
    const { server, tell } = await start();
    for (let copy = 1; copy <= 3; copy += 1) {
      expect(await tell(STRANGER, 'ogAdmClient/InclusionCliente', { iph: '10.9.9.9', cfg: '' })).toEqual({
        status: 200,
        body: { res: 0 },
      });
    }
    expect(await tell(STRANGER, 'ogagent/stopped', { ip: '10.9.9.9' })).toMatchObject({ status: 400 });
    expect(await tell(STRANGER, STATUS, '{"job_id": "x", "secret": "s3cr3t", ')).toMatchObject({ status: 400 });
    expect(await tell(STRANGER, STATUS, { job_id: 'x', res: '7' })).toMatchObject({ status: 400 });
    expect(await tell(STRANGER, STATUS, 'x'.repeat(600_000))).toMatchObject({ status: 413 });
    expect(await tell(STRANGER, 'no/such/route', '{')).toMatchObject({ status: 404 });
    const letters = await readLetters(server);
    expect(letters.map(({ reason, route, copies }) => [reason, route.split('/').at(-1), copies])).toEqual([
      ['UNREADABLE', 'webhook', 1],
      ['UNREADABLE', 'webhook', 1],
      ['UNREADABLE', 'webhook', 1],
      ['UNKNOWN_CLIENT', 'stopped', 1],
      ['UNKNOWN_CLIENT', 'InclusionCliente', 3],
    ]);
    expect(letters[2]?.body).toBe('{"job_id": "x", "secret": "[redacted]", ');
    expect(await readCounts(server)).toEqual({ UNKNOWN_CLIENT: 4, UNREADABLE: 3 });
  });

  it('is found by reason, sender, client, path and time', async () => {
    const { server, tell, startJobs } = await start();
    const [job] = await startJobs(clientId);
    await tell(STRANGER, STATUS, { job_id: job?.jobId, iph: PC1, progress: 1 });
    await tell(MODEL, STATUS, '{');
    const now = new Date().toISOString();
    const found = async (filter: object) => (await readLetters(server, filter)).map(({ reason }) => reason);
    expect(await found({ reason: ['UNREADABLE'] })).toEqual(['UNREADABLE']);
    expect(await found({ sender: STRANGER })).toEqual(['SENDER_REFUSED']);
    expect(await found({ clientIds: [clientId] })).toEqual(['SENDER_REFUSED']);
    expect(await found({ not: { clientIds: [clientId] } })).toEqual(['UNREADABLE']);
    expect(await found({ clientIds: [modelId] })).toEqual([]);
    expect(await found({ routeContains: 'STATUS/web' })).toHaveLength(2);
    expect(await found({ receivedBefore: now })).toHaveLength(2);
    expect(await found({ receivedAfter: now })).toHaveLength(0);
    const { data } = await ask(
      server.url,
      'query($id: ID!) { node(id: $id) { ... on DeadLetter { reason client { name } } } }',
      { id: (await theLetter('SENDER_REFUSED')).id },
    );
    expect(data).toEqual({ node: { reason: 'SENDER_REFUSED', client: { name: 'pc1' } } });
  });

  it('comes of a job that is never heard of, when it has waited long enough', async () => {
    const { server, tell } = await start({}, { unknownJobAfterMs: 0, reconcileEveryMs: 50 });
    expect(await tell(PC1, STATUS, { job_id: 'RestaurarImagen-0badcafe', res: 1 })).toEqual({
      status: 200,
      body: { outcome: 'kept' },
    });
    await waitFor('a letter', async () => (await readLetters(server, { reason: ['UNKNOWN_JOB'] })).length === 1);
    expect(await theLetter('UNKNOWN_JOB')).toMatchObject({
      client: { name: 'pc1' },
      jobId: 'RestaurarImagen-0badcafe',
      sender: PC1,
    });
    expect(await server.app.database.prisma.agentReport.count()).toBe(0);
  });
});

describe('replayDeadLetter', () => {
  it('hands no order to nobody: what asked for one is not asked again', async () => {
    const { server, tell } = await start();
    const db = server.app.database.prisma;
    const client = await db.client.findUniqueOrThrow({ where: { ip: PC1 } });
    const { id: operationId } = await db.operation.create({
      data: { action: 'HARDWARE_INVENTORY', requestedBy: 'test', input: {}, inputHash: '', outcomes: [], startSeq: 0 },
    });
    const order = { operationId, clientId: client.id, agentIp: PC1, action: 'HARDWARE_INVENTORY', input: {} } as const;
    const { id } = await db.trace.create({ data: order });
    expect((await tell(STRANGER, 'ogAdmClient/ComandosPendientes', { iph: PC1 })).status).toBe(403);
    const letter = await theLetter('SENDER_REFUSED');
    expect(await replay(letter.id)).toMatchObject({ outcome: 'UNREADABLE', deadLetter: { id: letter.id } });
    expect((await db.trace.findUnique({ where: { id } }))?.handedOverAt).toBeNull();
  });

  it('has a refused report taken in by somebody who vouches for it, once', async () => {
    const { server, tell, startJobs } = await start();
    const [job] = await startJobs(clientId);
    await tell(STRANGER, STATUS, { job_id: job?.jobId, res: 1 });
    const { id } = await theLetter('SENDER_REFUSED');
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => replay(id)));
    expect(outcomes.filter(({ outcome }) => outcome === 'APPLIED')).toHaveLength(1);
    expect(outcomes.filter(({ code }) => code === 'NOT_FOUND')).toHaveLength(7);
    expect(await readTrace(server, job?.id ?? '')).toMatchObject({ status: 'SUCCEEDED' });
    expect(await readLetters(server)).toEqual([]);
    expect(await readCounts(server)).toEqual({ SENDER_REFUSED: 1 });
  });

  it('leaves what still fits nothing, and takes it for a client that is named', async () => {
    const { server, tell } = await start();
    await tell(STRANGER, 'ogagent/started', { mac: '00:11:22:33:44:55', ostype: 'Windows' });
    const { id } = await theLetter('UNKNOWN_CLIENT');
    expect(await replay(id)).toMatchObject({ outcome: 'UNPLACED', deadLetter: { id } });
    expect(await replay(id, 'nobody')).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'clientId'] });
    expect(await replay(id, clientId)).toMatchObject({ outcome: 'APPLIED', deadLetter: null });
    const pc1 = await server.app.database.prisma.client.findUniqueOrThrow({ where: { id: scenario.client.id } });
    expect(pc1.status).toBe('WINDOWS');
    expect(await replay(id)).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'id'] });
  });

  it('leaves what nobody can read, keeps no report of a job that is not there, and knows what came too late', async () => {
    const { server, tell, startJobs } = await start();
    const [job] = await startJobs(clientId);
    await tell(PC1, STATUS, '{"job_id":');
    expect(await replay((await theLetter('UNREADABLE')).id)).toMatchObject({ outcome: 'UNREADABLE' });
    await tell(STRANGER, STATUS, { job_id: 'RestaurarImagen-0badcafe', iph: PC1, res: 1 });
    const stray = (await theLetter('SENDER_REFUSED')).id;
    expect(await replay(stray)).toMatchObject({ outcome: 'UNPLACED', deadLetter: { id: stray } });
    expect(await server.app.database.prisma.agentReport.count({ where: { state: 'KEPT' } })).toBe(0);
    expect(await mutate(server.url, 'dismissDeadLetter', { id: stray }, 'dismissedId')).toMatchObject({
      dismissedId: stray,
    });
    expect(await mutate(server.url, 'dismissDeadLetter', { id: stray })).toMatchObject({ code: 'NOT_FOUND' });

    await tell(STRANGER, STATUS, { job_id: job?.jobId, progress: 50 });
    await tell(PC1, STATUS, { job_id: job?.jobId, res: 1 });
    expect(await replay((await theLetter('SENDER_REFUSED')).id)).toMatchObject({ outcome: 'LATE', deadLetter: null });
    expect(await readTrace(server, job?.id ?? '')).toMatchObject({ status: 'SUCCEEDED', progress: 100 });
  });
});

describe('what was asked for, and not told', () => {
  it('is not asked again: an order that waits is handed to no letter', async () => {
    const { server, tell, startJobs } = await start();
    const [job] = await startJobs(clientId);
    await deploy(server, { target: { clientIds: [clientId] }, whenBusy: 'QUEUE' });
    await tell(STRANGER, 'ogAdmClient/ComandosPendientes', { iph: PC1 });
    const { id } = await theLetter('SENDER_REFUSED');
    // The order in hand has ended, and nobody has looked at the queue yet: the next one may be handed over.
    const db = server.app.database.prisma;
    await db.trace.updateMany({ where: { jobId: job?.jobId ?? '' }, data: { status: 'SUCCEEDED' } });
    await db.trace.updateMany({ where: { status: 'PENDING' }, data: { waitsFor: null } });
    await db.client.update({ where: { id: scenario.client.id }, data: { status: 'OGLIVE' } });
    const { outcome } = await replay(id);
    expect(await db.trace.count({ where: { handedOverAt: { not: null } } })).toBe(0);
    expect(outcome).toBe('UNREADABLE');
  });
});

describe('the list is bounded', () => {
  const strange = (number: number, padding = '') => ({ ip: `10.9.9.${number}`, padding });

  it('in number, by sender and by all, and the newest stay', async () => {
    const { server, tell } = await start(
      {},
      { deadLetterLimits: { ...DEAD_LETTER_LIMITS, maxCount: 5, maxPerSender: 3 } },
    );
    for (let number = 1; number <= 4; number += 1) await tell(MODEL, 'ogagent/stopped', strange(number));
    const bodies = async () => (await readLetters(server)).map(({ body }) => (JSON.parse(body) as { ip: string }).ip);
    expect(await bodies()).toEqual(['10.9.9.4', '10.9.9.3', '10.9.9.2']);
    for (let number = 11; number <= 13; number += 1) await tell(STRANGER, 'ogagent/stopped', strange(number));
    expect(await bodies()).toEqual(['10.9.9.13', '10.9.9.12', '10.9.9.11', '10.9.9.4', '10.9.9.3']);
    expect(await readCounts(server)).toEqual({ UNKNOWN_CLIENT: 7 });
  });

  it('in bytes', async () => {
    const { server, tell } = await start({}, { deadLetterLimits: { ...DEAD_LETTER_LIMITS, maxBytes: 250_000 } });
    for (let number = 1; number <= 4; number += 1) {
      await tell(STRANGER, 'ogagent/stopped', strange(number, 'x'.repeat(100_000)));
    }
    expect(await readLetters(server)).toHaveLength(2);
  });

  it('in age', async () => {
    let now = Date.now();
    const { server, tell } = await start({}, { clock: { now: () => new Date(now) }, reconcileEveryMs: 50 });
    await tell(STRANGER, 'ogagent/stopped', strange(1));
    expect(await readLetters(server)).toHaveLength(1);
    now += DEAD_LETTER_LIMITS.maxAgeMs + 1000;
    await waitFor('the letter to be gone', async () => (await readLetters(server)).length === 0);
  });

  it('in what one sender has written in a minute, all of which is counted', async () => {
    const now = new Date();
    const { server, tell } = await start(
      {},
      {
        clock: { now: () => now },
        reconcileEveryMs: 50,
        deadLetterLimits: { ...DEAD_LETTER_LIMITS, maxPerMinute: 10 },
      },
    );
    const flood = Array.from({ length: 40 }, (_, number) => tell(STRANGER, 'ogagent/stopped', strange(number)));
    expect((await Promise.all(flood)).every(({ status }) => status === 400)).toBe(true);
    await tell(PC1, 'ogagent/stopped', strange(200));
    expect(await readLetters(server)).toHaveLength(11);
    await waitFor('all to be counted', async () => (await readCounts(server))['UNKNOWN_CLIENT'] === 41);
  });
});
