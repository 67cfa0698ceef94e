import { createAcceptOperation } from '#domain/operations/accept-operation.ts';
import { createOrderOperation } from '#domain/operations/order-operation.ts';
import { createPlanOperation } from '#domain/operations/plan-operation.ts';
import { findBlackouts } from '#domain/scheduling/find-blackouts.ts';
import { createOrderRun } from '#domain/scheduling/order-run.ts';
import { createRunDueSchedules } from '#domain/scheduling/run-due-schedules.ts';
import type { RunDueSchedules } from '#domain/scheduling/run-due-schedules.ts';
import { createOrderScheduled } from '#domain/scheduling/scheduled-operation.ts';
import type { OrderScheduled } from '#domain/scheduling/scheduled-operation.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import { createLogger } from '#lib/logger.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { createPlace } from './create-place.ts';
import { openTestDatabase } from './open-test-database.ts';

type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>;
type RunWithOperation = Prisma.ScheduleRunGetPayload<{ include: { operation: true } }>;

/** Ten in the evening in Madrid, when what these tests schedule is due. */
export const DUE = '2026-11-23T21:00:00.000Z';

/** The parts of servers that run schedules, on one database and by one clock on the wall. */
export interface ScheduleServers {
  database: TestDatabase;
  db: Storage;
  clock: Clock;
  /** The one machine that there is. */
  clientId: () => string;
  /** Puts everything back to the beginning: nothing is scheduled, and a schedule made now is just due. */
  reset: () => Promise<void>;
  setTime: (at: Date) => void;
  later: (ms: number) => void;
  /** Ordering as the real server does it, but for the sending. */
  ordering: (storage: Storage) => OrderScheduled;
  /** A server's part that runs what is due. */
  server: (storage?: Storage, orderScheduled?: OrderScheduled) => RunDueSchedules;
  /** Stores a schedule. @returns its id. */
  schedule: (columns?: Partial<Prisma.ScheduleUncheckedCreateInput>) => Promise<string>;
  runs: (scheduleId?: string) => Promise<RunWithOperation[]>;
}

export async function createScheduleServers(): Promise<ScheduleServers> {
  const log = createLogger('silent', { pretty: false });
  const database = await openTestDatabase();
  const db: Storage = database.prisma;
  let now = new Date(DUE);
  let clientId = '';
  const clock = { now: () => now };

  function ordering(storage: Storage): OrderScheduled {
    const planOperation = createPlanOperation({
      db: storage,
      agents: { isAddressAllowed: () => true },
      clock,
      findBlackouts,
      wakeSender: 'SERVER',
    });
    const acceptOperation = createAcceptOperation({
      db: storage,
      queue: { enqueue: async () => {} },
      awaitTraces: async () => {},
    });
    return createOrderScheduled({ orderOperation: createOrderOperation({ planOperation, acceptOperation }) });
  }

  return {
    database,
    db,
    clock,
    clientId: () => clientId,
    async reset() {
      await db.schedule.deleteMany();
      await db.operation.deleteMany();
      await db.blackout.deleteMany();
      ({ clientId } = await createPlace(db, `Centro ${Math.random()}`));
      await db.client.update({ where: { id: clientId }, data: { status: 'OGLIVE' } });
      now = new Date(new Date(DUE).getTime() + 700);
    },
    setTime(at) {
      now = at;
    },
    later(ms) {
      now = new Date(now.getTime() + ms);
    },
    ordering,
    server(storage = db, orderScheduled = ordering(storage)) {
      const orderRun = createOrderRun({ db: storage, orderScheduled, clock, log });
      return createRunDueSchedules({ db: storage, orderRun, clock, log });
    },
    async schedule(columns = {}) {
      const { id } = await db.schedule.create({
        data: {
          name: `Noche ${Math.random()}`,
          action: 'RUN_SCRIPT',
          order: { action: 'RUN_SCRIPT', script: 'echo hola', commandId: null },
          target: { clientIds: [clientId] },
          options: {
            onBlocked: 'REJECT_ALL',
            whenBusy: 'QUEUE',
            onBlackout: 'REFUSE',
            overrideReason: null,
            waves: null,
          },
          cron: '0 22 * * *',
          nextRunAt: new Date(DUE),
          createdBy: 'ana',
          ...columns,
        },
      });
      return id;
    },
    runs: (scheduleId) =>
      db.scheduleRun.findMany({
        where: scheduleId === undefined ? {} : { scheduleId },
        orderBy: { dueAt: 'asc' },
        include: { operation: true },
      }),
  };
}
