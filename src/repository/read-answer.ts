/** A JSON object of somebody else's. */
export type Fields = Readonly<Record<string, unknown>>;

const MAX_TEXT_LENGTH = 200;

/** The value as an object, also where it is one written as text; null for anything else. */
export function readRecord(value: unknown): Fields | null {
  if (typeof value === 'string' && value.trimStart().startsWith('{')) {
    try {
      return readRecord(JSON.parse(value) as unknown);
    } catch {
      return null;
    }
  }
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : null;
}

/** A list of objects and of nothing else; null for anything else. */
export function readList(value: unknown): Fields[] | null {
  if (!Array.isArray(value)) return null;
  const items = (value as unknown[]).map(readRecord);
  return items.includes(null) ? null : items.filter((item) => item !== null);
}

/** The first of these keys that holds text or a number, as one short line; null where none does, or it is empty. */
export function readText(fields: Fields, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const text = toCleanLine(String(value));
    if (text !== '') return text;
  }
  return null;
}

/** The first of these keys that holds a number of zero or more, as such or as text; `12.5%` and `9000` alike. */
export function readNumber(fields: Fields, ...keys: readonly string[]): number | null {
  const text = readText(fields, ...keys);
  const [, digits] = /^(\d{1,15}(?:[.,]\d+)?)\s*%?$/.exec(text ?? '') ?? [];
  return digits === undefined ? null : Number(digits.replace(',', '.'));
}

/** Somebody else's words, cut to one short line that can be logged, stored and shown. */
export function toCleanLine(text: string): string {
  const line = text
    .slice(0, 4 * MAX_TEXT_LENGTH)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  return line.slice(0, MAX_TEXT_LENGTH).toWellFormed();
}
