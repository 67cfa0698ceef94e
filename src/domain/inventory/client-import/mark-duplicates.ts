import type { ImportProblem, ImportRow } from './parsed-import.ts';

/** The same rows, where each with the MAC or IP address of an earlier one says so, and where that one is. */
export function markDuplicates(rows: readonly ImportRow[]): readonly ImportRow[] {
  const firstLines = { mac: new Map<string, number>(), ip: new Map<string, number>() };
  return rows.map((row) => {
    const problems: ImportProblem[] = [];
    for (const field of ['mac', 'ip'] as const) {
      const value = row[field];
      if (value !== null) {
        const line = firstLines[field].get(value);
        if (line === undefined) firstLines[field].set(value, row.line);
        else problems.push({ code: 'DUPLICATE_IN_FILE', field, params: { line } });
      }
    }
    return problems.length === 0 ? row : { ...row, problems: [...row.problems, ...problems] };
  });
}
