import type { Principal } from '#domain/access/principal.ts';
import { isUniqueViolation } from '#domain/database-errors.ts';
import { AlreadyExistsError, InUseError, NotFoundError, StaleVersionError } from '#domain/errors.ts';
import type { Usage } from '#domain/errors.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { Logger } from '#lib/logger.ts';
import { Prisma } from '#prisma/generated/client/client.ts';
import { checkFields } from './check-fields.ts';
import type { CheckedFields, GivenFields } from './check-fields.ts';
import type { Kind, Row } from './kind.ts';
import { REFERENCE_TABLES } from './reference-types.ts';
import { transact } from './transact.ts';

/** What an administrator may do with one kind of thing. Each call is one transaction: all of it happens, or nothing. */
export interface Administration {
  /** @returns the new row's id. @throws {InvalidInputError | NotFoundError | AlreadyExistsError} */
  create: (given: GivenFields, principal: Principal) => Promise<string>;
  /**
   * Changes the fields given and leaves the others. Where nothing would change, the version stays.
   *
   * @throws {InvalidInputError | NotFoundError | AlreadyExistsError | StaleVersionError}
   */
  update: (target: Target, given: GivenFields, principal: Principal) => Promise<void>;
  /** @returns what was deleted with it. @throws {NotFoundError | StaleVersionError | InUseError} */
  delete: (target: Target & { cascade: boolean }, principal: Principal) => Promise<readonly Usage[]>;
}

/** Which row, and which version of it the administrator has seen; null for whichever it is. */
export interface Target {
  id: string;
  expectedVersion: number | null;
}

interface Delegate {
  findUnique: (query: object) => Promise<Row | null>;
  create: (query: object) => Promise<{ id: string }>;
  update: (query: object) => Promise<unknown>;
  delete: (query: object) => Promise<unknown>;
}

export function createAdministration(kind: Kind, { db, log }: { db: Storage; log: Logger }): Administration {
  const tell = (what: string, id: string, principal: Principal, details: object = {}) => {
    log.info({ type: kind.type, id, by: principal.name, ...details }, what);
  };
  return {
    async create(given, principal) {
      const [own, rest] = separate(kind, given);
      const checked = checkFields(kind.fields, own, 'create');
      const id = await telling(kind, db, checked.data, () =>
        transact(db, async (tx) => {
          await requireReferences(tx, checked);
          const settled = (await kind.settle?.(tx, checked.data, checked.data, null)) ?? {};
          const data = { ...checked.data, ...settled, createdBy: principal.name };
          const row = await delegateOf(tx, kind).create({ data, select: { id: true } });
          await kind.writeRest?.(tx, row.id, rest);
          return row.id;
        }),
      );
      tell('created', id, principal);
      return id;
    },

    async update({ id, expectedVersion }, given, principal) {
      const [own, rest] = separate(kind, given);
      const checked = checkFields(kind.fields, own, 'update');
      await telling(kind, db, { ...checked.data, id }, () =>
        transact(db, async (tx) => {
          const row = await lockRow(tx, kind, id, expectedVersion);
          await requireReferences(tx, checked);
          const settled = (await kind.settle?.(tx, { ...row, ...checked.data }, checked.data, id)) ?? {};
          const data = { ...checked.data, ...settled };
          const isChanged = Object.entries(data).some(([column, value]) => !isSame(row[column], value));
          if (!isChanged && Object.keys(rest).length === 0) return;
          await delegateOf(tx, kind).update({ where: { id }, data: { ...data, recordVersion: { increment: 1 } } });
          await kind.writeRest?.(tx, id, rest);
        }),
      );
      tell('updated', id, principal, { fields: Object.keys(given) });
    },

    async delete({ id, expectedVersion, cascade }, principal) {
      const removed = await transact(db, async (tx) => {
        const row = await lockRow(tx, kind, id, expectedVersion);
        await kind.checkDelete?.(tx, row);
        await lockClients(tx, kind, id);
        const usage = await countUsage(tx, kind, id);
        const isStuck = usage.some(({ type }) => kind.dependents.some((each) => each.type === type && !each.remove));
        if (usage.length > 0 && (isStuck || !cascade)) {
          throw new InUseError(['input', 'id'], kind.type, usage, !isStuck);
        }
        for (const dependent of kind.dependents) await dependent.remove?.(tx, id);
        await delegateOf(tx, kind).delete({ where: { id } });
        return usage;
      });
      tell('deleted', id, principal, { with: removed });
      return removed;
    },
  };
}

function delegateOf(db: Storage | Transaction, { type }: Kind): Delegate {
  const name = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  return (db as unknown as Record<string, Delegate>)[name] as Delegate;
}

/** The fields with rules of their own, and what is left for `writeRest`. */
function separate({ rest = [] }: Kind, given: GivenFields): [own: GivenFields, rest: Row] {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return [
    Object.fromEntries(said.filter(([name]) => !rest.includes(name))),
    Object.fromEntries(said.filter(([name]) => rest.includes(name))),
  ];
}

/**
 * Locks a row against other administrators and against being deleted, and reads it.
 *
 * @throws {NotFoundError | StaleVersionError}
 */
async function lockRow(tx: Transaction, kind: Kind, id: string, expectedVersion: number | null): Promise<Row> {
  const table = Prisma.raw(`"${REFERENCE_TABLES[kind.type]}"`);
  await tx.$queryRaw`SELECT 1 FROM ${table} WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  const row = await delegateOf(tx, kind).findUnique({ where: { id } });
  if (row === null) throw new NotFoundError(['input', 'id'], kind.type);
  const currentVersion = Number(row['recordVersion']);
  if (expectedVersion !== null && expectedVersion !== currentVersion) {
    throw new StaleVersionError(['input', 'expectedVersion'], expectedVersion, currentVersion);
  }
  return row;
}

/** @throws {NotFoundError} at the first id that names nothing. What they name cannot be deleted before the transaction ends. */
async function requireReferences(tx: Transaction, { references }: CheckedFields): Promise<void> {
  for (const { type, id, path } of references) {
    const table = Prisma.raw(`"${REFERENCE_TABLES[type]}"`);
    const found = await tx.$queryRaw<unknown[]>`SELECT 1 FROM ${table} WHERE id = ${id}::uuid FOR KEY SHARE`;
    if (found.length === 0) throw new NotFoundError(path, type);
  }
}

/** No job can be ordered of these machines from here on: its trace would refer to a locked row, and finds it gone. */
async function lockClients(tx: Transaction, { clientsGoBy }: Kind, id: string): Promise<void> {
  if (clientsGoBy === undefined) return;
  const column = Prisma.raw(`"${clientsGoBy}"`);
  await tx.$queryRaw`SELECT 1 FROM clients WHERE ${column} = ${id}::uuid ORDER BY id FOR UPDATE`;
}

async function countUsage(tx: Transaction, { dependents }: Kind, id: string): Promise<Usage[]> {
  const usage: Usage[] = [];
  for (const { type, count } of dependents) {
    const found = await count(tx, id);
    if (found > 0) usage.push({ type, count: found });
  }
  return usage;
}

/** Says of a unique index that refused a row which field is at fault, and who has that value already. */
async function telling<T>(kind: Kind, db: Storage, data: Row, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw (await findTwin(kind, db, data)) ?? error;
  }
}

async function findTwin(kind: Kind, db: Storage, data: Row): Promise<AlreadyExistsError | null> {
  const rows = db as unknown as Record<string, { findFirst: (query: object) => Promise<{ id: string } | null> }>;
  const own = typeof data['id'] === 'string' ? data['id'] : null;
  const before: Row = own === null ? {} : ((await delegateOf(db, kind).findUnique({ where: { id: own } })) ?? {});
  const after = { ...before, ...data };
  for (const { columns, field } of kind.unique) {
    const where = Object.fromEntries(columns.map((column) => [column, after[column]]));
    const name = `${kind.type.charAt(0).toLowerCase()}${kind.type.slice(1)}`;
    const twin = await rows[name]?.findFirst({
      where: { ...where, ...(own === null ? {} : { id: { not: own } }) },
      select: { id: true },
    });
    if (twin) {
      const value = after[columns.at(-1) ?? ''];
      return new AlreadyExistsError(
        ['input', field],
        kind.type,
        value instanceof Date ? value.toISOString() : String(value),
        twin.id,
      );
    }
  }
  return null;
}

function isSame(stored: unknown, given: unknown): boolean {
  if (stored instanceof Date && given instanceof Date) return stored.getTime() === given.getTime();
  return Array.isArray(stored) && Array.isArray(given)
    ? stored.length === given.length && stored.every((item, index) => item === given[index])
    : stored === given;
}
