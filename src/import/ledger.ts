import type { MessageParams } from '#domain/message-params.ts';
import type { Change, ChangeCode, RefusalCode } from './outcome.ts';
import { KINDS } from './report.ts';
import type { Counts, Kind, Remark } from './report.ts';
import { reasonSentence } from './sentences.ts';

/** A row of theirs, as the report speaks of it. */
export interface RowLabel {
  kind: Kind;
  table: string;
  legacyId: string;
  name: string;
}

/** Keeps the books: what became of each row, and why. */
export interface Ledger {
  count: (kind: Kind, what: Exclude<keyof Counts, 'changed'>, rows?: number) => void;
  refuse: (row: RowLabel, code: RefusalCode, params: MessageParams) => Remark;
  /** A row that is not taken because another one is not. */
  refuseBecause: (row: RowLabel, cause: Remark, rows?: number) => void;
  change: (row: RowLabel, changes: readonly Change[]) => void;
  /** A reference to a row that was not taken: noted with that row. */
  loseReference: (row: RowLabel, column: string, cause: Remark) => void;
  /** A reference to a row that the dump does not have: noted once for all who refer to it. */
  missReference: (row: RowLabel, column: string, target: { table: string; id: string }) => void;
  close: () => { kinds: Record<Kind, Counts>; remarks: readonly Remark[] };
}

export function createLedger(): Ledger {
  const kinds = Object.fromEntries(
    KINDS.map((kind) => [kind, { found: 0, created: 0, alreadyHere: 0, changed: 0, notTaken: 0 }]),
  ) as Record<Kind, Counts>;
  const remarks: Remark[] = [];
  const missing = new Map<string, Remark>();
  const changed = new Set<string>();

  function remark(
    row: RowLabel,
    outcome: Remark['outcome'],
    code: RefusalCode | ChangeCode,
    params: MessageParams,
  ): Remark {
    const { kind, table, legacyId, name } = row;
    const [es, en] = [reasonSentence(code, params, 'es'), reasonSentence(code, params, 'en')];
    const added: Remark = { outcome, kind, table, legacyId, name, code, params, es, en, also: {} };
    remarks.push(added);
    return added;
  }
  const addTo = (cause: Remark, what: string, rows: number) => {
    cause.also[what] = (cause.also[what] ?? 0) + rows;
  };
  const markChanged = ({ kind, legacyId }: RowLabel) => {
    const key = `${kind} ${legacyId}`;
    if (!changed.has(key)) kinds[kind].changed += 1;
    changed.add(key);
  };

  return {
    count(kind, what, rows = 1) {
      kinds[kind][what] += rows;
    },
    refuse(row, code, params) {
      kinds[row.kind].notTaken += 1;
      return remark(row, 'NOT_TAKEN', code, params);
    },
    refuseBecause(row, cause, rows = 1) {
      kinds[row.kind].notTaken += rows;
      addTo(cause, row.table, rows);
    },
    change(row, changes) {
      if (changes.length > 0) markChanged(row);
      for (const { code, params } of changes) remark(row, 'CHANGED', code, params);
    },
    loseReference(row, column, cause) {
      markChanged(row);
      addTo(cause, `${row.table}.${column}`, 1);
    },
    missReference(row, column, target) {
      markChanged(row);
      const key = `${target.table} ${target.id}`;
      const known =
        missing.get(key) ??
        remark({ ...row, table: target.table, legacyId: target.id, name: '' }, 'CHANGED', 'REFERENCE_MISSING', {
          table: target.table,
          id: target.id,
        });
      missing.set(key, known);
      addTo(known, `${row.table}.${column}`, 1);
    },
    close: () => ({ kinds, remarks }),
  };
}
