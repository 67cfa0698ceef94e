import { isIPv4 } from 'node:net';
import { parseMac } from '#domain/inventory/mac.ts';
import type { MessageParams } from '#domain/message-params.ts';
import { addProblem } from './parsed-import.ts';
import type { ImportField, ImportProblem, ImportProblemCode, ImportRow } from './parsed-import.ts';

const MAX_NAME_LENGTH = 100;
const MAX_QUOTED_LENGTH = 80;
/** Longer texts are no names; composing them could take time quadratic in their length. */
const MAX_COMPOSED_LENGTH = 300;

const FIRMWARES: ReadonlyMap<string, 'BIOS' | 'UEFI'> = new Map([
  ['bios', 'BIOS'],
  ['legacy', 'BIOS'],
  ['uefi', 'UEFI'],
  ['efi', 'UEFI'],
]);

const YES = new Set(['true', 'yes', 'y', '1', 'sí', 'si', 's', 'verdadero']);
const NO = new Set(['false', 'no', 'n', '0', 'falso']);

/** Values as written; absent or blank means that none was given. */
export type RawValues = Partial<Record<ImportField, string>>;

/** A text from the file in a form and length that a sentence can quote. */
export function quoteValue(text: string): string {
  const shown = text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH - 1)}…` : text;
  return shown
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .trim();
}

/** Null for what is no address, and for addresses that no machine of a network can have. */
function parseClientIp(text: string): string | null {
  if (!isIPv4(text)) return null;
  const [first, second] = text.split('.').map(Number) as [number, number];
  // «This network», loopback, what machines without a network give themselves, and from 224 on multicast, reserved and broadcast.
  const isNobodys = first === 0 || first === 127 || (first === 169 && second === 254) || first >= 224;
  return isNobodys ? null : text;
}

/** Null for what is no MAC address, for all zeros and for group addresses, of which all ones is one. */
function parseClientMac(text: string): string | null {
  const mac = parseMac(text);
  if (mac === null || mac === '00:00:00:00:00:00') return null;
  return Number.parseInt(mac.slice(0, 2), 16) % 2 === 1 ? null : mac;
}

function isHostName(text: string): boolean {
  return text.length <= 255 && /^[\w.-]+$/.test(text) && /[a-z]/i.test(text);
}

function findTextProblem(text: string): ImportProblemCode | null {
  if (text.includes('\u{FFFD}')) return 'BAD_ENCODING';
  return /[\p{Cc}\p{Cs}]/u.test(text) ? 'BAD_CHARACTERS' : null;
}

interface RawRow {
  line: number;
  raw: RawValues;
  /** What the reader of the format already found; a field named here is not judged again. */
  problems?: readonly ImportProblem[];
  /** False when the values may stand in the wrong fields, so that what is wrong with each of them would mislead. */
  reliable?: boolean;
}

/** The row of a client from the texts of a file, with every value checked on its own. */
export function toImportRow({ line, raw, problems: known = [], reliable = true }: RawRow): ImportRow {
  const problems: ImportProblem[] = [...known];
  const judged = new Set(known.map(({ field }) => field));

  function report(code: ImportProblemCode, field: ImportField, params: MessageParams): null {
    if (reliable && !judged.has(field)) addProblem(problems, { code, field, params });
    return null;
  }
  function textOf(field: ImportField): string {
    const text = (raw[field] ?? '').trim();
    return text.length > MAX_COMPOSED_LENGTH ? text : text.normalize('NFC');
  }

  function read<T>(
    field: ImportField,
    parse: (text: string) => T | null,
    codeOf: (text: string) => ImportProblemCode = () => 'BAD_VALUE',
  ): T | null {
    const text = textOf(field);
    if (text === '') return null;
    return parse(text) ?? report(codeOf(text), field, { value: quoteValue(text) });
  }

  function readText(field: ImportField): string | null {
    const text = textOf(field);
    if (text === '') return null;
    // Comments are several lines long; every other text is one.
    const code = findTextProblem(field === 'comments' ? text.replaceAll(/[\n\t]/g, ' ') : text);
    return code === null ? text : report(code, field, { value: quoteValue(text) });
  }

  function readName(): string | null {
    const name = textOf('name');
    if (name.length <= MAX_NAME_LENGTH) return readText('name');
    return report('TOO_LONG', 'name', { max: MAX_NAME_LENGTH, value: quoteValue(name) });
  }

  for (const field of ['name', 'mac', 'ip'] as const) {
    if ((raw[field] ?? '').trim() === '') report('MISSING', field, {});
  }
  return {
    line,
    name: readName(),
    mac: read('mac', parseClientMac, () => 'BAD_MAC'),
    ip: read('ip', parseClientIp, (text) => (isHostName(text) ? 'ADDRESS_IS_NAME' : 'BAD_IP')),
    netiface: readText('netiface'),
    serialNumber: readText('serialNumber'),
    roomName: readText('roomName'),
    groupName: readText('groupName'),
    repositoryName: readText('repositoryName'),
    firmware: read('firmware', (text) => FIRMWARES.get(text.toLowerCase()) ?? null),
    maintenance: read('maintenance', (text) => {
      const word = text.toLowerCase();
      if (YES.has(word)) return true;
      return NO.has(word) ? false : null;
    }),
    comments: readText('comments'),
    problems,
  };
}

/** The name of a machine without its domain. */
export function firstLabel(hostName: string): string {
  const name = hostName.trim();
  const dot = name.indexOf('.');
  return dot === -1 ? name : name.slice(0, dot);
}
