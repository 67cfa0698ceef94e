import type { MessageParams } from '#domain/message-params.ts';

export const IMPORT_FORMATS = ['ISC_DHCPD', 'KEA_JSON', 'CSV'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** What may be said of one value of a client, by the name it has here whatever the file calls it. */
export const IMPORT_FIELDS = [
  'name',
  'mac',
  'ip',
  'netiface',
  'serialNumber',
  'roomName',
  'groupName',
  'repositoryName',
  'firmware',
  'maintenance',
  'comments',
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/**
 * Everything that can be wrong with a file, with the parameters of its sentence. `value` is what was written, shortened
 * and without control characters.
 */
export const IMPORT_PROBLEM_CODES = [
  /** Of a value: none was given. No parameters. */
  'MISSING',
  /** Of a value: `max`, `value`. Of a whole CSV row: `max` alone, in bytes. */
  'TOO_LONG',
  /** Of a value: control characters or half a surrogate pair. `value`. */
  'BAD_CHARACTERS',
  /** Of a value: it holds U+FFFD, left by reading the text in the wrong encoding. `value`. */
  'BAD_ENCODING',
  /** Not a MAC address, or not one of a single machine. `value`. */
  'BAD_MAC',
  /** Not an IPv4 address, or not one that a machine can have. `value`. */
  'BAD_IP',
  /** A host name where an IPv4 address belongs. `value`. */
  'ADDRESS_IS_NAME',
  /** Several MAC or IP addresses in one host. `value`. */
  'SEVERAL_ADDRESSES',
  /** A hardware type other than ethernet, on `mac`. `value`. */
  'BAD_HARDWARE_TYPE',
  /** A host known by something else than its MAC address, on `mac`. `value` names what, as in the file. */
  'OTHER_IDENTIFIER',
  /** None of the values or types allowed there. `value`. */
  'BAD_VALUE',
  /** A CSV row with more or fewer cells than the header. `expected`, `found`. */
  'WRONG_CELL_COUNT',
  /** Nothing that can be read fits the text. No parameters. */
  'UNKNOWN_FORMAT',
  /** The file was read and describes no client. No parameters. */
  'NO_CLIENTS',
  /** Of the file: no parameters. Of a row: `line`, where in the row. */
  'SYNTAX_ERROR',
  /** Blocks nested deeper than `max`; reading stopped there. */
  'TOO_DEEP',
  /** More than `max` clients; reading stopped there. */
  'TOO_MANY_ROWS',
  /** A CSV header with more than `max` columns; no row is read. */
  'TOO_MANY_COLUMNS',
  /** A CSV file without the column `field`; no row is read. No parameters. */
  'MISSING_COLUMN',
  /** Two CSV columns that mean the same `field`; no row is read. `column`, the later of the two. */
  'DUPLICATE_COLUMN',
  /** Warning: a CSV column that nothing is done with. `column`. */
  'UNKNOWN_COLUMN',
  /** Warning: what another file holds is not read. `value`, its name. */
  'INCLUDE_NOT_FOLLOWED',
  /** A block without its closing brace. `value`, how it begins. */
  'UNCLOSED_BLOCK',
  /** A string or quoted cell without its closing quote. Of a row: `line`, where in the row. */
  'UNCLOSED_STRING',
  /** The same MAC or IP address as an earlier row. `line`, of that row. */
  'DUPLICATE_IN_FILE',
] as const;
export type ImportProblemCode = (typeof IMPORT_PROBLEM_CODES)[number];

export interface ImportProblem {
  code: ImportProblemCode;
  /** Null for the row or file as a whole. */
  field: ImportField | null;
  params: MessageParams;
}

export interface ImportFileProblem extends ImportProblem {
  line: number | null;
}

/** A client as the file describes it. A value with a problem is null; the problem's parameters say what was written. */
export interface ImportRow {
  /** 1-based, where the row begins in the text. */
  line: number;
  name: string | null;
  /** Upper case, with colons. */
  mac: string | null;
  ip: string | null;
  netiface: string | null;
  serialNumber: string | null;
  roomName: string | null;
  groupName: string | null;
  repositoryName: string | null;
  firmware: 'BIOS' | 'UEFI' | null;
  maintenance: boolean | null;
  comments: string | null;
  problems: readonly ImportProblem[];
}

/** What a reader of one format found. */
export interface ImportContent {
  rows: readonly ImportRow[];
  problems: readonly ImportFileProblem[];
  warnings: readonly ImportFileProblem[];
}

export interface ParsedImport extends ImportContent {
  /** Null when it was not given and nothing fits. */
  format: ImportFormat | null;
}

/** Far more clients than any center has, and few enough that a file of nothing but empty hosts stays small in memory. */
export const MAX_IMPORT_ROWS = 20_000;

/** Nested blocks beyond any real configuration. */
export const MAX_IMPORT_DEPTH = 100;

const MAX_PROBLEMS = 100;

/** Adds a problem, unless there are so many already that one more helps nobody. */
export function addProblem<T extends ImportProblem>(problems: T[], problem: T): void {
  if (problems.length < MAX_PROBLEMS) problems.push(problem);
}
