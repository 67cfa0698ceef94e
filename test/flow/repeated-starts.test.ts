// Agents say several times that they have started: what was sent to them in between is not closed by that, and what really died is.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SimulatedAgent } from '#simulator/simulated-agent.ts';
import { PowerOnDocument, RunScriptDocument } from '#test/operations.generated.ts';
import { startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const START = 'ogAdmClient/InclusionCliente';
const PATIENCE = 60_000;

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(4, {
    boot: false,
    behaviour: { durationMs: 60_000, progressSteps: 1 },
    reconcileEveryMs: 100,
    reconcileTimes: { forgottenAfterMs: 300, askAfterMs: 60_000, askPowerAfterMs: 100 },
    config: { wakeSender: 'SERVER' },
    // Its end is found by asking: nobody has said yet that anything started.
    sendMagicPacket: async () => {},
  });
}, PATIENCE);
afterAll(() => classroom.server.stop());

const db = () => classroom.server.app.database.prisma;
const agent = (index = 0) => classroom.agents[index] as SimulatedAgent;
const say = (body: object, index = 0) => classroom.server.report(START, { iph: agent(index).ip, ...body });
const readClient = (index = 0) => db().client.findUniqueOrThrow({ where: { ip: agent(index).ip } });

/** An order that the agent has taken and is at. */
async function order(index = 0): Promise<string> {
  const { runScript } = await classroom.server.request(RunScriptDocument, {
    input: { script: 'echo hola', target: { clientIds: [classroom.clientIds[index] ?? ''] } } as never,
  });
  if (runScript.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(runScript));
  const { id } = await waitFor('the job to be in hand', () =>
    db().trace.findFirst({ where: { client: { ip: agent(index).ip }, status: 'RUNNING' } }),
  );
  return id;
}

const until = (id: string, status: string) =>
  waitFor(
    `the trace to be ${status}`,
    async () => {
      const trace = await db().trace.findUniqueOrThrow({ where: { id } });
      return trace.status === status ? trace : null;
    },
    20_000,
  );

/** Until the agent was asked after now, and what it answered is written down. */
async function untilAsked(id: string): Promise<void> {
  await waitFor(
    'the agent’s word on its job',
    async () => {
      const { missingSince, lastHeardAt, sentAt } = await db().trace.findUniqueOrThrow({ where: { id } });
      return missingSince === null && lastHeardAt !== null && sentAt !== null && lastHeardAt > sentAt ? true : null;
    },
    20_000,
  );
}

describe('a start that is told again', () => {
  beforeEach(async () => {
    agent().crash();
    await agent().bootOgLive();
    await db().trace.updateMany({ where: { status: 'RUNNING' }, data: { status: 'LOST', finishedAt: new Date() } });
    await db().client.updateMany({ where: { ip: agent().ip }, data: { status: 'OGLIVE' } });
  });

  it('with the secret of the start, leaves the job and the client’s state alone', async () => {
    const id = await order();
    await say({ secret: agent().secret });
    expect(await db().trace.findUnique({ where: { id } })).toMatchObject({ status: 'RUNNING', missingSince: null });
    expect((await readClient()).status).toBe('BUSY');
  });

  it('with nothing to tell it by, has the agent asked, which is at the job', async () => {
    const id = await order();
    await db().trace.update({ where: { id }, data: { sentAt: new Date(Date.now() - 30_000) } });
    await say({});
    expect((await readClient()).status).toBe('BUSY');
    await untilAsked(id);
    expect(await db().trace.findUnique({ where: { id } })).toMatchObject({ status: 'RUNNING', errorCode: null });
  });

  it('long after, is another start: what was in hand died with the machine', async () => {
    const id = await order();
    const earlier = new Date(Date.now() - 600_000);
    await db().trace.update({ where: { id }, data: { sentAt: earlier } });
    await db().client.updateMany({ where: { ip: agent().ip }, data: { runningSince: earlier } });
    await say({});
    expect(await db().trace.findUnique({ where: { id } })).toMatchObject({
      status: 'LOST',
      errorCode: 'AGENT_RESTARTED',
    });
    expect((await readClient()).status).toBe('OGLIVE');
  });

  it('that is another start, of a machine that has forgotten the job, closes it once the agent says so', async () => {
    const id = await order();
    agent().crash();
    await agent().bootOgLive();
    expect(await until(id, 'LOST')).toMatchObject({ errorCode: 'AGENT_RESTARTED' });
    expect((await readClient()).status).toBe('OGLIVE');
  });
});

describe('a machine that is switched on', () => {
  it('is on record as on at the moment at which the job ends, found by asking', async () => {
    const ip = agent(1).ip;
    const { powerOn } = await classroom.server.request(PowerOnDocument, {
      input: { target: { clientIds: [classroom.clientIds[1] ?? ''] } } as never,
    });
    if (powerOn.__typename !== 'PowerOnPayload') throw new Error(JSON.stringify(powerOn));
    await db().client.update({ where: { ip }, data: { status: 'OFF' } });
    // It boots, and its own word on that is late.
    classroom.server.room.setServerUrl('http://127.0.0.1:9/opengnsys/rest');
    void agent(1).bootOgLive();
    const trace = await waitFor(
      'the job to end',
      () => db().trace.findFirst({ where: { client: { ip }, action: 'POWER_ON', status: 'SUCCEEDED' } }),
      20_000,
    );
    const events = await db().event.findMany({ where: { clientId: trace.clientId }, orderBy: { seq: 'asc' } });
    const end = events.find(({ kind }) => kind === 'FINISHED');
    const on = events.find(({ kind, clientStatus }) => kind === 'CLIENT_STATUS' && clientStatus === 'OGLIVE');
    expect((await readClient(1)).status).toBe('OGLIVE');
    expect(Math.abs(Number((on?.seq ?? 0n) - (end?.seq ?? 0n)))).toBe(1);
  });
});
