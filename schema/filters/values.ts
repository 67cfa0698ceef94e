import { isStorable } from '#lib/storable-text.ts';

/** The text for `contains`, which goes into a LIKE as it is; null for one that is in no row. */
export function toPattern(text: string): string | null {
  return isStorable(text) ? text.replaceAll(/[\\%_]/g, String.raw`\$&`) : null;
}

// DateTime knows the year 0, and by its offset 10000: PostgreSQL has neither, and no row is so old or so new.
const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** An instant that can be compared with those of rows. */
export function readDate(at: Date): Date {
  return new Date(Math.min(Math.max(at.getTime(), FIRST_INSTANT), LAST_INSTANT));
}
