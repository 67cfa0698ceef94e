// Machines that fall silent are asked how they are, and their states follow what is found; few at once, and by one server.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { createSweepClients } from '#domain/inventory/sweep-clients.ts';
import type { SweepSettings } from '#domain/inventory/sweep-clients.ts';
import { createLogger } from '#lib/logger.ts';
import { createFakeAgents } from '#test/support/fake-agents.ts';
import type { FakeAgents, FakeMachine } from '#test/support/fake-agents.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const SETTINGS: SweepSettings = {
  silenceMs: 300_000,
  atOnce: 4,
  againMs: 10_000,
  offAfterMs: 15_000,
  leaseMs: 60_000,
};
const log = createLogger('silent', { pretty: false });

let server: TestServer;
let now = new Date();
const machines = new Map<string, FakeMachine>();
let agents: FakeAgents;
beforeAll(async () => {
  // Its own sweep has nothing to do: only the test's asks, at the times that the test makes.
  server = await startTestServer({ boot: false, config: { agentSilenceSeconds: 0 }, reconcileEveryMs: 600_000 });
});
afterAll(() => server.stop());
const db = () => server.app.database.prisma;

beforeEach(async () => {
  await db().trace.deleteMany();
  await db().client.deleteMany({ where: { ip: { startsWith: '10.9.' } } });
  await db().client.updateMany({ data: { status: 'OFF' } });
  machines.clear();
  agents = createFakeAgents(machines);
  now = new Date();
});

async function add(ip: string, machine: FakeMachine, changes: object = {}): Promise<void> {
  machines.set(ip, machine);
  await db().client.create({
    data: {
      roomId: scenario.room.id,
      name: `m${ip}`,
      mac: `02:09:00:00:00:${ip.split('.').at(-1)?.padStart(2, '0')}`,
      ip,
      status: 'OGLIVE',
      lastSeenAt: new Date(now.getTime() - 3_600_000),
      ...changes,
    },
  });
}

const sweeper = (settings: Partial<SweepSettings> = {}, by = agents) =>
  createSweepClients({ db: db(), agents: by, clock: { now: () => now }, log, settings: { ...SETTINGS, ...settings } });
const sweep = (settings?: Partial<SweepSettings>) => sweeper(settings)(new AbortController().signal);
const later = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const states = async () =>
  Object.fromEntries(
    (await db().client.findMany({ where: { ip: { startsWith: '10.9.' } }, orderBy: { ip: 'asc' } })).map(
      ({ ip, status }) => [ip, status],
    ),
  );

describe('a silent client', () => {
  it('is what its agent says, and was seen', async () => {
    await add('10.9.0.1', 'oglive');
    await add('10.9.0.2', 'busy');
    await add('10.9.0.3', 'linux');
    await add('10.9.0.4', 'oglive', { status: 'WINDOWS_SESSION' });
    await sweep();
    expect(await states()).toEqual({
      '10.9.0.1': 'OGLIVE',
      '10.9.0.2': 'BUSY',
      '10.9.0.3': 'LINUX',
      '10.9.0.4': 'OGLIVE',
    });
    const seen = await db().client.count({ where: { ip: { startsWith: '10.9.' }, lastSeenAt: now } });
    expect(seen).toBe(4);
    // And not asked again, until it is silent again.
    const { length } = agents.asked;
    later(60_000);
    await sweep();
    expect(agents.asked).toHaveLength(length);
  });

  it('is off when nobody is there twice, and out of reach when nothing is said', async () => {
    await add('10.9.0.1', 'off', { runningSystem: 'OGLIVE', runningSince: now });
    await add('10.9.0.2', 'silent');
    await sweep();
    expect(await states()).toEqual({ '10.9.0.1': 'OGLIVE', '10.9.0.2': 'DISCONNECTED' });
    later(20_000);
    await sweep();
    expect(await states()).toEqual({ '10.9.0.1': 'OFF', '10.9.0.2': 'DISCONNECTED' });
    const { clientId } = await db().event.findFirstOrThrow({
      where: { clientStatus: 'OFF' },
      orderBy: { seq: 'desc' },
    });
    expect(await db().client.findUnique({ where: { id: clientId ?? '' } })).toMatchObject({ ip: '10.9.0.1' });
  });

  it('is not off where it spoke between the two', async () => {
    await add('10.9.0.1', 'off');
    await sweep();
    later(600_000);
    await db().client.update({ where: { ip: '10.9.0.1' }, data: { lastSeenAt: new Date(now.getTime() - 400_000) } });
    await sweep();
    expect(await states()).toEqual({ '10.9.0.1': 'OGLIVE' });
  });

  it('that was found off is found again when it is back without a word', async () => {
    await add('10.9.0.1', 'off');
    await sweep();
    later(20_000);
    await sweep();
    machines.set('10.9.0.1', 'oglive');
    later(60_000);
    await sweep();
    expect(await states()).toEqual({ '10.9.0.1': 'OFF' });
    later(3_600_000);
    await sweep();
    expect(await states()).toEqual({ '10.9.0.1': 'OGLIVE' });
  });

  it('is left alone in maintenance, with a job in hand, when it is off by its own word, and where nobody is to be asked', async () => {
    await add('10.9.0.1', 'off', { maintenance: true });
    await add('10.9.0.2', 'off', { status: 'OFF' });
    await add('10.9.0.3', 'off');
    const { id: clientId } = await db().client.findUniqueOrThrow({ where: { ip: '10.9.0.3' } });
    const { id: operationId } = await db().operation.create({
      data: { action: 'RUN_SCRIPT', requestedBy: 'test', input: {}, inputHash: '', outcomes: [], startSeq: 0 },
    });
    await db().trace.create({
      data: { operationId, clientId, agentIp: '10.9.0.3', action: 'RUN_SCRIPT', status: 'RUNNING', input: {} },
    });
    await sweep();
    await add('10.9.0.4', 'off');
    await sweep({ silenceMs: 0 });
    expect(agents.asked).toEqual([]);
  });

  it('that could not be reached is asked again even where silence means nothing', async () => {
    await add('10.9.0.1', 'oglive', { status: 'DISCONNECTED' });
    await sweep({ silenceMs: 0 });
    expect(await states()).toEqual({ '10.9.0.1': 'OGLIVE' });
  });

  it('that speaks while it is asked is what it said', async () => {
    await add('10.9.0.1', 'silent');
    const slow: FakeAgents = {
      ...agents,
      async listJobs(target) {
        const heardAt = new Date(now.getTime() + 1000);
        await db().client.update({ where: { ip: target.ip }, data: { status: 'LINUX', lastSeenAt: heardAt } });
        return agents.listJobs(target);
      },
    };
    await sweeper({}, slow)(new AbortController().signal);
    expect(await states()).toEqual({ '10.9.0.1': 'LINUX' });
  });
});

describe('many silent clients', () => {
  it('are asked few at once, and by two servers once each, with few statements', async () => {
    for (let index = 1; index <= 24; index += 1) await add(`10.9.0.${index}`, 'oglive');
    agents = createFakeAgents(machines, 20);
    const other = createFakeAgents(machines, 20);
    const { signal } = new AbortController();
    const before = server.statements();
    await Promise.all([sweeper()(signal), sweeper({}, other)(signal)]);
    const asked = [...agents.asked, ...other.asked];
    expect(asked).toHaveLength(24);
    expect(new Set(asked).size).toBe(24);
    expect(agents.mostAtOnce).toBeLessThanOrEqual(4);
    expect(other.mostAtOnce).toBeLessThanOrEqual(4);
    expect(server.statements() - before).toBeLessThan(24 * 4);
  });
});
