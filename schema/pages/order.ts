/** What a row is sorted by, as a cursor says it. */
export type SortValue = string | number | bigint | Date | null;

type Direction = 'asc' | 'desc';
type ValueKind = 'text' | 'id' | 'number' | 'bigint' | 'date';

/** One thing that rows are sorted by: a column, or a column of a row they belong to. */
export interface SortKey {
  kind: ValueKind;
  /** Whether it can be empty; empty ones come last, whatever the direction. */
  nullable: boolean;
  /** From the row inwards: `['name']`, `['image', 'name']`. */
  path: readonly [string, ...string[]];
}

/** A total order: its last key is unique, so that no page repeats or skips a row. */
export interface Order {
  /** Tells cursors of one order from those of another. */
  tag: string;
  keys: readonly (SortKey & { direction: Direction })[];
}

const ID: SortKey = { kind: 'id', nullable: false, path: ['id'] };

/** Sorted by one key, and by id among equals. */
export function orderBy(key: SortKey, direction: Direction = 'asc'): Order {
  return {
    tag: `${direction === 'asc' ? '' : '-'}${key.path.join('.')}`,
    keys: [
      { ...key, direction },
      { ...ID, direction },
    ],
  };
}

/** Sorted by the id alone; ids are time-ordered, so that is the order of creation. */
function orderById(direction: Direction): Order {
  return { tag: direction === 'asc' ? 'id' : '-id', keys: [{ ...ID, direction }] };
}

/** A text column that is never empty. */
export function text(...path: readonly [string, ...string[]]): SortKey {
  return { kind: 'text', nullable: false, path };
}

export const byName: Order = orderBy(text('name'));
export const newestFirst: Order = orderById('desc');
export const oldestFirst: Order = orderById('asc');

/** The event log's own order. */
export const bySequence: Order = {
  tag: 'seq',
  keys: [{ kind: 'bigint', nullable: false, path: ['seq'], direction: 'asc' }],
};
