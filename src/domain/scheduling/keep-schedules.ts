import type { Principal } from '#domain/access/principal.ts';
import type { Target } from '#domain/administration/administer.ts';
import { checkFields } from '#domain/administration/check-fields.ts';
import type { GivenFields } from '#domain/administration/check-fields.ts';
import { transact } from '#domain/administration/transact.ts';
import { isUniqueViolation } from '#domain/database-errors.ts';
import {
  AlreadyExistsError,
  DomainError,
  InvalidInputError,
  NotFoundError,
  StaleVersionError,
  relocateError,
} from '#domain/errors.ts';
import { checkConfirmation } from '#domain/operations/confirmation.ts';
import { checkOverride } from '#domain/operations/order-operation.ts';
import type { OperationRequest } from '#domain/operations/order-operation.ts';
import type { PlanOperation } from '#domain/operations/plan-operation.ts';
import { checkWaves } from '#domain/operations/waves.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { Schedule } from '#prisma/generated/client/client.ts';
import { firstRun } from './due-run.ts';
import type { Timing } from './due-run.ts';
import { DEFAULT_TIME_ZONE } from './next-run.ts';
import { SCHEDULE_FIELDS } from './schedule-fields.ts';
import { toKeptOperation } from './scheduled-operation.ts';
import type { KeptOperation } from './scheduled-operation.ts';

/** An operation to be ordered later, and where in the input it stands: what is wrong with it is told there. */
export interface GivenOperation {
  request: OperationRequest;
  path: readonly string[];
}

/** What administrators can do with schedules. Each call is one transaction: all of it happens, or nothing. */
export interface KeepSchedules {
  /**
   * The operation must make sense as things are now; that clients are blocked now is no reason against it.
   *
   * @returns the new schedule's id. @throws {InvalidInputError | NotFoundError | AlreadyExistsError | MethodNotSupportedError}
   */
  create: (
    given: GivenFields & { suspended: boolean },
    operation: GivenOperation,
    principal: Principal,
  ) => Promise<string>;
  /**
   * Changes the fields given and leaves the others. A run that is due already stays so, unless when it runs is what changes.
   *
   * @throws {InvalidInputError | NotFoundError | AlreadyExistsError | StaleVersionError}
   */
  update: (target: Target, given: GivenFields, operation: GivenOperation | null, principal: Principal) => Promise<void>;
  /** Deletes it with the record of its runs; the operations that they ordered stay. @throws {NotFoundError | StaleVersionError} */
  delete: (target: Target, principal: Principal) => Promise<void>;
  /** Nothing comes due until it is resumed. @throws {NotFoundError | StaleVersionError} */
  suspend: (target: Target, principal: Principal) => Promise<void>;
  /**
   * Comes due again from now on; what would have come due meanwhile never does.
   *
   * @throws {NotFoundError | StaleVersionError | InvalidInputError} the last where its only time is in the past.
   */
  resume: (target: Target, principal: Principal) => Promise<void>;
}

type Columns = Record<string, unknown>;

export function createKeepSchedules({
  db,
  planOperation,
  clock,
  log,
}: {
  db: Storage;
  planOperation: PlanOperation;
  clock: Clock;
  log: Logger;
}): KeepSchedules {
  const check = async ({ request, path }: GivenOperation): Promise<KeptOperation> => {
    try {
      checkForLater(request);
      const { clients } = await planOperation(request);
      if (request.order.action === 'PARTITION_AND_FORMAT') {
        checkConfirmation(request.order.confirmation, clients.length);
      }
      return toKeptOperation(request);
    } catch (error) {
      throw error instanceof DomainError ? relocateError(error, path) : error;
    }
  };
  const tell = (what: string, id: string, principal: Principal, details: object = {}) => {
    log.info({ type: 'Schedule', id, by: principal.name, ...details }, what);
  };
  const change = async (
    { id, expectedVersion }: Target,
    columnsOf: (schedule: Schedule) => Columns,
    newName?: string,
  ): Promise<void> => {
    await tellingTwins(db, newName, () =>
      transact(db, async (tx) => {
        const schedule = await lockSchedule(tx, id, expectedVersion);
        const data = columnsOf(schedule);
        if (Object.keys(data).length === 0) return;
        await tx.schedule.update({ where: { id }, data: { ...data, recordVersion: { increment: 1 } } });
      }),
    );
  };

  return {
    async create({ suspended, ...given }, operation, principal) {
      const { data } = checkFields(SCHEDULE_FIELDS, given, 'create');
      const timing = toTiming(data, { cron: null, runAt: null, timeZone: DEFAULT_TIME_ZONE });
      const nextRunAt = requireFirstRun(timing, clock.now());
      const kept = await check(operation);
      const id = await tellingTwins(db, data['name'], () =>
        transact(db, async (tx) => {
          const row = await tx.schedule.create({
            data: {
              ...(data as { name: string }),
              ...timing,
              ...kept,
              suspended,
              nextRunAt: suspended ? null : nextRunAt,
              createdBy: principal.name,
            },
            select: { id: true },
          });
          return row.id;
        }),
      );
      tell('created', id, principal);
      return id;
    },

    async update(target, given, operation, principal) {
      const { data } = checkFields(SCHEDULE_FIELDS, given, 'update');
      const kept = operation === null ? {} : await check(operation);
      const newName = typeof data['name'] === 'string' ? data['name'] : undefined;
      await change(
        target,
        (schedule) => {
          const timing = toTiming(data, schedule);
          const isRetimed =
            timing.cron !== schedule.cron ||
            timing.timeZone !== schedule.timeZone ||
            timing.runAt?.getTime() !== schedule.runAt?.getTime();
          return {
            ...data,
            ...kept,
            ...(isRetimed ? retime(timing, schedule, clock.now()) : {}),
          };
        },
        newName,
      );
      tell('updated', target.id, principal, { fields: [...Object.keys(given), ...Object.keys(kept)] });
    },

    async delete({ id, expectedVersion }, principal) {
      await transact(db, async (tx) => {
        await lockSchedule(tx, id, expectedVersion);
        await tx.schedule.delete({ where: { id } });
      });
      tell('deleted', id, principal);
    },

    async suspend(target, principal) {
      await change(target, ({ suspended }) => (suspended ? {} : { suspended: true, nextRunAt: null }));
      tell('suspended', target.id, principal);
    },

    async resume(target, principal) {
      await change(target, (schedule) =>
        schedule.suspended
          ? { suspended: false, nextRunAt: requireFirstRun(schedule, clock.now(), ['input', 'id']) }
          : {},
      );
      tell('resumed', target.id, principal);
    },
  };
}

/** What plan and acceptance would only say when it is ordered. @throws {InvalidInputError} */
function checkForLater(request: OperationRequest): void {
  for (const field of ['planToken', 'idempotencyKey'] as const) {
    if (request[field] !== null) throw new InvalidInputError(['input', field], 'NOT_FOR_SCHEDULES');
  }
  checkOverride(request);
  if (request.waves !== null) checkWaves(request.waves);
}

/** When it is to run, out of what was said and what was before; naming one of the two ways takes the place of the other. */
function toTiming(data: Columns, before: Timing): Timing {
  const said = data as Partial<Timing>;
  const cron = said.cron === undefined && said.runAt ? null : (said.cron ?? (said.cron === null ? null : before.cron));
  const runAt =
    said.runAt === undefined && said.cron ? null : (said.runAt ?? (said.runAt === null ? null : before.runAt));
  if (cron !== null && runAt !== null) throw new InvalidInputError(['input', 'runAt'], 'ONE_OF_TWO');
  if (cron === null && runAt === null) throw new InvalidInputError(['input', 'cron'], 'REQUIRED');
  return { cron, runAt, timeZone: said.timeZone ?? before.timeZone };
}

function retime(timing: Timing, { suspended, doneAt }: Schedule, now: Date): Columns {
  const nextRunAt = requireFirstRun(timing, now);
  // One that was done, and is given a new time, is wanted again; one that somebody suspended waits to be resumed.
  const staysSuspended = suspended && doneAt === null;
  return { ...timing, suspended: staysSuspended, doneAt: null, nextRunAt: staysSuspended ? null : nextRunAt };
}

/** @throws {InvalidInputError} for a time that is over, and for a cron line of days that no month has. */
function requireFirstRun(timing: Timing, now: Date, path?: readonly string[]): Date {
  const first = firstRun(timing, now);
  if (first !== null) return first;
  throw timing.cron === null
    ? new InvalidInputError(path ?? ['input', 'runAt'], 'IN_THE_PAST')
    : new InvalidInputError(path ?? ['input', 'cron'], 'NEVER_DUE');
}

/** Locks a schedule against other administrators and against the server that looks for what is due. */
async function lockSchedule(tx: Transaction, id: string, expectedVersion: number | null): Promise<Schedule> {
  await tx.$queryRaw`SELECT 1 FROM schedules WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  const schedule = await tx.schedule.findUnique({ where: { id } });
  if (schedule === null) throw new NotFoundError(['input', 'id'], 'Schedule');
  if (expectedVersion !== null && expectedVersion !== schedule.recordVersion) {
    throw new StaleVersionError(['input', 'expectedVersion'], expectedVersion, schedule.recordVersion);
  }
  return schedule;
}

async function tellingTwins<T>(db: Storage, name: unknown, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const isTaken = isUniqueViolation(error);
    if (!isTaken || typeof name !== 'string') throw error;
    const twin = await db.schedule.findUnique({ where: { name }, select: { id: true } });
    throw twin === null ? error : new AlreadyExistsError(['input', 'name'], 'Schedule', name, twin.id);
  }
}
