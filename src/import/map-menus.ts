import { readInteger, readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { refuse } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { cleanName, createValueReader, parseLine } from './read-values.ts';

export interface MenuValues {
  name: string;
  description: string | null;
  resolution: string | null;
  publicUrl: string | null;
  privateUrl: string | null;
  comments: string | null;
}

export interface CommandValues {
  name: string;
  script: string;
  comments: string | null;
}

const RUN_SCRIPT = 'EjecutarScript';
/** The fields of an action are `key=value` with a carriage return behind each. */
const FIELD = /^([a-z]{3})=(.*)$/s;

/** A row of `menus`: what it is and where its pages are. The actions it offers have no counterpart. */
export function mapMenu(row: LegacyRow): Outcome<MenuValues> {
  const { name, changes } = cleanName(readText(row, 'descripcion') ?? readText(row, 'titulo'));
  if (name === null) return refuse('NAME_EMPTY');
  const values = createValueReader(row);
  const title = readText(row, 'titulo');
  const value: MenuValues = {
    name,
    description: title === name ? null : title,
    resolution: values.read('resolucion', parseLine),
    publicUrl: values.read('htmlmenupub', parseLine),
    privateUrl: values.read('htmlmenupri', parseLine),
    comments: readText(row, 'comentarios'),
  };
  return { value, changes: [...changes, ...values.changes] };
}

/**
 * A row of `procedimientos` as a command, where its one step is a script.
 *
 * @param steps its rows of `procedimientos_acciones`.
 */
export function mapProcedure(row: LegacyRow, steps: readonly LegacyRow[]): Outcome<CommandValues> {
  const { name, changes } = cleanName(row.get('descripcion'));
  if (name === null) return refuse('NAME_EMPTY');
  const [step] = steps;
  if (step === undefined) return refuse('PROCEDURE_EMPTY');
  if (steps.length > 1 || (readInteger(step, 'procedimientoid') ?? 0) > 0) {
    return refuse('PROCEDURE_HAS_STEPS', { count: steps.length });
  }
  const parts = (step.get('parametros') ?? '').split('\r').filter((part) => part.trim() !== '');
  const fields = new Map(
    parts.map((part) => {
      const [, key = '', value = ''] = FIELD.exec(part) ?? [];
      return [key, value];
    }),
  );
  const action = fields.get('nfn')?.trim() ?? '';
  if (action !== RUN_SCRIPT) return refuse('PROCEDURE_IS_NO_SCRIPT', { action });
  const script = decodeScript(fields.get('scp') ?? '');
  // A part that is no field is what was lost of a script with an @ in it: the console took that for the end of the field.
  if (script === null || script.trim() === '' || fields.has('')) return refuse('SCRIPT_UNREADABLE');
  return { value: { name, script, comments: readText(row, 'comentarios') }, changes };
}

/**
 * What a browser's escape() wrote: %XX for Latin-1 and %uXXXX beyond; other consoles wrote %XX for UTF-8. A plus is a plus.
 *
 * @returns null for what is neither.
 */
export function decodeScript(text: string): string | null {
  const decoded = decodePercents(text);
  if (decoded === null || decoded.includes('\0')) return null;
  return decoded.replaceAll(/\r\n?/g, '\n').replace(/\n+$/, '\n');
}

function decodePercents(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    if (/%(?!u[\da-f]{4}|[\da-f]{2})/i.test(text)) return null;
    return text.replaceAll(/%u([\da-f]{4})|%([\da-f]{2})/gi, (_whole, wide?: string, narrow?: string) =>
      String.fromCharCode(Number.parseInt(wide ?? narrow ?? '0', 16)),
    );
  }
}
