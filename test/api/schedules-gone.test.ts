import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { ask } from '#test/support/ask.ts';
import { createPlace } from '#test/support/create-place.ts';
import { mutate as mutateAt } from '#test/support/mutate.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const clientIds = [encodeGlobalID('Client', scenario.client.id)];
const SCRIPT = { runScript: { target: { clientIds }, script: 'echo hola' } };

let server: TestServer;
/** The clock on the server's wall. */
let now = new Date();
beforeAll(async () => {
  server = await startTestServer({ clock: { now: () => now }, runSchedulesEveryMs: 50 });
});
afterAll(() => server.stop());

const mutate = (name: string, input: object, selection = '') => mutateAt(server.url, name, input, selection);
const atHour = (text: string) => {
  now = new Date(text);
};

interface Run {
  outcome: string;
  dueAt: string;
  dueSince: string;
  operation: object | null;
  error: { code: string; path: string[] } | null;
}

let count = 0;
/** A schedule that comes due each evening at ten. @returns its id. */
async function everyEvening(operation: object, more: object = {}): Promise<string> {
  count += 1;
  const input = { name: `Noche ${count}`, cron: '0 22 * * *', timeZone: 'UTC', operation, ...more };
  const answer = await mutate('createSchedule', input, 'schedule { id }');
  const { schedule } = answer as { schedule?: { id: string } };
  if (schedule === undefined) throw new Error(JSON.stringify(answer));
  return schedule.id;
}

/** Waits until a schedule has run that often. @returns how it is then, its latest run first. */
async function untilRuns(id: string, howMany: number): Promise<{ status: string; nextRunAt: string; runs: Run[] }> {
  const query = `query Q($id: ID!) { schedule(id: $id) { status nextRunAt runs { nodes {
    outcome dueAt dueSince finishedAt operation { id } error { code message path } } } } }`;
  return waitFor(
    `${howMany} runs`,
    async () => {
      const { data, text } = await ask(server.url, query, { id });
      if (!data) throw new Error(text);
      const { runs, ...schedule } = data['schedule'] as {
        status: string;
        nextRunAt: string;
        runs: { nodes: (Run & { finishedAt: string | null })[] };
      };
      const isThere = runs.nodes.length === howMany && runs.nodes.every(({ finishedAt }) => finishedAt !== null);
      return isThere ? { ...schedule, runs: runs.nodes } : null;
    },
    30_000,
  );
}

describe('a schedule whose', { timeout: 60_000 }, () => {
  it.each<[what: string, gone: () => Promise<{ operation: object; remove: () => Promise<unknown> }>, error: object]>([
    [
      'room',
      async () => {
        const { ids } = await createPlace(server.app.database.prisma, 'Aula que se va');
        return {
          operation: { runScript: { target: { roomId: ids.room }, script: 'echo hola' } },
          remove: () => mutate('deleteRoom', { id: ids.room, cascade: true }, 'deletedId'),
        };
      },
      { code: 'NOT_FOUND', path: ['target', 'roomId'], message: expect.stringContaining('aula') },
    ],
    [
      'client',
      async () => {
        const { ids } = await createPlace(server.app.database.prisma, 'Equipo que se va');
        return {
          operation: { runScript: { target: { clientIds: [...clientIds, ids.client] }, script: 'echo hola' } },
          remove: () => mutate('deleteClient', { id: ids.client }, 'deletedId'),
        };
      },
      { code: 'NOT_FOUND', path: ['target', 'clientIds', '1'], message: expect.stringContaining('cliente') },
    ],
    [
      'room’s last client',
      async () => {
        const { ids } = await createPlace(server.app.database.prisma, 'Aula vacía');
        return {
          operation: { powerOff: { target: { roomId: ids.room } } },
          remove: () => mutate('deleteClient', { id: ids.client }, 'deletedId'),
        };
      },
      { code: 'INVALID_INPUT', path: ['target'] },
    ],
    [
      'image',
      async () => {
        const db = server.app.database.prisma;
        const { id } = await db.image.create({ data: { name: 'imagen-que-se-va' } });
        const imageId = encodeGlobalID('Image', id);
        return {
          operation: { deployImage: { target: { clientIds }, imageId, disk: 1, partition: 2, method: 'UNICAST' } },
          remove: () => mutate('deleteImage', { id: imageId }, 'deletedId'),
        };
      },
      { code: 'NOT_FOUND', path: ['imageId'], message: expect.stringContaining('imagen') },
    ],
  ])('%s is gone when it is due tells so, and comes due again', async (_what, prepare, error) => {
    atHour('2026-11-23T21:00:00Z');
    const { operation, remove } = await prepare();
    const id = await everyEvening(operation);
    expect(await remove()).toHaveProperty('deletedId');
    atHour('2026-11-23T22:00:10Z');
    const { status, nextRunAt, runs } = await untilRuns(id, 1);
    expect(runs).toMatchObject([{ outcome: 'REFUSED', operation: null, error }]);
    expect([status, nextRunAt]).toEqual(['ACTIVE', '2026-11-24T22:00:00.000Z']);

    expect(await mutate('updateSchedule', { id, operation: SCRIPT }, 'schedule { id }')).toHaveProperty('schedule');
    atHour('2026-11-24T22:00:10Z');
    const again = await untilRuns(id, 2);
    expect(again.runs).toMatchObject([{ outcome: 'STARTED', error: null }, { outcome: 'REFUSED' }]);
    // The next one's client must have nothing in hand.
    await mutate('deleteSchedule', { id }, 'deletedId');
    const jobs = server.app.database.prisma.trace;
    await waitFor('its job to end', async () => (await jobs.count({ where: { finishedAt: null } })) === 0, 30_000);
  });
});

describe('a schedule that came due while no server was up', { timeout: 60_000 }, () => {
  const often = { cron: '*/10 * * * *' };

  it('runs once, for the last of all the times', async () => {
    atHour('2026-12-01T08:05:00Z');
    const id = await everyEvening(SCRIPT, often);
    atHour('2026-12-01T12:07:00Z');
    const { nextRunAt, runs } = await untilRuns(id, 1);
    expect(runs).toMatchObject([
      { outcome: 'STARTED', dueSince: '2026-12-01T08:10:00.000Z', dueAt: '2026-12-01T12:00:00.000Z' },
    ]);
    expect(nextRunAt).toBe('2026-12-01T12:10:00.000Z');
    await mutate('deleteSchedule', { id }, 'deletedId');
  });

  it('is missed where even the last of them is too long ago, and waits for its next time', async () => {
    atHour('2026-12-02T21:00:00Z');
    const id = await everyEvening(SCRIPT, { graceMinutes: 30 });
    atHour('2026-12-04T23:00:00Z');
    const { status, nextRunAt, runs } = await untilRuns(id, 1);
    expect(runs).toMatchObject([
      {
        outcome: 'MISSED',
        operation: null,
        dueSince: '2026-12-02T22:00:00.000Z',
        dueAt: '2026-12-04T22:00:00.000Z',
      },
    ]);
    expect([status, nextRunAt]).toEqual(['ACTIVE', '2026-12-05T22:00:00.000Z']);
  });
});
