import { createId } from '#lib/create-id.ts';
import { joinKey } from './find-existing.ts';
import type { Existing } from './find-existing.ts';
import type { Ledger, RowLabel } from './ledger.ts';
import { readId } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { isRefusal, refuse } from './outcome.ts';
import type { Outcome, Refusal } from './outcome.ts';
import type { Remark } from './report.ts';
import type { Writes } from './writes.ts';

/** How a row of theirs finds its place among ours. */
interface Placement<T> {
  row: RowLabel;
  /** What the row becomes, looked at only where it is not here yet; or the remark on the row that it cannot be without. */
  read: () => Outcome<T> | { because: Remark };
  /** The row of ours that is the same thing, by what it is known for. */
  match: (value: T) => string | undefined;
  /** Whether several rows of theirs may be the same thing. Where not, what one of them is another cannot be. */
  mayShare?: boolean;
  create: (value: T, id: string) => void;
}

/** Where a row ended; null where it was not taken. */
export type Placed = { how: 'created' | 'linked' | 'here'; id: string } | null;

export interface Placer {
  place: <T>(placement: Placement<T>) => Placed;
  /** Whether a row of ours stands for a row of this source already. */
  isClaimed: (id: string) => boolean;
  /** The row of ours, the remark on why there is none, or undefined where the dump has no such row. */
  find: (table: string, legacyId: string) => string | Remark | undefined;
  /** The row that another one cannot be without. */
  findOwner: (row: LegacyRow, column: string, table: string) => { id: string } | { because: Remark } | Refusal;
  /** A row that another one can be without; what is lost is noted. */
  findOptional: (row: LegacyRow, column: string, table: string, label: RowLabel) => string | null;
}

export interface PlacerOptions {
  existing: Existing;
  ledger: Ledger;
  writes: Writes;
  /** Whether what was brought before and deleted here since is brought again. */
  againDeleted: boolean;
}

/** Decides, row by row, what is here already, what is new and what is not taken; each row once, owners before what they own. */
export function createPlacer({ existing, ledger, writes, againDeleted }: PlacerOptions): Placer {
  const places = new Map<string, string | Remark>();
  const claimed = new Set(existing.imported.values());

  const find = (table: string, legacyId: string) => places.get(joinKey(table, legacyId));

  function settle(row: RowLabel, how: 'created' | 'linked', id: string): Placed {
    const { kind, table, legacyId } = row;
    places.set(joinKey(table, legacyId), id);
    claimed.add(id);
    if (existing.imported.has(joinKey(table, legacyId))) writes.forgotten.push({ table, legacyId });
    writes.imported.push({ table, legacyId, id });
    ledger.count(kind, how === 'created' ? 'created' : 'alreadyHere');
    return { how, id };
  }

  return {
    find,
    isClaimed: (id) => claimed.has(id),
    place({ row, read, match, mayShare = false, create }) {
      const key = joinKey(row.table, row.legacyId);
      ledger.count(row.kind, 'found');
      if (places.has(key)) {
        ledger.refuse(row, 'ALREADY_LISTED', {});
        return null;
      }
      const before = existing.imported.get(key);
      if (before !== undefined && existing.ids.has(before)) {
        places.set(key, before);
        ledger.count(row.kind, 'alreadyHere');
        return { how: 'here', id: before };
      }
      const outcome = read();
      if ('because' in outcome) {
        places.set(key, outcome.because);
        ledger.refuseBecause(row, outcome.because);
        return null;
      }
      if (isRefusal(outcome)) {
        places.set(key, ledger.refuse(row, outcome.refused, outcome.params));
        return null;
      }
      const same = match(outcome.value);
      if (same !== undefined && (mayShare || !claimed.has(same))) return settle(row, 'linked', same);
      if (before !== undefined && !againDeleted) {
        places.set(key, ledger.refuse(row, 'DELETED_HERE', {}));
        return null;
      }
      const id = createId();
      create(outcome.value, id);
      ledger.change(row, outcome.changes);
      return settle(row, 'created', id);
    },
    findOwner(row, column, table) {
      const legacyId = readId(row, column) ?? '0';
      const owner = find(table, legacyId);
      if (owner === undefined) return refuse('OWNER_MISSING', { table, id: legacyId });
      return typeof owner === 'string' ? { id: owner } : { because: owner };
    },
    findOptional(row, column, table, label) {
      const legacyId = readId(row, column);
      if (legacyId === null) return null;
      const target = find(table, legacyId);
      if (typeof target === 'string') return target;
      if (target === undefined) ledger.missReference(label, column, { table, id: legacyId });
      else ledger.loseReference(label, column, target);
      return null;
    },
  };
}
