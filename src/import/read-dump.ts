import { createTextDecoder, createUtf8Watch } from './decode-bytes.ts';
import { createDumpTokenizer } from './dump-tokens.ts';
import type { DumpToken } from './dump-tokens.ts';
import { ImportError } from './errors.ts';
import { createRow } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { parseColumns, parseInsertHead } from './parse-statement-head.ts';

/** What is kept of a dump. */
export interface LegacyDump {
  /** Name of the database it was made of; null where the dump does not say. */
  database: string | null;
  /** Rows of the tables that were asked for. */
  rows: (table: string) => readonly LegacyRow[];
  /** How many rows each table has, those that were not asked for too. */
  rowCounts: ReadonlyMap<string, number>;
  /** Rows with more or fewer values than their table has columns, by table. They are not among the rows. */
  malformed: ReadonlyMap<string, number>;
}

export interface DumpReader {
  push: (bytes: Buffer) => void;
  /**
   * @param database which one to take where the dump holds several.
   * @throws {ImportError} where it is no dump of OpenGnsys, or one that was cut.
   */
  finish: (database?: string) => LegacyDump;
}

interface StoredTable {
  columns: readonly string[] | null;
  rowCount: number;
  malformed: number;
  rows: { columns: ReadonlyMap<string, number>; values: (string | null)[] }[];
}

type State = 'start' | 'head' | 'skip' | 'line' | 'delimiter' | 'values' | 'row';

/** Without one of these it is no database of OpenGnsys. */
const SIGNATURE = ['ordenadores', 'aulas', 'centros'];
/** A statement that has not said what it is by then is none that matters. */
const MAX_HEAD = 5000;
/** Words that programs write into a dump by mistake when their warnings are redirected too; the line is theirs alone. */
const PROGRAMS = /^(mysqldump|mariadb|warning|enter)$/i;
const NO_TOKEN: DumpToken = { kind: 'end' };
const BYTE_ORDER_MARK = '\u00EF\u00BB\u00BF';

/** Reads a dump of mysqldump or phpMyAdmin as it comes; only the rows of the tables in `keep` stay in memory. */
export function createDumpReader(keep: ReadonlySet<string>): DumpReader {
  const databases = new Map<string, Map<string, StoredTable>>();
  const utf8 = createUtf8Watch();
  const tokenizer = createDumpTokenizer(hearComment);
  let isFirst = true;
  let database: string | null = null;
  let charset: string | null = null;
  let promisesEnd = false;
  let hasEnd = false;

  let state: State = 'start';
  let head: DumpToken[] = [];
  let table = '';
  let columns: ReadonlyMap<string, number> | null = null;
  let row: (string | null)[] = [];
  let value: string | null | undefined;
  let isHex = false;
  let depth = 0;
  let expectsRow = false;

  function hearComment(text: string): void {
    database ??= /(?:Database|Base de datos): ?[`']?([\w$-]+)/.exec(text)?.[1] ?? null;
    if (/^\s*(MySQL|MariaDB) dump/.test(text)) promisesEnd = true;
    if (/^\s*Dump completed/.test(text)) hasEnd = true;
  }

  function tableNamed(name: string): StoredTable {
    const tables = databases.get(database ?? '') ?? new Map<string, StoredTable>();
    databases.set(database ?? '', tables);
    const stored = tables.get(name) ?? { columns: null, rowCount: 0, malformed: 0, rows: [] };
    tables.set(name, stored);
    return stored;
  }

  function read(): void {
    for (;;) {
      if (state === 'line' || state === 'delimiter') {
        const line = tokenizer.takeLine();
        if (line === undefined) return;
        if (state === 'delimiter') tokenizer.setDelimiter(line.trim().replaceAll(/^['"]|['"]$/g, '') || ';');
        state = 'start';
        continue;
      }
      const token = tokenizer.next();
      if (token === undefined) return;
      take(token);
    }
  }

  function take(token: DumpToken): void {
    if (state === 'row') takeValue(token);
    else if (token.kind === 'end') {
      if (state === 'head') takeHead();
      state = 'start';
    } else if (state === 'start') startStatement(token);
    else if (state === 'head') {
      if (head[0]?.kind === 'word' && /^(insert|replace)$/i.test(head[0].text) && isWord(token, /^values?$/i)) {
        startValues();
      } else if (head.push(token) > MAX_HEAD) state = 'skip';
    } else if (state === 'values') {
      expectsRow = true;
      if (token.kind === 'mark' && token.text === '(') {
        state = 'row';
        row = [];
        value = undefined;
        depth = 0;
      } else if (token.kind !== 'mark') state = 'skip';
    }
  }

  function startStatement(token: DumpToken): void {
    head = [token];
    if (isWord(token, /^(create|insert|replace|set|use)$/i)) state = 'head';
    else if (isWord(token, /^delimiter$/i)) state = 'delimiter';
    else state = isWord(token, PROGRAMS) ? 'line' : 'skip';
  }

  function takeHead(): void {
    const words = head.map((token) => (token.kind === 'end' ? '' : token.text));
    const [first = '', second = ''] = words.map((text) => text.toLowerCase());
    if (first === 'use') database = words[1] ?? null;
    else if (first === 'set' && second === 'names') charset = words[2] ?? null;
    else if (first === 'create') {
      const created = parseColumns(head);
      // A table that is created again begins anew.
      if (created !== null) {
        Object.assign(tableNamed(created.table), { columns: created.columns, rowCount: 0, malformed: 0, rows: [] });
      }
    }
  }

  function startValues(): void {
    const insert = parseInsertHead(head);
    state = insert === null ? 'skip' : 'values';
    expectsRow = true;
    if (insert === null) return;
    table = insert.table;
    const names = insert.columns ?? tableNamed(table).columns;
    columns = names === null ? null : new Map(names.map((name, index) => [name, index]));
  }

  function takeValue(token: DumpToken): void {
    if (token.kind === 'end') {
      // A statement does not end within a row: something was lost, and the next statement is a new beginning.
      tableNamed(table).malformed += 1;
      state = 'start';
    } else if (depth > 0) {
      if (token.kind === 'mark') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    } else if (token.kind === 'text') {
      value = isHex ? fromHex(token.text) : (value ?? '') + token.text;
      isHex = false;
    } else if (token.kind === 'word') takeWord(token.text);
    else if (token.text === '(') {
      // What a function would give is for a server to say.
      depth = 1;
      value = null;
    } else if (token.text === ',' || token.text === ')') {
      row.push(value ?? null);
      value = undefined;
      if (token.text === ')') endRow();
    }
  }

  function takeWord(word: string): void {
    if (/^x$/i.test(word)) isHex = true;
    else if (/^0x[\da-f]+$/i.test(word)) value = fromHex(word.slice(2));
    else if (!/^(_\w+|n|b)$/i.test(word)) value = /^null$/i.test(word) ? null : word;
  }

  function endRow(): void {
    state = 'values';
    expectsRow = false;
    const stored = tableNamed(table);
    stored.rowCount += 1;
    if (!keep.has(table)) return;
    if (columns === null) throw new ImportError('COLUMNS_UNKNOWN', { table });
    if (row.length === columns.size) stored.rows.push({ columns, values: row });
    else stored.malformed += 1;
  }

  function choose(wanted: string | undefined): string {
    const names = [...databases]
      .filter(([, tables]) => SIGNATURE.some((name) => tables.has(name)))
      .map(([name]) => name);
    if (wanted !== undefined && names.length > 1) {
      if (names.includes(wanted)) return wanted;
      throw new ImportError('NO_SUCH_DATABASE', { database: wanted, names: names.join(', ') });
    }
    const [name] = names;
    if (name === undefined) throw new ImportError('NOT_A_DUMP');
    if (names.length > 1) throw new ImportError('SEVERAL_DATABASES', { names: names.join(', ') });
    return name;
  }

  /** A part of a dump is worse than none: what it lacks would be missed in rows that are then left as they are. */
  function isCut(): boolean {
    const isStatementCut =
      state === 'row' ||
      (state === 'values' && expectsRow) ||
      (state === 'head' && !isWord(head[0] ?? NO_TOKEN, /^(set|use)$/i));
    return !tokenizer.isDone() || isStatementCut;
  }

  return {
    push(bytes) {
      utf8.push(bytes);
      let text = bytes.toString('latin1');
      if (isFirst && text.startsWith(BYTE_ORDER_MARK)) text = text.slice(BYTE_ORDER_MARK.length);
      isFirst = false;
      tokenizer.push(text);
      read();
    },
    finish(wanted) {
      tokenizer.finish();
      read();
      if (promisesEnd && !hasEnd) throw new ImportError('DUMP_CUT');
      const name = choose(wanted);
      if (isCut()) throw new ImportError('DUMP_CUT');
      const decode = createTextDecoder(utf8.isUtf8(), charset);
      const tables = [...(databases.get(name) ?? [])];
      const rows = new Map(
        tables.map(([key, stored]) => [
          key,
          stored.rows.map((each) =>
            createRow(
              each.columns,
              each.values.map((bytes) => (bytes === null ? null : decode(bytes))),
            ),
          ),
        ]),
      );
      return {
        database: name || null,
        rows: (key) => rows.get(key) ?? [],
        rowCounts: new Map(tables.map(([key, stored]) => [key, stored.rowCount])),
        malformed: new Map(
          tables.filter(([, { malformed }]) => malformed > 0).map(([key, stored]) => [key, stored.malformed]),
        ),
      };
    },
  };
}

function isWord(token: DumpToken, pattern: RegExp): boolean {
  return token.kind === 'word' && pattern.test(token.text);
}

function fromHex(digits: string): string {
  return Buffer.from(digits, 'hex').toString('latin1');
}
