/** Whether PostgreSQL can hold a text at all: it has neither NUL nor halves of characters, so what has is in no row. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
