import type { Placer } from './create-placer.ts';
import type { Existing } from './find-existing.ts';
import type { Ledger, RowLabel } from './ledger.ts';
import { readId, readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import type { LegacyDump } from './read-dump.ts';
import type { Kind } from './report.ts';
import type { Writes } from './writes.ts';

/** What every part of the plan works with. */
export interface Planning {
  dump: LegacyDump;
  existing: Existing;
  ledger: Ledger;
  placer: Placer;
  writes: Writes;
  /** Our id of what owns a row: the center of a group of rooms, the room of a client or of a group of clients. */
  owners: Map<string, string>;
}

/** Who makes the rows, as the record has it. */
export const CREATED_BY = 'import';

export interface LabelColumns {
  kind: Kind;
  table: string;
  id: string;
  name: string;
}

export function labelRow(row: LegacyRow, { kind, table, id, name }: LabelColumns): RowLabel {
  return {
    kind,
    table,
    legacyId: readId(row, id) ?? row.get(id) ?? '',
    name: (readText(row, name) ?? '').slice(0, 100),
  };
}

/** Rows by the id in one of their columns. */
export function groupRows(rows: readonly LegacyRow[], column: string): ReadonlyMap<string, readonly LegacyRow[]> {
  return Map.groupBy(rows, (row) => readId(row, column) ?? '0');
}

/**
 * Rows in an order in which each comes after its parent.
 *
 * Where rows are inside one another in a circle, one of them is said to be `inCircle` and comes first: without a parent.
 */
export function parentsFirst(
  rows: readonly LegacyRow[],
  idColumn: string,
  parentColumn: string,
): { row: LegacyRow; inCircle: boolean }[] {
  const byId = new Map(rows.map((row) => [readId(row, idColumn) ?? '', row]));
  const placed = new Set<LegacyRow>();
  const ordered: { row: LegacyRow; inCircle: boolean }[] = [];
  for (const row of rows) {
    const chain = new Set<LegacyRow>();
    let current: LegacyRow | undefined = row;
    while (current !== undefined && !placed.has(current) && !chain.has(current)) {
      chain.add(current);
      current = byId.get(readId(current, parentColumn) ?? '0');
    }
    const isCircle = current !== undefined && chain.has(current);
    for (const [index, each] of [...chain].toReversed().entries()) {
      placed.add(each);
      ordered.push({ row: each, inCircle: isCircle && index === 0 });
    }
  }
  return ordered;
}
