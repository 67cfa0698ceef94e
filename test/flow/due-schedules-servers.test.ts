import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openPostgresql } from '#db/open-postgresql.ts';
import { LEASE_MS } from '#domain/scheduling/order-run.ts';
import { createRunDueSchedules } from '#domain/scheduling/run-due-schedules.ts';
import type { Storage } from '#domain/storage.ts';
import { createLogger } from '#lib/logger.ts';
import { DUE, createScheduleServers } from '#test/support/create-schedule-servers.ts';
import type { ScheduleServers } from '#test/support/create-schedule-servers.ts';
import { interceptPrisma } from '#test/support/intercept-prisma.ts';
import { waitFor } from '#test/support/wait-for.ts';

const log = createLogger('silent', { pretty: false });
const MINUTE_MS = 60_000;

let servers: ScheduleServers;
let db: Storage;
beforeAll(async () => {
  servers = await createScheduleServers();
  db = servers.db;
});
afterAll(() => servers.database.close());
beforeEach(() => servers.reset());

describe('several servers', () => {
  it('order each run once between them', async () => {
    const second = servers.database.url === null ? db : (await openSecond(servers.database.url)).prisma;
    const ids: string[] = [];
    for (let n = 0; n < 60; n += 1) ids.push(await servers.schedule());
    const four = [servers.server(db), servers.server(second), servers.server(db), servers.server(second)];
    await Promise.all(four.map((run) => run()));
    await Promise.all(four.map((run) => run()));
    const all = await servers.runs();
    expect(all.map(({ scheduleId }) => scheduleId).toSorted()).toEqual(ids.toSorted());
    expect(new Set(all.map(({ outcome }) => outcome))).toEqual(new Set(['STARTED']));
    expect(await db.operation.count()).toBe(60);
    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(60);
  });

  it('share what a dead one left behind, and each takes another part', async () => {
    const second = servers.database.url === null ? db : (await openSecond(servers.database.url)).prisma;
    const started = {
      requestedBy: 'ana',
      startedAt: servers.clock.now(),
      leaseUntil: servers.clock.now(),
      outcome: 'STARTED',
    } as const;
    const dueAt = new Date(DUE);
    for (let n = 0; n < 60; n += 1) {
      const scheduleId = await servers.schedule({ nextRunAt: new Date('2026-11-24T21:00:00Z') });
      await db.scheduleRun.create({ data: { scheduleId, dueAt, dueSince: dueAt, ...started } });
    }
    const ordered: string[] = [];
    const counting = (storage: Storage) => {
      const real = servers.ordering(storage);
      return servers.server(storage, (operation, key, principal) => {
        ordered.push(key);
        return real(operation, key, principal);
      });
    };
    await Promise.all([db, second, db, second].map((storage) => counting(storage)()));
    expect(ordered).toHaveLength(60);
    expect(new Set(ordered).size).toBe(60);
    expect(await db.operation.count()).toBe(60);
  });

  async function openSecond(url: string): Promise<{ prisma: Storage }> {
    const second = await openPostgresql(url, log);
    onTestFinished(() => second.close());
    return second;
  }
});

describe('a server that dies', () => {
  const killed = new Error('killed');

  /** Whatever comes after the point at which a server dies is left to the others. */
  async function expectOneOperation(): Promise<void> {
    await servers.server()();
    servers.later(LEASE_MS + 1);
    await servers.server()();
    await servers.server()();
    expect(await servers.runs()).toMatchObject([{ outcome: 'STARTED', finishedAt: expect.any(Date), error: null }]);
    expect(await db.operation.count()).toBe(1);
    expect((await servers.runs())[0]?.operationId).toEqual((await db.operation.findFirst())?.id);
  }

  it('before the run is written down', async () => {
    await servers.schedule();
    const dying = interceptPrisma(servers.database, { $transaction: () => Promise.reject(killed) });
    await expect(servers.server(dying.prisma)()).rejects.toThrow(killed);
    expect(await servers.runs()).toEqual([]);
    await expectOneOperation();
  });

  it('after the run is written down, before anybody has taken it', async () => {
    await servers.schedule();
    let calls = 0;
    const dying = interceptPrisma(servers.database, {
      $transaction: (work: never) => {
        calls += 1;
        return calls === 1 ? db.$transaction(work) : Promise.reject(killed);
      },
    });
    await expect(servers.server(dying.prisma)()).rejects.toThrow(killed);
    expect(await servers.runs()).toMatchObject([{ outcome: 'STARTED', finishedAt: null, operationId: null }]);
    await expectOneOperation();
  });

  it('after it has taken the run, before it orders', async () => {
    await servers.schedule();
    const dying = createRunDueSchedules({ db, orderRun: () => Promise.reject(killed), clock: servers.clock, log });
    await expect(dying()).rejects.toThrow(killed);
    await servers.server()();
    expect(await db.operation.count(), 'its lease still holds').toBe(0);
    await expectOneOperation();
  });

  it('after it has ordered, before it writes that down', async () => {
    await servers.schedule();
    const dying = interceptPrisma(servers.database, {
      scheduleRun: { updateMany: () => Promise.reject(killed) },
    });
    await expect(servers.server(dying.prisma)()).rejects.toThrow(killed);
    expect(await db.operation.count()).toBe(1);
    expect(await servers.runs()).toMatchObject([{ finishedAt: null, operationId: null }]);
    await expectOneOperation();
  });

  it('and stays away beyond the grace: what it ordered is found, what it did not is missed', async () => {
    const ordered = await servers.schedule();
    const dying = interceptPrisma(servers.database, { scheduleRun: { updateMany: () => Promise.reject(killed) } });
    await expect(servers.server(dying.prisma)()).rejects.toThrow(killed);
    const forgotten = await servers.schedule();
    const idle = createRunDueSchedules({ db, orderRun: () => Promise.reject(killed), clock: servers.clock, log });
    await expect(idle()).rejects.toThrow(killed);
    servers.later(5 * 60 * MINUTE_MS);
    await servers.server()();
    expect(await servers.runs(ordered)).toMatchObject([{ outcome: 'STARTED', operation: { requestedBy: 'ana' } }]);
    expect(await servers.runs(forgotten)).toMatchObject([{ outcome: 'MISSED', operation: null }]);
    expect(await db.operation.count()).toBe(1);
  });

  it('no sooner than another takes over orders once with it', async () => {
    await servers.schedule();
    const real = servers.ordering(db);
    const slow = Promise.withResolvers<void>();
    const first = servers.server(db, async (...order) => {
      await slow.promise;
      return real(...order);
    })();
    await waitFor('the run to be taken', async () => (await db.scheduleRun.count({ where: { attempts: 1 } })) === 1);
    servers.later(LEASE_MS + 1);
    await servers.server()();
    slow.resolve();
    await first;
    expect(await servers.runs()).toMatchObject([{ outcome: 'STARTED', attempts: 2 }]);
    expect(await db.operation.count()).toBe(1);
  });
});
