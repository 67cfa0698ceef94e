// An agent that starts asks for what waits for it: it is handed one order, once, and says how that went by its number or a name of its own.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SimulatedAgent } from '#simulator/simulated-agent.ts';
import { RunScriptDocument } from '#test/operations.generated.ts';
import { startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const PENDING = 'ogAdmClient/ComandosPendientes';
const STATUS = 'clients/status/webhook';
const NOTHING = { status: 200, body: { res: 1, nfn: 'NoComandosPtes' } };
const PATIENCE = 60_000;

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(8, {
    behaviour: { fault: 'silent', durationMs: 60_000 },
    reconcileEveryMs: 100,
    reconcileTimes: { forgottenAfterMs: 200, askAfterMs: 100 },
  });
}, PATIENCE);
afterAll(() => classroom.server.stop());

const db = () => classroom.server.app.database.prisma;
const agent = (index = 0) => classroom.agents[index] as SimulatedAgent;
const ask = (index = 0, body: object = {}) => classroom.server.report(PENDING, { iph: agent(index).ip, ...body });
const say = (body: object) => classroom.server.report(STATUS, body);
const bodyOf = ({ body }: { body: unknown }) => body as Record<string, string>;
const read = (id: string) => db().trace.findUniqueOrThrow({ where: { id }, include: { client: true, events: true } });

beforeEach(() => Promise.all(classroom.agents.map((each) => each.bootOgLive())));

/** An order that may be sent, as a server that stopped before it sent it would leave it behind. */
async function leaveOrder(index = 0, changes: object = {}): Promise<string> {
  const client = await db().client.findUniqueOrThrow({ where: { ip: agent(index).ip } });
  const operation = await db().operation.create({
    data: { action: 'RUN_SCRIPT', requestedBy: 'test', input: {}, inputHash: '', outcomes: [], startSeq: 0 },
  });
  const { id } = await db().trace.create({
    data: {
      operationId: operation.id,
      clientId: client.id,
      agentIp: client.ip,
      action: 'RUN_SCRIPT',
      input: { script: 'echo «hola»', parameters: [], commandId: null, commandName: null },
      // Nobody takes it for one that was forgotten, and sends it.
      dueAt: new Date(Date.now() + 600_000),
      ...changes,
    },
  });
  return id;
}

describe('an agent that asks for work', () => {
  it('is handed the order in the keys it knows, and never again', async () => {
    const id = await leaveOrder();
    const { number } = await read(id);
    expect(await ask()).toEqual({
      status: 200,
      body: { res: 1, nfn: 'EjecutarScript', scp: encodeURIComponent('echo «hola»'), ids: String(number) },
    });
    expect(await read(id)).toMatchObject({ status: 'UNKNOWN', jobId: null, client: { status: 'BUSY' } });
    expect((await read(id)).events.map(({ kind }) => kind)).toEqual(['SENDING', 'UNANSWERED']);
    expect(await ask()).toEqual(NOTHING);
    expect(agent().received.map(({ path }) => path)).not.toContain('/CloningEngine/EjecutarScript');
  });

  it('ends it by its number, where it has given its job no name', async () => {
    const id = await leaveOrder();
    const { ids = '' } = bodyOf(await ask());
    const end = { nfn: 'RESPUESTA_EjecutarScript', ids, res: '1', der: '', iph: agent().ip, output: 'hola' };
    // Numbers can be guessed: from another machine it says nothing.
    expect(await say({ ...end, iph: agent(1).ip })).toMatchObject({ body: { outcome: 'kept' } });
    expect(await say(end)).toEqual({ status: 200, body: { outcome: 'applied' } });
    expect(await say(end)).toEqual({ status: 200, body: { outcome: 'repeat' } });
    expect(await read(id)).toMatchObject({ status: 'SUCCEEDED', output: 'hola', jobId: null });
    expect((await read(id)).client.status).toBe('OGLIVE');
  });

  it('ends it without any name, where only one job can be meant', async () => {
    const id = await leaveOrder();
    await ask();
    const end = { nfn: 'RESPUESTA_EjecutarScript', ids: '0', res: '2', der: '40-no', iph: agent().ip };
    expect(await say(end)).toEqual({ status: 200, body: { outcome: 'applied' } });
    expect(await read(id)).toMatchObject({ status: 'FAILED', errorEngineCode: 40 });
  });

  it('may give the job a name, and is followed by that', async () => {
    const id = await leaveOrder();
    await ask();
    const job = { job_id: 'EjecutarScript-0badcafe', iph: agent().ip };
    expect(await say({ ...job, progress: 20 })).toMatchObject({ body: { outcome: 'applied' } });
    expect(await read(id)).toMatchObject({ status: 'RUNNING', progress: 20, jobId: 'EjecutarScript-0badcafe' });
    await say({ ...job, res: 1 });
    expect((await read(id)).status).toBe('SUCCEEDED');
  });

  it('is not thought to have forgotten what it does not list: it was never asked to run it', async () => {
    const id = await leaveOrder();
    await ask();
    const asked = () => agent().received.filter(({ path }) => path.endsWith('/status')).length;
    const before = asked();
    const since = Date.now();
    await waitFor('the agent to be asked for some time', async () =>
      asked() >= before + 5 && Date.now() - since > 600 ? true : null,
    );
    expect((await read(id)).status).toBe('UNKNOWN');
  });

  it('gets the oldest first', async () => {
    const older = await leaveOrder();
    const younger = await leaveOrder(0, { forced: true });
    for (const id of [older, younger]) expect(bodyOf(await ask())['ids']).toBe(String((await read(id)).number));
    expect(await ask()).toEqual(NOTHING);
  });

  it('gets an order once, however often it asks at once', async () => {
    const id = await leaveOrder();
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask()));
    const handed = answers.map(bodyOf).filter(({ nfn }) => nfn !== 'NoComandosPtes');
    expect(handed.map(({ ids }) => ids)).toEqual([String((await read(id)).number)]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  it.each([
    ['waits behind another', { waitsFor: 'EARLIER_JOB' }],
    ['is for the agent of an installed system', { action: 'REBOOT', input: { through: 'INSTALLED_SYSTEM' } }],
    [
      'is to switch the machine on',
      { action: 'POWER_ON', input: { mac: '', broadcastIp: '', repositoryId: null, repositoryIp: null } },
    ],
    ['was accepted for another address', { agentIp: '10.3.99.99' }],
  ])('is not handed one that %s', async (_name, changes) => {
    const id = await leaveOrder(2, changes);
    expect(await ask(2)).toEqual(NOTHING);
    expect((await read(id)).handedOverAt).toBeNull();
    await db().trace.deleteMany({ where: { id } });
  });

  it('is handed nothing for a machine whose id it has and not the address', async () => {
    const id = await leaveOrder(3);
    const { clientId } = await read(id);
    expect(await ask(4, { ido: clientId })).toEqual(NOTHING);
    expect(bodyOf(await ask(3, { ido: clientId }))['nfn']).toBe('EjecutarScript');
  });

  it('is handed nothing where nothing is ours', async () => {
    expect(await classroom.server.report(PENDING, { iph: '10.9.9.9' })).toEqual(NOTHING);
  });
});

describe('a room that asks while it is told', () => {
  it(
    'gets each order once, one way or the other',
    async () => {
      const { runScript } = await classroom.server.request(RunScriptDocument, {
        input: { script: 'true', target: { roomId: classroom.roomId }, waitForAgentsMs: 0 } as never,
      });
      if (runScript.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(runScript));
      const pulled = (await Promise.all(classroom.agents.map((_, index) => ask(index)))).map(bodyOf);
      const { id } = runScript.operation;
      await classroom.until(id, 'every order to be out', ({ traces }) =>
        traces.nodes.every(({ status }) => status !== 'PENDING' && status !== 'SENDING'),
      );
      const pushed = classroom.agents.map(({ received }) =>
        received.filter(({ path, rawBody }) => path.endsWith('/EjecutarScript') && rawBody.includes('"scp":"true"')),
      );
      expect(pushed.map(({ length }, index) => length + (pulled[index]?.['nfn'] === 'EjecutarScript' ? 1 : 0))).toEqual(
        classroom.agents.map(() => 1),
      );
    },
    PATIENCE,
  );
});
