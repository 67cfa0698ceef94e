/** One row of the older database: text by column, null for NULL and for a column that this version of it does not have. */
export interface LegacyRow {
  get: (column: string) => string | null;
  has: (column: string) => boolean;
}

export function createRow(columns: ReadonlyMap<string, number>, values: readonly (string | null)[]): LegacyRow {
  return {
    get: (column) => values[columns.get(column) ?? -1] ?? null,
    has: (column) => columns.has(column),
  };
}

/** Text with nothing around it that is not seen; null where nothing is left. NUL fits into no text of ours. */
export function readText(row: LegacyRow, column: string): string | null {
  return row.get(column)?.replaceAll('\0', '').trim() || null;
}

/** Null where it is not a whole number. */
export function readInteger(row: LegacyRow, column: string): number | null {
  const text = row.get(column)?.trim() ?? '';
  return /^-?\d{1,15}$/.test(text) ? Number(text) : null;
}

/** A number that counts something: null where it is none, nothing or less. */
export function readPositive(row: LegacyRow, column: string): number | null {
  const number = readInteger(row, column);
  return number === null || number < 1 ? null : number;
}

/** An identifier in its shortest form; null for none, which is written as 0 too. */
export function readId(row: LegacyRow, column: string): string | null {
  const number = readPositive(row, column);
  return number === null ? null : String(number);
}

export function readFlag(row: LegacyRow, column: string): boolean {
  return readPositive(row, column) !== null;
}

/** An instant as the clock on that server's wall showed it, which is taken for the clock of this machine. */
export function readLocalTime(row: LegacyRow, column: string): Date | null {
  const [, year = '', month = '', day = '', hours = '0', minutes = '0', seconds = '0'] =
    /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d))?/.exec(row.get(column) ?? '') ?? [];
  const [y, mo, d] = [Number(year), Number(month), Number(day)];
  if (y < 1971 || mo < 1 || mo > 12 || d < 1 || d > 31) return null;
  return new Date(y, mo - 1, d, Number(hours), Number(minutes), Number(seconds));
}
