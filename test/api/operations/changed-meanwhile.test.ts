// oxlint-disable unicorn/no-thenable -- the word is the contract’s
// Orders that waited while the world changed: what was right when they were accepted is looked at again before they are sent.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import type { SimulatedPartition } from '#simulator/simulated-machine.ts';
import { DeployDocument, RunScriptDocument, StartSessionDocument } from '#test/operations.generated.ts';
import { countsOf, isOver, startClassroom, wave } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const QUICK = { ...DEFAULT_BEHAVIOUR, durationMs: 30, progressSteps: 1 };
const SLOW = { ...DEFAULT_BEHAVIOUR, durationMs: 800, progressSteps: 1 };

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(4, { behaviour: QUICK, reconcileEveryMs: 100 });
});
afterAll(() => classroom.server.stop());
afterEach(async () => {
  await db().blackout.deleteMany({});
  await waitFor('all that was ordered to end', async () =>
    (await db().operation.count({ where: { finishedAt: null } })) === 0 ? true : null,
  );
  for (const agent of classroom.agents) {
    agent.behave(QUICK);
    await agent.bootOgLive();
  }
});

const db = () => classroom.server.app.database.prisma;

async function run(input: object): Promise<string> {
  const { runScript } = await classroom.server.request(RunScriptDocument, {
    input: { script: 'echo', target: { roomId: classroom.roomId }, waitForAgentsMs: 0, ...input } as never,
  });
  if (runScript.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(runScript));
  return runScript.operation.id;
}

const beginClass = () =>
  db().blackout.create({
    data: {
      roomId: classroom.roomRow,
      name: 'Examen',
      startsAt: new Date(Date.now() - 60_000),
      endsAt: new Date(Date.now() + 3_600_000),
    },
  });

describe('a class that begins between two waves', () => {
  const waves = { first: 1, then: 3, approve: 'AFTER_FIRST' };

  async function runUntilClass(policy: object): Promise<string> {
    const id = await run({ waves, ...policy });
    await classroom.until(id, 'the first wave to end', (operation) => operation.waves?.awaitsApproval === true);
    await beginClass();
    await db().operation.updateMany({ data: { approvedWave: 1 } });
    return id;
  }

  it('is not disturbed: what was to be refused then is not sent', async () => {
    const id = await runUntilClass({});
    const end = await classroom.until(id, 'all to end', isOver);
    expect(countsOf(end)).toEqual({ SUCCEEDED: 1, FAILED: 3 });
    const failed = end.traces.nodes.filter(({ status }) => status === 'FAILED');
    for (const { error } of failed) {
      expect(error).toMatchObject({ code: 'ORDER_OUTDATED', message: expect.stringContaining('Examen') });
    }
  });

  it('holds what was to be held until it is over', async () => {
    const id = await runUntilClass({ onBlackout: 'HOLD' });
    const held = await classroom.until(id, 'the second wave to be held', ({ traces }) =>
      traces.nodes.filter(({ wave: number }) => number === 1).every(({ waitsFor }) => waitsFor === 'BLACKOUT'),
    );
    expect(wave(held, 1)).toEqual(['PENDING', 'PENDING', 'PENDING']);
    await db().blackout.deleteMany({});
    expect(countsOf(await classroom.until(id, 'all to end', isOver))).toEqual({ SUCCEEDED: 4 });
  });

  it('is disturbed where somebody said so', async () => {
    const id = await runUntilClass({ onBlackout: 'OVERRIDE', overrideReason: 'Virus en el aula' });
    expect(countsOf(await classroom.until(id, 'all to end', isOver))).toEqual({ SUCCEEDED: 4 });
  });
});

describe('an order behind a job that changes the disk', () => {
  const target = () => ({ clientIds: [classroom.clientIds[0]] });
  const firstAgent = () => {
    const [agent] = classroom.agents;
    if (agent === undefined) throw new Error('there is no agent');
    return agent;
  };
  const partitions = () => firstAgent().disks[0]?.partitions ?? [];

  let before: string;
  beforeEach(() => {
    before = JSON.stringify(partitions());
  });
  afterEach(() => {
    partitions().splice(0, partitions().length, ...(JSON.parse(before) as SimulatedPartition[]));
  });

  /** Has an order wait behind a script, during which the disk changes; the script's end reports the disk as it is then. */
  async function behindScript(order: () => Promise<string>, change: () => unknown) {
    firstAgent().behave(SLOW);
    await run({ target: target(), waitForAgentsMs: 5000 });
    firstAgent().behave(QUICK);
    const id = await order();
    expect((await classroom.read(id)).traces.nodes[0]?.waitsFor).toBe('EARLIER_JOB');
    change();
    const end = await classroom.until(id, 'the order to end', isOver);
    return end.traces.nodes[0];
  }

  async function deploy(): Promise<string> {
    const { deployImage } = await classroom.server.request(DeployDocument, {
      input: {
        imageId: encodeGlobalID('Image', scenario.image.id),
        disk: 1,
        partition: 2,
        method: 'UNICAST',
        target: target(),
        whenBusy: 'QUEUE',
        waitForAgentsMs: 0,
      } as never,
    });
    if (deployImage.__typename !== 'DeployImagePayload') throw new Error(JSON.stringify(deployImage));
    return deployImage.operation.id;
  }

  async function startSession(): Promise<string> {
    const { startSession: answer } = await classroom.server.request(StartSessionDocument, {
      input: { disk: 1, partition: 2, target: target(), whenBusy: 'QUEUE', waitForAgentsMs: 0 } as never,
    });
    if (answer.__typename !== 'StartSessionPayload') throw new Error(JSON.stringify(answer));
    return answer.operation.id;
  }

  const drop = (number: number) =>
    partitions().splice(
      partitions().findIndex((each) => each.number === number),
      1,
    );
  const alter = (changes: Partial<SimulatedPartition>) => {
    Object.assign(partitions().find(({ number }) => number === 2) ?? {}, changes);
  };

  it.each<[string, () => unknown, string]>([
    ['is gone', () => drop(2), 'The client has no partition 2 on disk 1.'],
    ['is the CACHE now', () => alter({ code: 'ca', fileSystem: 'CACHE' }), 'Partition 2 of disk 1 is the CACHE.'],
    ['is too small now', () => alter({ sizeKb: 1024 }), 'the partition has 1048576.'],
    ['is of another type now', () => alter({ code: '7' }), 'another type now (7, not 83)'],
    ['has no CACHE beside it any more', () => drop(4), 'The client has no CACHE partition.'],
  ])('does not restore onto a partition that %s', async (_name, change, message) => {
    const calls = classroom.callsTo(firstAgent());
    expect(await behindScript(deploy, change)).toMatchObject({
      status: 'FAILED',
      error: { code: 'ORDER_OUTDATED', message: expect.stringContaining(message) },
    });
    // The script before it, and nothing else.
    expect(classroom.callsTo(firstAgent())).toEqual([...calls, 'EjecutarScript']);
  });

  it('does not start a system from a partition that is gone', async () => {
    expect(await behindScript(startSession, () => drop(2))).toMatchObject({
      status: 'FAILED',
      error: { code: 'ORDER_OUTDATED' },
    });
  });

  it('goes where nothing has changed', async () => {
    expect(await behindScript(deploy, () => {})).toMatchObject({ status: 'SUCCEEDED' });
  });
});
