// Orders that wait for their turn: behind a client’s earlier job, for a place, and never for ever.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import {
  PlanOperationDocument,
  PowerOffDocument,
  RebootDocument,
  RunScriptDocument,
} from '#test/operations.generated.ts';
import { countsOf, isOver, startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const SLOW = { ...DEFAULT_BEHAVIOUR, durationMs: 400, progressSteps: 2 };
const QUICK = { ...DEFAULT_BEHAVIOUR, durationMs: 30, progressSteps: 1 };

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(6, {
    behaviour: QUICK,
    reconcileEveryMs: 200,
    reconcileTimes: { askPowerAfterMs: 100, forgottenAfterMs: 200 },
  });
});
afterAll(() => classroom.server.stop());

async function run(input: object) {
  const { runScript } = await classroom.server.request(RunScriptDocument, {
    input: { script: 'echo hola', target: { clientIds: [...classroom.clientIds] }, ...input } as never,
  });
  return runScript;
}

async function accept(input: object): Promise<string> {
  const accepted = await run(input);
  if (accepted.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(accepted));
  return accepted.operation.id;
}

describe('an order to a client with a job in hand', () => {
  it('is refused where nothing is said, and waits its turn where it may', async () => {
    const { clientIds, agents, callsTo } = classroom;
    const [first] = agents;
    const target = { clientIds: [clientIds[0]] };
    first?.behave({ ...SLOW, durationMs: 4000 });
    const running = await accept({ target, script: 'echo uno' });
    expect(await run({ target })).toMatchObject({
      code: 'OPERATION_REFUSED',
      clients: [{ reasons: [{ code: 'CLIENT_BUSY' }] }],
    });

    const startedAt = performance.now();
    const second = await accept({ target, script: 'echo dos', whenBusy: 'QUEUE', waitForAgentsMs: 30_000 });
    // Nobody answers for an order that waits: there is nothing to wait for.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    const third = await accept({ target, script: 'echo tres', whenBusy: 'QUEUE', waitForAgentsMs: 0 });
    expect((await classroom.read(second)).traces.nodes).toMatchObject([{ status: 'PENDING', waitsFor: 'EARLIER_JOB' }]);
    // What waits holds the client too: nothing is ordered past it by accident.
    expect(await run({ target })).toMatchObject({ code: 'OPERATION_REFUSED' });

    for (const id of [running, second, third]) {
      expect(countsOf(await classroom.until(id, 'the script to end', isOver))).toEqual({ SUCCEEDED: 1 });
    }
    const scripts = first?.received.map(({ body }) => (body as { scp?: string } | null)?.scp).filter(Boolean);
    expect(scripts?.map((scp) => decodeURIComponent(scp ?? ''))).toEqual(['echo uno', 'echo dos', 'echo tres']);
    expect(first === undefined ? [] : callsTo(first)).toEqual(['EjecutarScript', 'EjecutarScript', 'EjecutarScript']);
  });

  it('goes after one that fails, too', async () => {
    const target = { clientIds: [classroom.clientIds[1]] };
    classroom.agents[1]?.behave({ ...SLOW, fault: 'engine-error', engineCode: 40 });
    const failing = await accept({ target });
    const next = await accept({ target, whenBusy: 'QUEUE', waitForAgentsMs: 0 });
    classroom.agents[1]?.behave(QUICK);
    expect(countsOf(await classroom.until(failing, 'the first to fail', isOver))).toEqual({ FAILED: 1 });
    expect(countsOf(await classroom.until(next, 'the second to end', isOver))).toEqual({ SUCCEEDED: 1 });
  });

  it('is said to wait by the plan', async () => {
    const { server, clientIds } = classroom;
    classroom.agents[2]?.behave({ ...SLOW, durationMs: 2500 });
    const target = { clientIds: [clientIds[2] ?? ''] };
    const id = await accept({ target });
    const { planOperation } = await server.request(PlanOperationDocument, {
      input: { runScript: { target, script: 'echo', whenBusy: 'QUEUE' } } as never,
    });
    expect(planOperation.clients).toMatchObject([
      { status: 'WARNING', reasons: [{ code: 'WILL_WAIT_FOR_JOB', blocking: false }] },
    ]);
    await classroom.until(id, 'the script to end', isOver);
  });
});

describe('an order that is forced', () => {
  it('passes in front of the job in hand, which is lost by that and told so', async () => {
    const { server, clientIds, agents } = classroom;
    const [client = ''] = clientIds.slice(3);
    agents[3]?.behave({ ...SLOW, durationMs: 60_000, actDelayMs: 30 });
    const running = await accept({ target: { clientIds: [client] } });
    // An agent that does one thing at a time says no, and that is told as it is.
    const input = { target: { clientIds: [client] }, force: true } as never;
    const { reboot } = await server.request(RebootDocument, { input });
    expect(reboot).toMatchObject({ outcomes: [{ reasons: [{ code: 'JOB_WILL_BE_INTERRUPTED' }] }] });
    await waitFor('the agent to refuse', async () => {
      const trace = await server.app.database.prisma.trace.findFirst({ where: { action: 'REBOOT', status: 'FAILED' } });
      return trace?.errorCode === 'AGENT_REFUSED' ? trace : null;
    });
    expect(countsOf(await classroom.read(running))).toEqual({ RUNNING: 1 });
    await agents[3]?.bootOgLive();
    expect(countsOf(await classroom.until(running, 'the job to be lost', isOver))).toEqual({ LOST: 1 });
  });

  it('is one at a time', async () => {
    const { server, clientIds, agents } = classroom;
    agents[4]?.behave({ ...QUICK, fault: 'silent' });
    const input = { target: { clientIds: [clientIds[4] ?? ''] }, force: true, waitForAgentsMs: 2000 } as never;
    const [one, other] = await Promise.all([
      server.request(PowerOffDocument, { input }),
      server.request(PowerOffDocument, { input }),
    ]);
    expect([one, other].map(({ powerOff }) => powerOff.__typename).toSorted()).toEqual([
      'OperationRefusedError',
      'PowerOffPayload',
    ]);
    await agents[4]?.bootOgLive();
  });
});

describe('a limit', () => {
  it('of a room lets so many work at once, and each in the end', async () => {
    const { server, agents, roomRow, clientIds } = classroom;
    const db = server.app.database.prisma;
    const some = clientIds.filter((_id, index) => index < 4);
    await waitFor('all to be free', async () =>
      (await db.client.count({ where: { roomId: roomRow, status: 'OGLIVE' } })) >= 4 &&
      (await db.trace.count({
        where: {
          status: { in: ['PENDING', 'SENDING', 'RUNNING', 'UNKNOWN'] },
          clientId: {
            in: (await db.client.findMany({ where: { roomId: roomRow }, orderBy: { name: 'asc' }, take: 4 })).map(
              ({ id }) => id,
            ),
          },
        },
      })) === 0
        ? true
        : null,
    );
    await db.room.update({ where: { id: roomRow }, data: { jobLimit: 2 } });
    for (const agent of agents) agent.behave(SLOW);
    let most = 0;
    const id = await accept({ target: { clientIds: some }, waitForAgentsMs: 0 });
    const end = await classroom.until(id, 'all scripts to end', (operation) => {
      const { RUNNING = 0, SENDING = 0 } = countsOf(operation);
      most = Math.max(most, RUNNING + SENDING);
      return isOver(operation);
    });
    await db.room.update({ where: { id: roomRow }, data: { jobLimit: null } });
    expect(countsOf(end)).toEqual({ SUCCEEDED: 4 });
    expect(most).toBe(2);
    const waits = await db.event.findMany({ where: { kind: { in: ['WAITING', 'RELEASED'] } }, select: { kind: true } });
    expect(waits.filter(({ kind }) => kind === 'WAITING').length).toBeGreaterThanOrEqual(2);
  });
});
