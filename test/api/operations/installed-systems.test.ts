// Machines on which Linux or Windows runs: their own agents switch them off and start them anew.
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import type { SimulatedAgent } from '#simulator/simulated-agent.ts';
import {
  PlanOperationDocument,
  PowerOffDocument,
  RebootDocument,
  RunScriptDocument,
} from '#test/operations.generated.ts';
import { startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom, OperationState } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const QUICK = { ...DEFAULT_BEHAVIOUR, durationMs: 30, progressSteps: 1, actDelayMs: 100 };

const classrooms: Classroom[] = [];
afterAll(() => Promise.all(classrooms.map(({ server }) => server.stop())));

let classroom: Classroom;
beforeEach(async () => {
  if (classrooms.length === 0) {
    classroom = await startClassroom(3, {
      behaviour: QUICK,
      system: 'Windows 10 Enterprise',
      reconcileEveryMs: 100,
      reconcileTimes: { askPowerAfterMs: 100, forgottenAfterMs: 200 },
    });
    classrooms.push(classroom);
  }
  for (const agent of classroom.agents) {
    agent.behave(QUICK);
    await agent.restart();
  }
  await untilStatus('WINDOWS');
});

const db = () => classroom.server.app.database.prisma;
const agent = (index = 0) => classroom.agents[index] as SimulatedAgent;
const target = (index = 0) => ({ clientIds: [classroom.clientIds[index]] });
const calls = (index = 0) => agent(index).received.map(({ method, path }) => `${method} ${path}`);

async function untilStatus(status: string, index = 0): Promise<void> {
  await waitFor(`the client to be ${status}`, async () => {
    const client = await db().client.findFirst({ where: { ip: agent(index).ip } });
    return client?.status === status ? true : null;
  });
}

async function untilEnded(outcome: object): Promise<OperationState['traces']['nodes'][number]> {
  const { operation } = outcome as { operation: { id: string } };
  const end = await classroom.until(operation.id, 'the operation to end', ({ finishedAt }) => finishedAt !== null);
  return end.traces.nodes[0] as OperationState['traces']['nodes'][number];
}

const powerOff = async (input: object = {}) =>
  (await classroom.server.request(PowerOffDocument, { input: { target: target(), ...input } as never })).powerOff;

describe('a machine that runs Windows', () => {
  it('is switched off by its own agent, which wants to hear the secret of its last start', async () => {
    expect(await untilEnded(await powerOff())).toMatchObject({ status: 'SUCCEEDED', client: { status: 'OFF' } });
    const order = agent().received.find(({ path }) => path === '/opengnsys/poweroff');
    expect(order?.headers.authorization).toBe(agent().secret);
    expect(calls()).not.toContain('POST /CloningEngine/Apagar');
    expect(agent().state).toBe('off');
  });

  it('is started anew, and the trace ends when it is back', async () => {
    const { reboot } = await classroom.server.request(RebootDocument, { input: { target: target() } as never });
    expect(await untilEnded(reboot)).toMatchObject({ status: 'SUCCEEDED' });
    expect(calls()).toContain('POST /opengnsys/reboot');
  });

  it('with somebody at it is a warning in the plan', async () => {
    await agent(1).login('alumno');
    await untilStatus('WINDOWS_SESSION', 1);
    const { planOperation } = await classroom.server.request(PlanOperationDocument, {
      input: { powerOff: { target: { roomId: classroom.roomId } } } as never,
    });
    expect(planOperation.clients.map(({ status, reasons }) => [status, reasons.map(({ code }) => code)])).toEqual([
      ['READY', []],
      ['WARNING', ['SOMEONE_LOGGED_IN']],
      ['READY', []],
    ]);
    expect(await untilEnded(await powerOff({ target: target(1) }))).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('takes no order of ours that writes its disks', async () => {
    const { runScript } = await classroom.server.request(RunScriptDocument, {
      input: { script: 'echo', target: target() } as never,
    });
    expect(runScript).toMatchObject({ clients: [{ reasons: [{ code: 'CLIENT_NOT_ON_OGLIVE' }] }] });
  });

  it('whose agent has another secret by now refuses, and the trace says so', async () => {
    const before = calls().filter((call) => call === 'POST /opengnsys/poweroff').length;
    await db().client.updateMany({ data: { installedSecret: await sealedFor(1) } });
    // Sealed for another client, it opens for none but that one.
    expect(await untilEnded(await powerOff())).toMatchObject({
      status: 'FAILED',
      error: { code: 'AGENT_SECRET_UNKNOWN' },
    });
    expect(calls().filter((call) => call === 'POST /opengnsys/poweroff')).toHaveLength(before);
  });

  it('whose agent never told its secret is left out, and why', async () => {
    await db().client.updateMany({ data: { installedSecret: null } });
    expect(await powerOff()).toMatchObject({ clients: [{ reasons: [{ code: 'AGENT_SECRET_UNKNOWN' }] }] });
  });

  it('and says that it does, but stays, is FAILED', async () => {
    agent().behave({ ...QUICK, fault: 'refuse' });
    expect(await untilEnded(await powerOff())).toMatchObject({ status: 'FAILED', error: { code: 'AGENT_REFUSED' } });
    expect(agent().state).toBe('windows');
  });
});

async function sealedFor(index: number): Promise<string | null> {
  const client = await db().client.findFirstOrThrow({ where: { ip: agent(index).ip } });
  return client.installedSecret;
}

describe('the secret of an agent', () => {
  it('lies in no column as it is, nor in any report', async () => {
    const { secret } = agent();
    expect(secret).toHaveLength(32);
    const rows = await db().$queryRawUnsafe<{ text: string }[]>(
      `SELECT row_to_json(c)::text AS text FROM clients c UNION ALL SELECT row_to_json(r)::text FROM agent_reports r
       UNION ALL SELECT row_to_json(e)::text FROM events e`,
    );
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.filter(({ text }) => text.includes(secret))).toEqual([]);
  });
});
