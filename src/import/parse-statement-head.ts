import type { DumpToken } from './dump-tokens.ts';

/** What a line of CREATE TABLE begins with that is not a column. */
const NO_COLUMN = /^(primary|unique|key|index|fulltext|spatial|constraint|foreign|check|period)$/i;

/** The columns that a CREATE TABLE lists, in its order; null for a statement that lists none. */
export function parseColumns(tokens: readonly DumpToken[]): { table: string; columns: readonly string[] } | null {
  const open = tokens.findIndex((token) => isMark(token, '('));
  const table = nameOf(tokens[open - 1]);
  const isTable = tokens.slice(1, 3).some((token) => token.kind === 'word' && /^table$/i.test(token.text));
  if (!isTable || open < 0 || table === null) return null;
  const columns: string[] = [];
  let depth = 0;
  let isFirst = false;
  for (const token of tokens.slice(open)) {
    if (isMark(token, '(')) {
      depth += 1;
      isFirst = depth === 1;
    } else if (isMark(token, ')')) {
      depth -= 1;
      if (depth === 0) break;
    } else if (depth === 1) {
      const name = nameOf(token);
      if (isFirst && name !== null && (token.kind === 'name' || !NO_COLUMN.test(name))) columns.push(name);
      isFirst = isMark(token, ',');
    }
  }
  return columns.length === 0 ? null : { table, columns };
}

/** What stands before the VALUES of an INSERT; columns are null where it lists none. */
export function parseInsertHead(
  tokens: readonly DumpToken[],
): { table: string; columns: readonly string[] | null } | null {
  const open = tokens.findIndex((token) => isMark(token, '('));
  const table = nameOf(open < 0 ? tokens.at(-1) : tokens[open - 1]);
  if (table === null || tokens.length < 2) return null;
  if (open < 0) return { table, columns: null };
  return { table, columns: tokens.slice(open).flatMap((token) => nameOf(token) ?? []) };
}

function isMark(token: DumpToken, text: string): boolean {
  return token.kind === 'mark' && token.text === text;
}

/** A bare `database.table` is one word, a quoted one is two names and a point. */
function nameOf(token: DumpToken | undefined): string | null {
  if (token?.kind === 'name') return token.text;
  return token?.kind === 'word' ? (token.text.split('.').at(-1) ?? null) : null;
}
