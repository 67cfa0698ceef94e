import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LEASE_MS } from '#domain/scheduling/order-run.ts';
import type { Storage } from '#domain/storage.ts';
import { DUE, createScheduleServers } from '#test/support/create-schedule-servers.ts';
import type { ScheduleServers } from '#test/support/create-schedule-servers.ts';

const MINUTE_MS = 60_000;

let servers: ScheduleServers;
let db: Storage;
beforeAll(async () => {
  servers = await createScheduleServers();
  db = servers.db;
});
afterAll(() => servers.database.close());
beforeEach(() => servers.reset());

describe('what is due', () => {
  it('is ordered once, as its author, and the schedule moves on', async () => {
    const id = await servers.schedule();
    const run = servers.server();
    await run();
    await run();
    expect(await servers.runs()).toMatchObject([
      {
        scheduleId: id,
        dueAt: new Date(DUE),
        outcome: 'STARTED',
        finishedAt: servers.clock.now(),
        manual: false,
        operation: { action: 'RUN_SCRIPT', requestedBy: 'ana', idempotencyKey: `schedule:${id}:${DUE}` },
      },
    ]);
    expect(await db.schedule.findUnique({ where: { id } })).toMatchObject({
      nextRunAt: new Date('2026-11-24T21:00:00Z'),
      doneAt: null,
    });
    expect(await db.operation.count()).toBe(1);
    expect(await db.trace.count()).toBe(1);
  });

  it('comes due again the next night, and not before', async () => {
    await servers.schedule();
    const run = servers.server();
    await run();
    servers.later(23 * 60 * MINUTE_MS);
    await run();
    expect(await servers.runs()).toHaveLength(1);
    servers.later(60 * MINUTE_MS);
    await run();
    expect((await servers.runs()).map(({ outcome }) => outcome)).toEqual(['STARTED', 'STARTED']);
    expect(await db.operation.count()).toBe(2);
  });

  it('that runs once is done', async () => {
    const id = await servers.schedule({ cron: null, runAt: new Date(DUE) });
    await servers.server()();
    expect(await db.schedule.findUnique({ where: { id } })).toMatchObject({
      nextRunAt: null,
      doneAt: servers.clock.now(),
    });
    servers.later(24 * 60 * MINUTE_MS);
    await servers.server()();
    expect(await servers.runs()).toHaveLength(1);
  });

  it('that is suspended is not', async () => {
    await servers.schedule({ suspended: true, nextRunAt: null });
    await servers.server()();
    expect(await servers.runs()).toEqual([]);
  });

  it('and refused tells why, and is not tried again', async () => {
    await db.client.update({ where: { id: servers.clientId() }, data: { maintenance: true } });
    await servers.schedule();
    const run = servers.server();
    await run();
    await db.client.update({ where: { id: servers.clientId() }, data: { maintenance: false } });
    servers.later(LEASE_MS + 1);
    await run();
    expect(await servers.runs()).toMatchObject([
      {
        outcome: 'REFUSED',
        operation: null,
        error: {
          code: 'OPERATION_REFUSED',
          clients: [{ clientId: servers.clientId(), reasons: [{ code: 'CLIENT_IN_MAINTENANCE' }] }],
        },
      },
    ]);
    expect(await db.operation.count()).toBe(0);
  });

  it('for a room that is taken is refused, held or ordered nevertheless, as it was told', async () => {
    const { roomId } = await db.client.findUniqueOrThrow({ where: { id: servers.clientId() } });
    const at = (text: string) => new Date(`2026-11-23T${text}:00Z`);
    await db.blackout.createMany({
      data: [
        { roomId, name: 'Redes', startsAt: at('20:00'), endsAt: at('21:30') },
        { roomId, name: 'Sistemas', startsAt: at('21:30'), endsAt: at('22:30') },
      ],
    });
    const options = { onBlocked: 'REJECT_ALL', whenBusy: 'QUEUE', overrideReason: 'Fuga de agua', waves: null };
    const refused = await servers.schedule();
    const held = await servers.schedule({ options: { ...options, onBlackout: 'HOLD' } });
    await servers.server()();
    expect(await servers.runs(refused)).toMatchObject([
      {
        outcome: 'REFUSED',
        error: {
          clients: [
            { reasons: [{ code: 'IN_BLACKOUT', params: { name: 'Redes', until: at('22:30').toISOString() } }] },
          ],
        },
      },
    ]);
    expect(await servers.runs(held)).toMatchObject([{ outcome: 'STARTED' }]);
    expect(await db.trace.findMany()).toMatchObject([{ status: 'PENDING', waitsFor: 'BLACKOUT' }]);
    const overridden = await servers.schedule({ options: { ...options, onBlackout: 'OVERRIDE' } });
    await servers.server()();
    expect(await servers.runs(overridden)).toMatchObject([
      { outcome: 'STARTED', operation: { input: { overrideReason: 'Fuga de agua' } } },
    ]);
  });
});

describe('a fault of our own', () => {
  it('is tried again until it is over', async () => {
    await servers.schedule();
    let broken = true;
    const real = servers.ordering(db);
    const run = servers.server(db, (...order) => (broken ? Promise.reject(new Error('no database')) : real(...order)));
    await run();
    expect(await servers.runs()).toMatchObject([{ outcome: 'STARTED', finishedAt: null, error: { code: 'INTERNAL' } }]);
    broken = false;
    await run();
    expect(await db.operation.count(), 'not at once').toBe(0);
    servers.later(10_000);
    await run();
    expect(await servers.runs()).toMatchObject([{ outcome: 'STARTED', error: null, attempts: 2, operation: {} }]);
  });

  it('fails the run when the grace is over', async () => {
    await servers.schedule({ graceMinutes: 1 });
    const run = servers.server(db, () => Promise.reject(new Error('no database')));
    await run();
    servers.later(2 * MINUTE_MS);
    await run();
    expect(await servers.runs()).toMatchObject([
      { outcome: 'FAILED', finishedAt: servers.clock.now(), error: { code: 'INTERNAL' } },
    ]);
  });
});

describe('a server that was down', () => {
  it('runs what went by once, for the last of all the times', async () => {
    const since = new Date('2026-11-23T12:00:00Z');
    const id = await servers.schedule({ cron: '*/15 * * * *', nextRunAt: since });
    await servers.server()();
    expect(await servers.runs(id)).toMatchObject([{ outcome: 'STARTED', dueSince: since, dueAt: new Date(DUE) }]);
    expect(await db.schedule.findUnique({ where: { id } })).toMatchObject({
      nextRunAt: new Date('2026-11-23T21:15:00Z'),
    });
  });

  it('records what is past its grace as missed, and orders nothing', async () => {
    const id = await servers.schedule({ nextRunAt: new Date('2026-11-19T21:00:00Z') });
    servers.setTime(new Date('2026-11-23T09:00:00Z'));
    await servers.server()();
    expect(await servers.runs(id)).toMatchObject([
      { outcome: 'MISSED', dueSince: new Date('2026-11-19T21:00:00Z'), dueAt: new Date('2026-11-22T21:00:00Z') },
    ]);
    expect(await db.schedule.findUnique({ where: { id } })).toMatchObject({ nextRunAt: new Date(DUE) });
    expect(await db.operation.count()).toBe(0);
  });
});

it('an operation that is deleted with its clients is not ordered again', async () => {
  await servers.schedule();
  await servers.server()();
  await db.operation.deleteMany();
  servers.later(LEASE_MS + 1);
  await servers.server()();
  expect(await servers.runs()).toMatchObject([{ outcome: 'STARTED', operation: null }]);
  expect(await db.operation.count()).toBe(0);
});
