// oxlint-disable unicorn/no-thenable -- the word is the contract’s
// Streams that cannot be what was asked for: said when they are ordered where that can be known, and else to those who wait for them.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import { DEFAULT_REPOSITORY_BEHAVIOUR } from '#simulator/repository/repository-behaviour.ts';
import { DeployDocument } from '#test/operations.generated.ts';
import { walkthroughOrder } from '#test/support/deploy.ts';
import { countsOf, isOver, startClassroom, wave } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const QUICK = { ...DEFAULT_BEHAVIOUR, durationMs: 60, progressSteps: 1, joinTimeoutMs: 15_000 };
const LONG = { ...QUICK, durationMs: 600_000 };
const REPOSITORY = { ...DEFAULT_REPOSITORY_BEHAVIOUR, jobMs: 20 };
const PORT = { multicast: { port: 9020 } };

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(4, {
    behaviour: QUICK,
    repository: { behaviour: REPOSITORY },
    reconcileEveryMs: 150,
    repositoryAnswerMs: 1500,
  });
});
afterAll(() => classroom.server.stop());
beforeEach(async () => {
  await db().imageReplica.upsert({
    where: { imageId_repositoryId: { imageId: scenario.image.id, repositoryId: scenario.repository.id } },
    create: { imageId: scenario.image.id, repositoryId: scenario.repository.id, status: 'READY', checksum: checksum() },
    update: { checksum: checksum() },
  });
});
afterEach(async () => {
  repository().behave(REPOSITORY);
  await waitFor(
    'the ports to be free',
    async () =>
      (await db().multicastSession.count({ where: { OR: [{ finishedAt: null }, { stopUntil: { not: null } }] } })) ===
      0,
  );
  for (const agent of classroom.agents) {
    agent.behave(QUICK);
    await agent.bootOgLive();
  }
});

const db = () => classroom.server.app.database.prisma;
const checksum = () => repository().images[0]?.id ?? null;

function repository() {
  const { repository: shelf } = classroom.server.room;
  if (shelf === null) throw new Error('there is no repository');
  return shelf;
}

async function order(input: object) {
  const { deployImage } = await classroom.server.request(DeployDocument, {
    input: walkthroughOrder({ target: { clientIds: [...classroom.clientIds] }, method: 'UDPCAST', ...input }),
  });
  return deployImage;
}

async function deploy(input: object): Promise<string> {
  const result = await order(input);
  if (result.__typename !== 'DeployImagePayload') throw new Error(JSON.stringify(result));
  return result.operation.id;
}

/** Moves the last machines into a room with an address of its own, which needs a stream of its own. */
async function inAnotherRoom<T>(count: number, run: () => Promise<T>): Promise<T> {
  const room = await db().room.create({
    data: { name: 'Aula 4', centerId: scenario.center.id, multicastIp: '239.194.9.9' },
  });
  const clients = await db().client.findMany({ where: { roomId: classroom.roomRow }, orderBy: { name: 'desc' } });
  const ids = clients.slice(0, count).map(({ id }) => id);
  await db().client.updateMany({ where: { id: { in: ids } }, data: { roomId: room.id } });
  try {
    return await run();
  } finally {
    await db().client.updateMany({ where: { id: { in: ids } }, data: { roomId: classroom.roomRow } });
    await db().room.delete({ where: { id: room.id } });
  }
}

describe('a port that was asked for', () => {
  it.each([
    ['in one go', {}],
    ['with a later wave', { waves: { first: 1, then: 3 } }],
  ])('is refused where two streams %s would need it', async (_when, waves) => {
    await inAnotherRoom(2, async () => {
      expect(await order({ ...PORT, ...waves })).toMatchObject({
        __typename: 'InvalidInputError',
        code: 'INVALID_INPUT',
        path: ['input', 'multicast', 'port'],
        message: expect.stringContaining('9020'),
      });
    });
    expect(await db().operation.count({ where: { finishedAt: null } })).toBe(0);
  });

  it('serves one wave after the other', async () => {
    await inAnotherRoom(2, async () => {
      const id = await deploy({ ...PORT, waves: { first: 2, then: 2 } });
      const end = await classroom.until(id, 'both waves to end', isOver);
      expect(countsOf(end)).toEqual({ SUCCEEDED: 4 });
      expect(end.multicastSessions.nodes.map(({ port, address }) => [port, address])).toEqual([
        [9020, '239.194.3.0'],
        [9020, '239.194.9.9'],
      ]);
    });
  });

  it('is waited for by a later wave while another operation has it', async () => {
    const [first, second, third] = classroom.clientIds;
    for (const agent of classroom.agents) agent.behave(LONG);
    const id = await deploy({
      target: { clientIds: [first, second] },
      ...PORT,
      waves: { first: 1, then: 1, approve: 'BETWEEN_WAVES' },
    });
    await classroom.until(id, 'the first stream to begin', ({ multicastSessions }) =>
      multicastSessions.nodes.every(({ status }) => status === 'SENDING'),
    );
    expect(await order({ target: { clientIds: [third] }, ...PORT })).toMatchObject({ code: 'INVALID_INPUT' });
    await classroom.agents[0]?.bootOgLive();
    await classroom.until(id, 'the first wave to end', ({ waves }) => waves?.awaitsApproval === true);
    const other = await waitFor('the port to be free', async () => {
      const result = await order({ target: { clientIds: [third] }, ...PORT });
      return result.__typename === 'DeployImagePayload' ? result.operation.id : null;
    });
    classroom.agents[1]?.behave(QUICK);
    await db().operation.updateMany({ data: { approvedWave: 1 } });
    await classroom.until(other, 'the other stream to begin', ({ multicastSessions }) =>
      multicastSessions.nodes.every(({ status }) => status === 'SENDING'),
    );
    expect(wave(await classroom.read(id), 1)).toEqual(['PENDING']);
    await classroom.agents[2]?.bootOgLive();
    const end = await classroom.until(id, 'the second wave to end', isOver);
    expect(wave(end, 1)).toEqual(['SUCCEEDED']);
  });
});

describe('a wave whose image is gone when it opens', () => {
  it.each([['UDPCAST'], ['P2P']])('fails by %s, and says why', async (method) => {
    const id = await deploy({ method, waves: { first: 2, then: 2, approve: 'BETWEEN_WAVES' } });
    await classroom.until(id, 'the first wave to end', ({ waves }) => waves?.awaitsApproval === true);
    await db().imageReplica.deleteMany({ where: { imageId: scenario.image.id } });
    await db().operation.updateMany({ data: { approvedWave: 1 } });
    const end = await classroom.until(id, 'the second wave to end', isOver);
    expect(countsOf(end)).toEqual({ SUCCEEDED: 2, FAILED: 2 });
    for (const { error } of end.traces.nodes.filter(({ status }) => status === 'FAILED')) {
      expect(error).toMatchObject({ code: 'ORDER_OUTDATED', message: expect.stringContaining('The image is gone') });
    }
    expect(end.multicastSessions.nodes[1]).toMatchObject({ status: 'FAILED', error: 'The image is gone from it.' });
  });
});

describe('a stream of which a server knew too little', () => {
  it('goes on where the repository did not answer in time', async () => {
    for (const agent of classroom.agents) agent.behave({ ...QUICK, durationMs: 6000 });
    const before = repository().received.length;
    repository().behave({ ...REPOSITORY, fault: 'slow', slowMs: 600_000 });
    const id = await deploy({});
    const told = () =>
      repository()
        .received.slice(before)
        .filter(({ path }) => path.endsWith('/udpcast'))
        .map(({ method }) => method);
    await waitFor('the repository to be asked what it sends', () => told().includes('GET'));
    repository().behave(REPOSITORY);
    expect(countsOf(await classroom.until(id, 'all to be restored', isOver))).toEqual({ SUCCEEDED: 4 });
    expect(told().filter((method) => method === 'POST')).toHaveLength(1);
  });

  it('is ended on the machines where it had failed when a server died', async () => {
    for (const agent of classroom.agents) agent.behave(LONG);
    const id = await deploy({});
    await classroom.until(id, 'the stream to begin', ({ multicastSessions }) =>
      multicastSessions.nodes.every(({ status }) => status === 'SENDING'),
    );
    await db().multicastSession.updateMany({
      where: { status: 'SENDING' },
      data: { status: 'FAILED', errorMessage: 'It is full.', finishedAt: new Date() },
    });
    const end = await classroom.until(id, 'all to be stopped', isOver);
    expect(countsOf(end)).toEqual({ CANCELLED: 4 });
    for (const { error } of end.traces.nodes) {
      expect(error).toMatchObject({ code: 'TRANSFER_FAILED', message: expect.stringMatching(/: It is full\.$/) });
    }
  });
});
