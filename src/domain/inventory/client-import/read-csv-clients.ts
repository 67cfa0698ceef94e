import { CsvError, parse } from 'csv-parse/sync';
import { toImportFields } from './csv-columns.ts';
import { MAX_IMPORT_ROWS, addProblem } from './parsed-import.ts';
import type { ImportContent, ImportField, ImportFileProblem, ImportRow } from './parsed-import.ts';
import { quoteValue, toImportRow } from './to-import-row.ts';
import type { RawValues } from './to-import-row.ts';

const DELIMITERS = [',', ';', '\t'];
const REQUIRED = ['name', 'mac', 'ip'] as const;
/** A row is far shorter; without a limit a quote that is never closed would make one cell of the rest of the file. */
const MAX_ROW_BYTES = 16_384;
const MAX_COLUMNS = 200;
/** Spreadsheets can begin a file by naming its delimiter. */
const DELIMITER_LINE = /^sep=([,;\t|])(?=\n|$)/i;

const LINE_END = 0x0a;
const QUOTE = 0x22;

interface CsvRecord {
  line: number;
  cells: readonly string[];
}

interface CsvRecords {
  records: readonly CsvRecord[];
  problem: ImportFileProblem | null;
}

/** The first rows of a file that have something in them. A mistake ends the reading and keeps what stood before it. */
function readRecords(text: string, delimiter: string, limit: number): CsvRecords {
  const bytes = Buffer.from(text);
  const records: CsvRecord[] = [];
  let line = 1;
  let position = 0;

  function moveTo(end: number): void {
    for (; position < end; position += 1) if (bytes[position] === LINE_END) line += 1;
  }
  /** The parser skips only lines of spaces, so that the next row begins where something else stands. */
  function moveToNextRow(): void {
    let start = position;
    while (start < bytes.length && (bytes[start] ?? 0) <= 0x20) start += 1;
    moveTo(start);
  }

  try {
    parse(bytes, {
      delimiter,
      record_delimiter: '\n',
      ltrim: true,
      relax_column_count: true,
      // Relaxed, a misplaced quote costs time for the size of the largest cell so far: minutes, for a file made of them.
      relax_quotes: false,
      skip_empty_lines: true,
      max_record_size: MAX_ROW_BYTES,
      on_record: (cells: string[], { bytes: end }) => {
        moveToNextRow();
        if (records.length < limit && cells.some((cell) => cell.trim() !== '')) records.push({ line, cells });
        moveTo(end);
        return null;
      },
    });
    return { records, problem: null };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    moveToNextRow();
    return { records, problem: toProblem(error, bytes.subarray(position, position + MAX_ROW_BYTES), line) };
  }
}

function toProblem({ code }: CsvError, row: Uint8Array, line: number): ImportFileProblem {
  const isTooLong = code === 'CSV_MAX_RECORD_SIZE';
  // An odd quote in a row without end is the one that was not closed.
  if (code === 'CSV_QUOTE_NOT_CLOSED' || (isTooLong && row.filter((byte) => byte === QUOTE).length % 2 === 1)) {
    return { code: 'UNCLOSED_STRING', field: null, params: {}, line };
  }
  if (isTooLong) return { code: 'TOO_LONG', field: null, params: { max: MAX_ROW_BYTES }, line };
  return { code: 'SYNTAX_ERROR', field: null, params: {}, line };
}

interface CsvHeader {
  delimiter: string;
  /** How many of its columns mean something to us. */
  known: number;
}

/** The delimiter that makes most sense of the first row. */
export function readCsvHeader(text: string): CsvHeader {
  const named = DELIMITER_LINE.exec(text)?.[1];
  const start = named === undefined ? text : text.replace(DELIMITER_LINE, '');
  const head = start.slice(start.search(/\S/)).slice(0, MAX_ROW_BYTES);
  const candidates = (named === undefined ? DELIMITERS : [named]).map((delimiter) => {
    const cells = readRecords(head, delimiter, 1).records[0]?.cells ?? [];
    return { delimiter, known: toImportFields(cells).filter((field) => field !== null).length, cells: cells.length };
  });
  const [best = { delimiter: ',', known: 0 }] = candidates.toSorted((a, b) => b.known - a.known || b.cells - a.cells);
  return best;
}

function findColumnProblems({ line, cells }: CsvRecord, fields: readonly (ImportField | null)[]): ImportContent {
  const problems: ImportFileProblem[] = [];
  const warnings: ImportFileProblem[] = [];
  if (cells.length > MAX_COLUMNS) {
    problems.push({ code: 'TOO_MANY_COLUMNS', field: null, params: { max: MAX_COLUMNS }, line });
    return { rows: [], problems, warnings };
  }
  for (const field of REQUIRED) {
    if (!fields.includes(field)) problems.push({ code: 'MISSING_COLUMN', field, params: {}, line });
  }
  for (const [index, cell] of cells.entries()) {
    const field = fields[index] ?? null;
    const column = quoteValue(cell);
    if (field !== null && fields.indexOf(field) < index) {
      addProblem(problems, { code: 'DUPLICATE_COLUMN', field, params: { column }, line });
    }
    if (field === null && column !== '') {
      addProblem(warnings, { code: 'UNKNOWN_COLUMN', field: null, params: { column }, line });
    }
  }
  return { rows: [], problems, warnings };
}

function toRow({ line, cells }: CsvRecord, fields: readonly (ImportField | null)[]): ImportRow {
  const raw: RawValues = {};
  for (const [index, field] of fields.entries()) if (field !== null) raw[field] = cells[index] ?? '';
  if (cells.length === fields.length) return toImportRow({ line, raw });
  const params = { expected: fields.length, found: cells.length };
  return toImportRow({ line, raw, problems: [{ code: 'WRONG_CELL_COUNT', field: null, params }], reliable: false });
}

/**
 * The clients of a CSV file with a header, one a row. Without the columns that every client needs, or with two for the
 * same thing, there is no telling what the rows say, and none is read.
 */
export function readCsvClients(text: string): ImportContent {
  const { delimiter } = readCsvHeader(text);
  const { records, problem } = readRecords(text.replace(DELIMITER_LINE, ''), delimiter, MAX_IMPORT_ROWS + 2);
  const [header, ...others] = records;
  if (header === undefined) return { rows: [], problems: problem === null ? [] : [problem], warnings: [] };

  const fields = toImportFields(header.cells.slice(0, MAX_COLUMNS));
  const { problems: columnProblems, warnings } = findColumnProblems(header, fields);
  if (columnProblems.length > 0) return { rows: [], problems: columnProblems, warnings };

  const problems = problem === null ? [] : [problem];
  const extra = others[MAX_IMPORT_ROWS];
  if (extra !== undefined) {
    problems.push({ code: 'TOO_MANY_ROWS', field: null, params: { max: MAX_IMPORT_ROWS }, line: extra.line });
  }
  return { rows: others.slice(0, MAX_IMPORT_ROWS).map((record) => toRow(record, fields)), problems, warnings };
}
