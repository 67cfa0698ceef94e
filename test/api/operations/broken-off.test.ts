// oxlint-disable unicorn/no-thenable -- the word is the contract's
// What a server that died in the middle leaves behind, and orders that get in one another’s way.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import { CancelOperationDocument, PowerOffDocument, RunScriptDocument } from '#test/operations.generated.ts';
import { countsOf, isOver, startClassroom, wave } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const QUICK = { ...DEFAULT_BEHAVIOUR, durationMs: 30, progressSteps: 1 };
const ENDLESS = { ...DEFAULT_BEHAVIOUR, durationMs: 120_000, progressSteps: 1 };

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(4, { behaviour: QUICK, reconcileEveryMs: 150 });
});
afterAll(() => classroom.server.stop());
afterEach(async () => {
  for (const agent of classroom.agents) {
    agent.behave(QUICK);
    await agent.bootOgLive();
  }
  await waitFor('all that was ordered to end', async () =>
    (await db().operation.count({ where: { finishedAt: null } })) === 0 ? true : null,
  );
});

const db = () => classroom.server.app.database.prisma;

async function run(input: object = {}): Promise<string> {
  const { runScript } = await classroom.server.request(RunScriptDocument, {
    input: { script: 'echo', target: { clientIds: [...classroom.clientIds] }, ...input } as never,
  });
  if (runScript.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(runScript));
  return runScript.operation.id;
}

const targetOf = (...indexes: number[]) => ({ clientIds: indexes.map((index) => classroom.clientIds[index]) });

describe('an operation whose cancelling was broken off', () => {
  it('is cancelled to the end: nothing of it is sent, and what runs is stopped', async () => {
    for (const agent of classroom.agents) agent.behave(ENDLESS);
    const id = await run({ waves: { first: 2, then: 2 } });
    await classroom.until(id, 'the first wave to run', (operation) =>
      wave(operation, 0).every((status) => status === 'RUNNING'),
    );
    // As a server leaves it that dies right after it has written the wish down.
    await db().operation.updateMany({ where: { finishedAt: null }, data: { cancelledAt: new Date() } });
    const end = await classroom.until(id, 'all to be cancelled', isOver);
    expect(countsOf(end)).toEqual({ CANCELLED: 4 });
    const [, , third] = classroom.agents;
    expect(third && classroom.callsTo(third)).toEqual([]);
  });

  it('asks an agent that will not only once', async () => {
    classroom.agents[0]?.behave({ ...ENDLESS, killJobs: false });
    const id = await run({ target: targetOf(0) });
    const [agent] = classroom.agents;
    const kills = () => (agent?.received ?? []).filter(({ path }) => path.endsWith('/KillJob')).length;
    const before = kills();
    await db().operation.updateMany({ where: { finishedAt: null }, data: { cancelledAt: new Date() } });
    await waitFor('the agent to be asked', async () => (kills() > before ? true : null));
    await classroom.until(id, 'the job to go on', ({ traces }) => traces.nodes[0]?.status === 'RUNNING');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(kills()).toBe(before + 1);
  });
});

describe('cancelling', () => {
  it('waits for agents that do not answer no longer than it was told to, and nothing else waits for them', async () => {
    for (const agent of classroom.agents) agent.behave(ENDLESS);
    const id = await run({ target: targetOf(0, 1) });
    for (const agent of classroom.agents) agent.behave({ ...QUICK, answerDelayMs: 60_000, killDelayMs: 60_000 });
    const startedAt = performance.now();
    const { cancelOperation } = await classroom.server.request(CancelOperationDocument, {
      input: { operationId: id, waitForAgentsMs: 200 },
    });
    expect(performance.now() - startedAt).toBeLessThan(8000);
    expect(cancelOperation).toMatchObject({ results: [{ outcome: 'CANCELLING' }, { outcome: 'CANCELLING' }] });
    // A queue elsewhere moves on while those calls hang.
    classroom.agents[2]?.behave({ ...QUICK, durationMs: 200, answerDelayMs: 0, killDelayMs: 0 });
    const before = await run({ target: targetOf(2) });
    const queued = await run({ target: targetOf(2), whenBusy: 'QUEUE' });
    expect(countsOf(await classroom.until(queued, 'the queued script to end', isOver))).toEqual({ SUCCEEDED: 1 });
    expect(countsOf(await classroom.read(before))).toEqual({ SUCCEEDED: 1 });
  });
});

describe('waves', () => {
  it('wait for a client that is queued behind another job', async () => {
    classroom.agents[0]?.behave({ ...QUICK, durationMs: 1200 });
    await run({ target: targetOf(0) });
    classroom.agents[0]?.behave(QUICK);
    const id = await run({ waves: { first: 2, then: 2 }, whenBusy: 'QUEUE', waitForAgentsMs: 0 });
    const end = await classroom.until(id, 'all to end', (operation) => {
      const [first, second] = [wave(operation, 0), wave(operation, 1)];
      expect(first.some((status) => status === 'PENDING') && second.some((status) => status !== 'PENDING')).toBe(false);
      return isOver(operation);
    });
    expect(countsOf(end)).toEqual({ SUCCEEDED: 4 });
  });

  it('do not forget one that came to wait when its wave had opened already', async () => {
    const id = await run({ waves: { first: 2, then: 2, approve: 'BETWEEN_WAVES' } });
    await classroom.until(id, 'the first wave to end', ({ waves }) => waves?.awaitsApproval === true);
    // As two servers leave it of which one lets the client’s earlier job go while the other opens the wave.
    await db().operation.updateMany({ where: { finishedAt: null }, data: { openWave: 1 } });
    expect(countsOf(await classroom.until(id, 'all to end', isOver))).toEqual({ SUCCEEDED: 4 });
  });
});

describe('an order that passes in front and is refused', () => {
  it('leaves its client busy with what it has in hand', async () => {
    classroom.agents[0]?.behave(ENDLESS);
    const id = await run({ target: targetOf(0) });
    classroom.agents[0]?.behave({ ...ENDLESS, fault: 'refuse' });
    const { powerOff } = await classroom.server.request(PowerOffDocument, {
      input: { target: targetOf(0), force: true } as never,
    });
    expect(powerOff).toMatchObject({ outcomes: [{ trace: { status: 'FAILED' } }] });
    const { traces } = await classroom.read(id);
    expect(traces.nodes[0]).toMatchObject({ status: 'RUNNING', client: { status: 'BUSY' } });
  });
});
