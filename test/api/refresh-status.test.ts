// Asking machines how they are, when somebody wants to know now.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { createFakeAgents } from '#test/support/fake-agents.ts';
import type { FakeMachine } from '#test/support/fake-agents.ts';
import { mutate } from '#test/support/mutate.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const ips = ['10.8.0.1', '10.8.0.2', '10.8.0.3', '10.8.0.4'];
const machines = new Map<string, FakeMachine>();
const CALL_MS = 200;
const agents = createFakeAgents(machines, CALL_MS);
let server: TestServer;
let roomId: string;
let ids: string[];

beforeAll(async () => {
  server = await startTestServer({ agents, boot: false, config: { agentSilenceSeconds: 0, agentSweepAtOnce: 3 } });
  const db = server.app.database.prisma;
  const room = await db.room.create({ data: { name: 'Aula 8', centerId: scenario.center.id } });
  roomId = encodeGlobalID('Room', room.id);
  await db.client.createMany({
    data: ips.map((ip, index) => ({ roomId: room.id, name: `h${index}`, mac: `02:08:00:00:00:0${index}`, ip })),
  });
  const clients = await db.client.findMany({ where: { roomId: room.id }, orderBy: { name: 'asc' } });
  ids = clients.map(({ id }) => encodeGlobalID('Client', id));
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.app.database.prisma.client.updateMany({
    where: { ip: { in: ips } },
    data: { status: 'OFF', refusedAt: null, lastSeenAt: null },
  });
  machines.clear();
});

const SELECTION = 'cursor outcomes { outcome statusBefore status client { name status lastSeenAt } }';
const refresh = (target: object, more: object = {}) =>
  mutate(server.url, 'refreshStatus', { target, ...more }, SELECTION);

describe('refreshStatus', () => {
  it('asks every machine of a room, also those on record as off, and says what came of it', async () => {
    for (const [index, machine] of (['oglive', 'linux', 'off', 'silent'] as const).entries()) {
      machines.set(ips[index] ?? '', machine);
    }
    expect(await refresh({ roomId }, { waitMs: 20_000 })).toMatchObject({
      outcomes: [
        { outcome: 'ANSWERED', statusBefore: 'OFF', status: 'OGLIVE', client: { name: 'h0', status: 'OGLIVE' } },
        { outcome: 'ANSWERED', statusBefore: 'OFF', status: 'LINUX', client: { name: 'h1', status: 'LINUX' } },
        { outcome: 'REFUSED', statusBefore: 'OFF', status: 'OFF', client: { name: 'h2', lastSeenAt: null } },
        { outcome: 'TIMED_OUT', statusBefore: 'OFF', status: 'OFF', client: { name: 'h3' } },
      ],
    });
    expect(agents.mostAtOnce).toBeLessThanOrEqual(3);
  });

  it('finds a machine off where nobody is there twice, and out of reach where nothing is said', async () => {
    await server.app.database.prisma.client.updateMany({ where: { ip: { in: ips } }, data: { status: 'OGLIVE' } });
    machines.set(ips[3] ?? '', 'silent');
    expect(await refresh({ clientIds: [ids[2], ids[3]] }, { waitMs: 20_000 })).toMatchObject({
      outcomes: [
        { outcome: 'REFUSED', statusBefore: 'OGLIVE', status: 'OFF' },
        { outcome: 'TIMED_OUT', statusBefore: 'OGLIVE', status: 'DISCONNECTED' },
      ],
    });
  });

  it('does not wait for ever: who is slower is asked on', async () => {
    machines.set(ips[0] ?? '', 'busy');
    expect(await refresh({ clientIds: [ids[0]] }, { waitMs: 0 })).toMatchObject({
      outcomes: [{ outcome: 'STILL_ASKING', statusBefore: 'OFF', status: 'OFF' }],
    });
    await waitFor('its answer', async () => {
      const client = await server.app.database.prisma.client.findUniqueOrThrow({ where: { ip: ips[0] ?? '' } });
      return client.status === 'BUSY';
    });
  });

  it('asks a machine once, however many want to know', async () => {
    machines.set(ips[0] ?? '', 'oglive');
    const { length } = agents.asked;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => refresh({ clientIds: [ids[0]] }, { waitMs: 20_000 })),
    );
    for (const answer of answers) expect(answer).toMatchObject({ outcomes: [{ outcome: 'ANSWERED' }] });
    // Those that came after the first answer may have had it asked again.
    expect(agents.asked.length - length).toBeLessThan(10);
  });

  it('refuses what it cannot do', async () => {
    expect(await refresh({ clientIds: [encodeGlobalID('Room', roomId)] })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refresh({ roomId }, { waitMs: 60_001 })).toMatchObject({ fault: 'OUT_OF_RANGE' });
    const many = Array.from({ length: 501 }, () => ids[0]);
    expect(await refresh({ clientIds: many })).toMatchObject({ fault: 'TOO_MANY_CLIENTS' });
  });
});
