// One stream for many machines: the agents are told to receive, and the repository to send to those that agreed.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import { DEFAULT_REPOSITORY_BEHAVIOUR } from '#simulator/repository/repository-behaviour.ts';
import { CancelOperationDocument, DeployDocument, PowerOnDocument } from '#test/operations.generated.ts';
import { walkthroughOrder } from '#test/support/deploy.ts';
import { countsOf, isOver, startClassroom, wave } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const QUICK = { ...DEFAULT_BEHAVIOUR, durationMs: 60, progressSteps: 2, joinTimeoutMs: 8000 };
const REPOSITORY = { ...DEFAULT_REPOSITORY_BEHAVIOUR, jobMs: 20 };

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(5, {
    behaviour: QUICK,
    repository: { behaviour: REPOSITORY },
    reconcileEveryMs: 150,
    config: { agentConnectTimeoutMs: 2500, agentAnswerTimeoutMs: 5000 },
  });
  await classroom.server.app.database.prisma.imageReplica.updateMany({
    where: { imageId: scenario.image.id },
    data: { checksum: repository().images[0]?.id ?? null },
  });
});
afterAll(() => classroom.server.stop());
afterEach(async () => {
  repository().behave(REPOSITORY);
  for (const agent of classroom.agents) {
    agent.behave(QUICK);
    await agent.bootOgLive();
  }
});

function repository() {
  const { repository: shelf } = classroom.server.room;
  if (shelf === null) throw new Error('there is no repository');
  return shelf;
}

const sends = () => repository().received.filter(({ method, path }) => method === 'POST' && !path.includes('wol'));

async function deploy(input: object): Promise<string> {
  const { deployImage } = await classroom.server.request(DeployDocument, {
    input: walkthroughOrder({ target: { clientIds: [...classroom.clientIds] }, ...input }),
  });
  if (deployImage.__typename !== 'DeployImagePayload') throw new Error(JSON.stringify(deployImage));
  return deployImage.operation.id;
}

describe('a multicast deployment', () => {
  it.each([
    ['UDPCAST', 'udpcast', '/udpcast'],
    ['UDPCAST_DIRECT', 'udpcast-direct', '/udpcast'],
    ['UFTP', 'uftp', '/uftp'],
    ['UFTP_DIRECT', 'uftp-direct', '/uftp'],
  ])('by %s reaches all with one stream', async (method, word, path) => {
    const before = sends().length;
    const id = await deploy({ method });
    const end = await classroom.until(id, 'all to be restored', isOver);
    expect(countsOf(end)).toEqual({ SUCCEEDED: 5 });
    const calls = sends().slice(before);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.path).toContain(path);
    expect(calls[0]?.body).toMatchObject({ ip: '239.194.3.0' });
    const told = classroom.agents.map(
      ({ received }) =>
        (received.findLast(({ path: to }) => to.endsWith('RestaurarImagen'))?.body as { method: string } | undefined)
          ?.method,
    );
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toMatch(new RegExp(`^${word} 90\\d\\d:full-duplex:239\\.194\\.3\\.0:70M:5:60$`));
    const session = await classroom.until(id, 'the session to end', ({ multicastSessions }) =>
      multicastSessions.nodes.every(({ status }) => status === 'FINISHED'),
    );
    expect(session.multicastSessions.nodes).toMatchObject([
      {
        address: '239.194.3.0',
        mode: 'FULL_DUPLEX',
        speedMbps: 70,
        maxClients: 5,
        imageName: 'image-test',
        error: null,
      },
    ]);
    expect(session.multicastSessions.nodes[0]?.receivers.map(({ state }) => state)).toEqual(Array(5).fill('DONE'));
  });

  it('does not wait for one that refused, nor for one that cannot be reached', async () => {
    classroom.agents[0]?.behave({ ...QUICK, fault: 'refuse' });
    classroom.agents[1]?.behave({ ...QUICK, fault: 'hang-up' });
    const id = await deploy({ method: 'UDPCAST', multicast: { maxWaitSeconds: 600, port: 9010, speedMbps: 90 } });
    // The call that was cut off may have arrived: it is not known how that one stands, and nobody waits for it.
    await classroom.until(id, 'the others to be restored', (operation) => countsOf(operation)['SUCCEEDED'] === 3);
    expect(sends().at(-1)?.body).toMatchObject({
      port: 9010,
      nclients: 3,
      maxtime: 600,
      bitrate: expect.stringContaining('90'),
    });
  });

  it('by P2P starts a seeder and lets each come as it can', async () => {
    const id = await deploy({ method: 'P2P', p2p: { mode: 'SEEDER', seedSeconds: 5 } });
    expect(countsOf(await classroom.until(id, 'all to be restored', isOver))).toEqual({ SUCCEEDED: 5 });
    expect(sends().at(-1)?.path).toContain('/p2p');
    const [agent] = classroom.agents;
    expect(agent?.received.findLast(({ path }) => path.endsWith('RestaurarImagen'))?.body).toMatchObject({
      method: 'p2p seeder:5',
    });
  });

  it('in waves opens a session for each', async () => {
    const id = await deploy({ method: 'UDPCAST', waves: { first: 2, rest: false } });
    const end = await classroom.until(id, 'all waves to end', isOver);
    expect([0, 1, 2].map((number) => wave(end, number).length)).toEqual([2, 2, 1]);
    expect(end.multicastSessions.nodes.map((session) => [session.wave, session.maxClients])).toEqual([
      [0, 2],
      [1, 2],
      [2, 1],
    ]);
  });

  it('whose repository refuses to send is stopped on the machines, and says why', async () => {
    repository().behave({ ...REPOSITORY, fault: 'refuse' });
    const id = await deploy({ method: 'UDPCAST' });
    const end = await classroom.until(id, 'all to be stopped', isOver);
    expect(countsOf(end)).toEqual({ CANCELLED: 5 });
    expect(end.traces.nodes.every(({ error }) => error?.code === 'TRANSFER_FAILED')).toBe(true);
    expect(end.multicastSessions.nodes).toMatchObject([
      { status: 'FAILED', error: expect.stringContaining('refuses') },
    ]);
  });

  it('that is cancelled is cancelled in the repository too', async () => {
    for (const agent of classroom.agents) agent.behave({ ...QUICK, durationMs: 60_000 });
    const id = await deploy({ method: 'UDPCAST' });
    await waitFor('the stream to begin', () =>
      repository()
        .sessions.list('udpcast')
        .some(({ state }) => state === 'sending'),
    );
    await classroom.server.request(CancelOperationDocument, { input: { operationId: id, waitForAgentsMs: 5000 } });
    const end = await classroom.until(id, 'all to be cancelled', isOver);
    expect(countsOf(end)).toEqual({ CANCELLED: 5 });
    await waitFor('the stream to end', () => repository().sessions.list('udpcast').length === 0);
    await waitFor('the repository to be told', () =>
      repository().received.some(({ method, path }) => method === 'DELETE' && path.includes('/udpcast/images/')),
    );
  });

  it('never shares a port with another', async () => {
    for (const agent of classroom.agents) agent.behave({ ...QUICK, durationMs: 5000 });
    const ids = await Promise.all(
      classroom.clientIds.map((clientId) => deploy({ method: 'UDPCAST', target: { clientIds: [clientId] } })),
    );
    const sessions = (await Promise.all(ids.map((id) => classroom.read(id)))).flatMap(
      ({ multicastSessions }) => multicastSessions.nodes,
    );
    expect(new Set(sessions.map(({ port }) => port)).size).toBe(5);
    expect(sessions.every(({ port }) => port !== null && port % 2 === 0 && port >= 9000 && port <= 9050)).toBe(true);
    const taken = sessions[0]?.port ?? 0;
    for (const id of ids) expect(countsOf(await classroom.until(id, 'all to end', isOver))).toEqual({ SUCCEEDED: 1 });
    expect(taken).toBeGreaterThan(0);
  });

  it('needs to know the image as the repository does', async () => {
    const db = classroom.server.app.database.prisma;
    const { checksum } = await db.imageReplica.findFirstOrThrow({ where: { imageId: scenario.image.id } });
    await db.imageReplica.updateMany({ where: { imageId: scenario.image.id }, data: { checksum: null } });
    const { deployImage } = await classroom.server.request(DeployDocument, {
      input: walkthroughOrder({ method: 'UDPCAST', target: { clientIds: [classroom.clientIds[0] ?? ''] } }),
    });
    await db.imageReplica.updateMany({ where: { imageId: scenario.image.id }, data: { checksum } });
    expect(deployImage).toMatchObject({
      code: 'DEPLOYMENT_REFUSED',
      clients: [{ reasons: [{ code: 'CHECKSUM_UNKNOWN' }] }],
    });
    expect(encodeGlobalID('Image', scenario.image.id)).toBe(walkthroughOrder().imageId);
  });
});

describe('machines that a repository switches on', () => {
  it('are on when they say so', async () => {
    const { server, agents, clientIds, roomRow } = classroom;
    await server.app.database.prisma.client.updateMany({ where: { roomId: roomRow }, data: { status: 'OFF' } });
    agents[4]?.behave({ ...QUICK, fault: 'does-not-return' });
    const { powerOn } = await server.request(PowerOnDocument, {
      input: { target: { clientIds: [...clientIds].slice(0, 2) } } as never,
    });
    if (powerOn.__typename !== 'PowerOnPayload') throw new Error(JSON.stringify(powerOn));
    expect(countsOf(await classroom.until(powerOn.operation.id, 'them to be on', isOver))).toEqual({ SUCCEEDED: 2 });
    const call = repository().received.find(({ path }) => path.endsWith('/wol'));
    expect(call?.body).toMatchObject({ broadcast_ip: '10.3.255.255' });
  });

  it('say why not where the repository refuses', async () => {
    const { server, clientIds, roomRow } = classroom;
    await server.app.database.prisma.client.updateMany({ where: { roomId: roomRow }, data: { status: 'OFF' } });
    repository().behave({ ...REPOSITORY, fault: 'refuse' });
    const { powerOn } = await server.request(PowerOnDocument, {
      input: { target: { clientIds: [clientIds[2] ?? ''] } } as never,
    });
    if (powerOn.__typename !== 'PowerOnPayload') throw new Error(JSON.stringify(powerOn));
    const end = await classroom.until(powerOn.operation.id, 'it to be refused', isOver);
    expect(end.traces.nodes).toMatchObject([{ status: 'FAILED', error: { code: 'REPOSITORY_REFUSED' } }]);
  });
});
