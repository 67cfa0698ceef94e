import { GraphQLError } from 'graphql';
import { isUuid } from '#lib/uuid.ts';
import type { Order, SortKey, SortValue } from './order.ts';

/** Most items a page of a connection may have, and how many it has when nobody says. */
const MAX_PAGE_SIZE = 100;

export interface PageArgs {
  after?: string | null | undefined;
  before?: string | null | undefined;
  first?: number | null | undefined;
  last?: number | null | undefined;
}

/** What to ask the database for: one row more than the page, which tells whether there is another page. */
export interface PageQuery {
  where: Condition;
  orderBy: Condition[];
  take: number;
}

/** A condition or an order as Prisma writes it. Which columns there are is the caller's to know. */
export type Condition = Record<string, unknown>;

export interface PageInfo {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
}

export interface Page<TRow> {
  edges: { cursor: string; node: TRow }[];
  pageInfo: PageInfo;
}

/**
 * Reads what page was asked for. A cursor holds the values of the row it stands at, not the row: the next page begins
 * where it should even when that row was deleted or renamed since.
 *
 * @throws {GraphQLError} PAGE_SIZE_OUT_OF_RANGE: a list cut short in silence looks like the whole of it. INVALID_CURSOR for a cursor
 * that this list never gave. INVALID_ARGUMENT for a negative size and for `first` and `last` together.
 */
export function readPage(args: PageArgs, order: Order): PageQuery {
  const isBackward = isBackwardPage(args);
  const after = readCursor('after', args.after, order);
  const before = readCursor('before', args.before, order);
  const conditions = [
    ...(after === null ? [] : [beyond(order, after, 'forward')]),
    ...(before === null ? [] : [beyond(order, before, 'backward')]),
  ];
  return {
    where: conditions.length === 0 ? {} : { AND: conditions },
    orderBy: order.keys.map((key) => sortBy(key, isBackward)),
    take: pageSize(args) + 1,
  };
}

/** The page out of the rows that its query found. */
export function toPage<TRow extends object>(rows: readonly TRow[], args: PageArgs, order: Order): Page<TRow> {
  const size = pageSize(args);
  const hasMore = rows.length > size;
  const isBackward = isBackwardPage(args);
  const kept = isBackward ? rows.slice(0, size).toReversed() : rows.slice(0, size);
  const edges = kept.map((node) => ({ cursor: formatCursor(node, order), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: (!isBackward && hasMore) || isSaid(args.before),
      hasPreviousPage: (isBackward && hasMore) || isSaid(args.after),
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function isSaid<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function isBackwardPage({ first, last }: PageArgs): boolean {
  return isSaid(last) && !isSaid(first);
}

function pageSize({ first, last }: PageArgs): number {
  if (isSaid(first) && isSaid(last)) throw refuse('INVALID_ARGUMENT', 'Ask for "first" or for "last", not for both.');
  for (const [argument, size] of Object.entries({ first, last })) {
    if (!isSaid(size)) continue;
    if (size < 0) throw refuse('INVALID_ARGUMENT', `"${argument}" must not be negative.`);
    if (size > MAX_PAGE_SIZE) {
      throw refuse(
        'PAGE_SIZE_OUT_OF_RANGE',
        `"${argument}" must be between 0 and ${MAX_PAGE_SIZE}; ask for more with further pages.`,
        { argument, max: MAX_PAGE_SIZE },
      );
    }
  }
  return first ?? last ?? MAX_PAGE_SIZE;
}

function refuse(code: string, message: string, details: Condition = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...details } });
}

/** Rows on the far side of a place in the order: equal in the first keys, and beyond in the next one. */
function beyond(order: Order, values: readonly SortValue[], towards: 'forward' | 'backward'): Condition {
  return {
    OR: order.keys.flatMap((key, index) => {
      const equal = order.keys.slice(0, index).map((earlier, n) => at(earlier, { equals: values[n] ?? null }));
      const value = values[index] ?? null;
      const ascends = (key.direction === 'asc') === (towards === 'forward');
      // Empty values come last, so beyond a value there may be empty ones, and beyond an empty one there is nothing.
      if (value === null) return towards === 'forward' ? [] : [{ AND: [...equal, at(key, { not: null })] }];
      const further = at(key, { [ascends ? 'gt' : 'lt']: value });
      const isFurther = key.nullable && towards === 'forward' ? { OR: [further, at(key, { equals: null })] } : further;
      return [{ AND: [...equal, isFurther] }];
    }),
  };
}

function at({ path }: SortKey, condition: Condition): Condition {
  return path.reduceRight<Condition>((inner, name) => ({ [name]: inner }), condition);
}

function sortBy(key: Order['keys'][number], isBackward: boolean): Condition {
  const sort = (key.direction === 'asc') === isBackward ? 'desc' : 'asc';
  const direction = key.nullable ? { sort, nulls: isBackward ? 'first' : 'last' } : sort;
  return key.path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), direction) as Condition;
}

function formatCursor(row: object, order: Order): string {
  const values = order.keys.map(({ path }) => {
    const value = path.reduce<unknown>((inner, name) => (inner as Condition)[name], row);
    return typeof value === 'bigint' ? String(value) : value;
  });
  return Buffer.from(JSON.stringify([order.tag, ...values])).toString('base64url');
}

/** Longest name that is ever in a cursor, with room for escapes. */
const MAX_CURSOR_LENGTH = 4000;

function readCursor(argument: string, cursor: string | null | undefined, order: Order): SortValue[] | null {
  if (!isSaid(cursor)) return null;
  const values = parseCursor(cursor, order);
  if (values !== null) return values;
  throw refuse('INVALID_CURSOR', `"${argument}" is no cursor of this list; take one from its edges or its pageInfo.`, {
    argument,
  });
}

function parseCursor(cursor: string, order: Order): SortValue[] | null {
  if (cursor.length > MAX_CURSOR_LENGTH) return null;
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== order.keys.length + 1 || parts[0] !== order.tag) return null;
  const values = order.keys.map((key, index) => parseValue(key, parts[index + 1]));
  return values.every((value) => value !== undefined) ? values : null;
}

/** Undefined for what such a key can never be. */
function parseValue({ kind, nullable }: SortKey, value: unknown): SortValue | undefined {
  if (value === null) return nullable ? null : undefined;
  switch (kind) {
    case 'text':
      return typeof value === 'string' && !value.includes('\0') ? value : undefined;
    case 'id':
      return typeof value === 'string' && isUuid(value) ? value : undefined;
    case 'number':
      return Number.isSafeInteger(value) && Math.abs(value as number) < 2 ** 31 ? (value as number) : undefined;
    case 'bigint':
      return typeof value === 'string' && /^-?\d{1,18}$/.test(value) ? BigInt(value) : undefined;
    case 'date': {
      const date = new Date(typeof value === 'string' ? value : Number.NaN);
      return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 1
        ? undefined
        : date;
    }
  }
}
