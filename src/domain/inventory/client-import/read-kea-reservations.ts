import { visit } from 'jsonc-parser';
import { blankHashComments } from './blank-hash-comments.ts';
import { MAX_IMPORT_DEPTH, MAX_IMPORT_ROWS, addProblem } from './parsed-import.ts';
import type {
  ImportContent,
  ImportField,
  ImportFileProblem,
  ImportProblem,
  ImportProblemCode,
  ImportRow,
} from './parsed-import.ts';
import { firstLabel, quoteValue, toImportRow } from './to-import-row.ts';
import type { RawValues } from './to-import-row.ts';

/**
 * What a value of the JSON is. `top` is the outermost value, which may be a reservation, something that holds some, or
 * an array of either; `scope` holds lists under the keys of LISTS.
 */
type Role = 'top' | 'scope' | 'scopes' | 'reservations' | 'reservation' | 'other';
type Literal = string | number | boolean | null;

interface Reservation {
  line: number;
  values: Map<string, Literal>;
  /** Keys whose values are objects or arrays. */
  nested: Set<string>;
}

interface Frame {
  role: Role;
  key: string;
  reservation: Reservation | null;
}

const SCOPES = new Set(['Dhcp4', 'arguments']);
const LISTS: ReadonlyMap<string, Role> = new Map([
  ['reservations', 'reservations'],
  ['hosts', 'reservations'],
  ['subnet4', 'scopes'],
  ['shared-networks', 'scopes'],
]);
const FIELDS: ReadonlyMap<string, ImportField> = new Map([
  ['hostname', 'name'],
  ['hw-address', 'mac'],
  ['ip-address', 'ip'],
]);
const IDENTIFIERS = ['duid', 'client-id', 'circuit-id', 'flex-id'];
const KEYS = new Set([...FIELDS.keys(), ...IDENTIFIERS]);

/** Ends the reading from inside the parser, which would go on, and deeper, after a mistake. */
class ReadingEnded extends Error {}

function findRole({ role, key }: Frame, isArray: boolean): Role {
  if (role === 'scope' || (role === 'top' && key !== '')) {
    if (isArray) return LISTS.get(key) ?? 'other';
    return SCOPES.has(key) ? 'scope' : 'other';
  }
  if (isArray) return 'other';
  if (role === 'top') return 'top';
  if (role === 'scopes') return 'scope';
  return role === 'reservations' ? 'reservation' : 'other';
}

function toRow({ line, values, nested }: Reservation): ImportRow {
  const problems: ImportProblem[] = [];
  const raw: RawValues = {};
  for (const [key, field] of FIELDS) {
    const value = values.get(key) ?? '';
    if (typeof value === 'string') raw[field] = key === 'hostname' ? firstLabel(value) : value;
    if (typeof value !== 'string' || nested.has(key)) {
      const params = { value: nested.has(key) ? key : quoteValue(String(value)) };
      addProblem(problems, { code: 'BAD_VALUE', field, params });
    }
  }
  const identifier = IDENTIFIERS.find((key) => values.has(key));
  if (identifier !== undefined && (raw.mac ?? '').trim() === '') {
    addProblem(problems, { code: 'OTHER_IDENTIFIER', field: 'mac', params: { value: identifier } });
  }
  return toImportRow({ line, raw, problems });
}

/**
 * The reservations of Kea's DHCPv4 server in any of the forms in which Kea gives or takes them. Reading ends at the
 * first mistake in the syntax, since what follows it could be read in the wrong place; what stood before is kept.
 */
export function readKeaReservations(text: string): ImportContent {
  const rows: ImportRow[] = [];
  const problems: ImportFileProblem[] = [];
  const frames: Frame[] = [];

  function end(code: ImportProblemCode, line: number, params: ImportProblem['params'] = {}): never {
    problems.push({ code, field: null, params, line });
    throw new ReadingEnded();
  }
  function addRow(row: ImportRow): void {
    if (rows.length === MAX_IMPORT_ROWS) end('TOO_MANY_ROWS', row.line, { max: MAX_IMPORT_ROWS });
    rows.push(row);
  }
  function begin(isArray: boolean, line: number): void {
    if (frames.length === MAX_IMPORT_DEPTH) end('TOO_DEEP', line, { max: MAX_IMPORT_DEPTH });
    const parent = frames.at(-1);
    const role = parent === undefined ? 'top' : findRole(parent, isArray);
    if (parent?.reservation && KEYS.has(parent.key)) parent.reservation.nested.add(parent.key);
    const mayBeOne = !isArray && (role === 'reservation' || role === 'top');
    frames.push({ role, key: '', reservation: mayBeOne ? { line, values: new Map(), nested: new Set() } : null });
  }

  function finish(): void {
    const frame = frames.pop();
    if (!frame?.reservation) return;
    const { values, nested } = frame.reservation;
    if (frame.role === 'reservation' || values.size + nested.size > 0) addRow(toRow(frame.reservation));
  }

  try {
    visit(
      blankHashComments(text),
      {
        onError: (_error, _offset, _length, line) => end('SYNTAX_ERROR', line + 1),
        onObjectBegin: (_offset, _length, line) => begin(false, line + 1),
        onArrayBegin: (_offset, _length, line) => begin(true, line + 1),
        onObjectEnd: finish,
        onArrayEnd: finish,
        onObjectProperty: (key) => {
          const frame = frames.at(-1);
          if (frame !== undefined) frame.key = key;
        },
        onLiteralValue: (value: Literal, _offset, _length, line) => {
          const frame = frames.at(-1);
          if (frame?.reservation && KEYS.has(frame.key)) frame.reservation.values.set(frame.key, value);
          if (frame?.role === 'reservations') {
            const problem: ImportProblem = {
              code: 'BAD_VALUE',
              field: null,
              params: { value: quoteValue(`${value}`) },
            };
            addRow(toImportRow({ line: line + 1, raw: {}, problems: [problem], reliable: false }));
          }
        },
      },
      { allowTrailingComma: true },
    );
  } catch (error) {
    if (!(error instanceof ReadingEnded)) throw error;
  }
  return { rows, problems, warnings: [] };
}
