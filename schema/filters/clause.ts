import type { Storage } from '#domain/storage.ts';

/**
 * What a filter says of rows: that it holds for all, for none, or for those where a condition of Prisma’s holds.
 *
 * A condition must be true or false of every row, and never unknown as SQL’s comparisons with NULL are: unknown stays unknown when it
 * is negated, and the row would be in neither list. `known` makes such a condition of one about a column that may be empty.
 */
export type Clause<TWhere extends object = object> = boolean | TWhere;

/** A clause for which something must be read first: one statement, however many rows are filtered by it. */
export type Deferred<TWhere extends object = object> = (db: Storage) => Promise<Clause<TWhere>>;

export type MaybeDeferred<TWhere extends object = object> = Clause<TWhere> | Deferred<TWhere>;

/** The clause itself, where something is read for it. */
export async function settle(clause: MaybeDeferred, db: Storage): Promise<Clause> {
  return isDeferred(clause) ? clause(db) : clause;
}

export function isDeferred(clause: MaybeDeferred): clause is Deferred {
  return typeof clause === 'function';
}

/** True of no clauses at all. */
export function allOf(clauses: readonly MaybeDeferred[]): MaybeDeferred {
  return combine(clauses, (all) => {
    const open = all.filter((clause) => clause !== true);
    if (open.includes(false)) return false;
    return open.length === 0 ? true : { AND: open };
  });
}

/** False of no clauses at all. */
export function anyOf(clauses: readonly MaybeDeferred[]): MaybeDeferred {
  return combine(clauses, (all) => {
    const open = all.filter((clause) => clause !== false);
    if (open.includes(true)) return true;
    return open.length === 0 ? false : { OR: open };
  });
}

export function negate(clause: MaybeDeferred): MaybeDeferred {
  return combine([clause], ([only]) => (typeof only === 'object' ? { NOT: only } : !only));
}

/** A clause about other rows as one about the rows that they hang from. */
export function mapClause(clause: MaybeDeferred, map: (clause: Clause) => Clause): MaybeDeferred {
  return combine([clause], ([only = false]) => map(only));
}

/** The clause as Prisma takes it. */
export function toWhere(clause: Clause): object {
  if (typeof clause === 'object') return clause;
  return clause ? {} : { id: { in: [] } };
}

/** A column that is filled and of which something holds. */
export function known<TWhere extends object, TColumn extends keyof TWhere & string>(
  column: TColumn,
  condition: TWhere[TColumn],
): TWhere {
  return { AND: [{ [column]: { not: null } }, { [column]: condition }] } as TWhere;
}

function combine(clauses: readonly MaybeDeferred[], join: (clauses: readonly Clause[]) => Clause): MaybeDeferred {
  const ready = clauses.filter((clause) => !isDeferred(clause));
  if (ready.length === clauses.length) return join(ready);
  return async (db) => join(await Promise.all(clauses.map((clause) => settle(clause, db))));
}
