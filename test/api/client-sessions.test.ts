// What ran on a machine and who was there, as its agents told it over the routes that they have.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPruneSessions } from '#domain/inventory/prune-sessions.ts';
import { createLogger } from '#lib/logger.ts';
import { ask } from '#test/support/ask.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const MAC = '08:00:27:0b:88:be';
const IP = '192.168.2.3';
const SENDER = { mac: MAC, ip: IP };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ boot: false, config: { agentSilenceSeconds: 0 } });
});
afterAll(() => server.stop());
const db = () => server.app.database.prisma;
const say = (route: string, body: object = {}) => server.report(route, { ...SENDER, ...body });

beforeEach(async () => {
  await db().clientSession.deleteMany();
  await db().client.updateMany({
    where: { ip: IP },
    data: { status: 'OFF', runningSystem: null, runningSince: null, agentStartSecretSha256: null },
  });
});

async function read(args = ''): Promise<{ totalCount: number; nodes: Record<string, unknown>[] }> {
  const { id } = await db().client.findUniqueOrThrow({ where: { ip: IP } });
  const { data, text } = await ask(
    server.url,
    `query Q($id: ID!) { client(id: $id) { sessions${args} { totalCount nodes { system user startedAt endedAt endReason client { name } } } } }`,
    { id: encodeGlobalID('Client', id) },
  );
  const client = data?.['client'] as { sessions: { totalCount: number; nodes: Record<string, unknown>[] } } | undefined;
  if (client === undefined) throw new Error(text);
  return client.sessions;
}

const OLDEST_FIRST = '(orderBy: { field: STARTED_AT, direction: ASC })';
const log = async () =>
  (await read(OLDEST_FIRST)).nodes.map(({ system, user, endedAt, endReason }) => [
    system,
    user,
    endReason,
    endedAt !== null,
  ]);

describe('the session log', () => {
  it('tells a day of a machine: ogLive, a system, and who was there', async () => {
    await say('ogAdmClient/InclusionCliente', { iph: IP, secret: 'a1'.repeat(16) });
    await say('ogagent/started', { ostype: 'Windows', secret: 'b2'.repeat(16) });
    await say('ogagent/loggedin', { user: 'alumno', ostype: 'Windows' });
    await say('ogagent/loggedin', { user: 'alumno', ostype: 'Windows' });
    await say('ogagent/loggedout', { user: 'alumno' });
    await say('ogagent/loggedin', { user: 'profesora', ostype: 'Windows' });
    await say('ogagent/stopped');
    expect(await log()).toEqual([
      ['OGLIVE', null, 'RESTARTED', true],
      ['WINDOWS', null, 'STOPPED', true],
      ['WINDOWS', 'alumno', 'LOGGED_OUT', true],
      ['WINDOWS', 'profesora', 'STOPPED', true],
    ]);
  });

  it('keeps who is still there when another leaves, and the state says so', async () => {
    await say('ogagent/started', { ostype: 'Linux', secret: 'a1'.repeat(16) });
    await say('ogagent/loggedin', { user: 'ana', ostype: 'Linux' });
    await say('ogagent/loggedin', { user: 'luis', ostype: 'Linux' });
    await say('ogagent/loggedout', { user: 'ana' });
    expect(await log()).toEqual([
      ['LINUX', null, null, false],
      ['LINUX', 'ana', 'LOGGED_OUT', true],
      ['LINUX', 'luis', null, false],
    ]);
    expect(await db().client.findUnique({ where: { ip: IP } })).toMatchObject({ status: 'LINUX_SESSION' });
    await say('ogagent/loggedout', { user: 'nobody that is known' });
    expect(await db().client.findUnique({ where: { ip: IP } })).toMatchObject({ status: 'LINUX' });
  });

  it('has one entry for a start, however often it is told, and another for the next', async () => {
    const first = { iph: IP, secret: 'a1'.repeat(16) };
    await say('ogAdmClient/InclusionCliente', first);
    await say('ogAdmClient/InclusionCliente', first);
    await say('ogAdmClient/DisponibilidadComandos', { iph: IP, tpc: 'OPG' });
    expect(await log()).toEqual([['OGLIVE', null, null, false]]);
    await say('ogAdmClient/InclusionCliente', { iph: IP, secret: 'c3'.repeat(16) });
    expect(await log()).toEqual([
      ['OGLIVE', null, 'RESTARTED', true],
      ['OGLIVE', null, null, false],
    ]);
  });

  it('cuts names that are too long, and is filtered and paged', async () => {
    await say('ogagent/started', { ostype: 'Linux', secret: 'a1'.repeat(16) });
    await say('ogagent/loggedin', { user: 'u'.repeat(5000), ostype: 'Linux' });
    const { nodes, totalCount } = await read('(filter: { isLogin: true, isOpen: true, system: [LINUX] }, first: 1)');
    expect(totalCount).toBe(1);
    expect(nodes).toMatchObject([{ user: 'u'.repeat(120), client: { name: 'pc1' } }]);
    expect((await read('(filter: { user: "ana" })')).totalCount).toBe(0);
  });

  it('is kept for some time and in some number', async () => {
    const { id: clientId } = await db().client.findUniqueOrThrow({ where: { ip: IP } });
    const now = new Date();
    const ended = { clientId, system: 'OGLIVE', endReason: 'RESTARTED', endedAt: now } as const;
    await db().clientSession.createMany({
      data: [
        { ...ended, startedAt: new Date(now.getTime() - 100 * 86_400_000) },
        ...Array.from({ length: 520 }, (_, index) => ({ ...ended, startedAt: new Date(now.getTime() - index * 1000) })),
      ],
    });
    const prune = createPruneSessions({
      db: db(),
      clock: { now: () => now },
      log: createLogger('silent', { pretty: false }),
      days: 90,
    });
    await prune(new AbortController().signal);
    const left = await db().clientSession.findMany({ where: { clientId }, orderBy: { startedAt: 'asc' } });
    expect(left).toHaveLength(500);
    expect(left[0]?.startedAt.getTime()).toBe(now.getTime() - 499_000);
  });
});
