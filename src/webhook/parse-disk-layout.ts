import type { DiskLayout, ReportedDisk, ReportedPartition } from '#domain/inventory/disk-layout.ts';
import { normalizePartitionCode } from '#domain/inventory/partition-code.ts';
import type { PartitionTable } from '#prisma/generated/client/enums.ts';

/** One disk or partition as agents write it: all text, sizes in KB, partition 0 the disk with its table type for a code. */
interface Entry {
  disk: string;
  partition: string;
  code: string;
  fileSystem: string;
  operatingSystem: string;
  sizeKb: string;
  used: string;
}

const TABLES = new Map<string, PartitionTable>([
  ['1', 'MSDOS'],
  ['2', 'GPT'],
  ['3', 'LVM'],
  ['4', 'ZPOOL'],
]);
const MAX_ENTRIES = 1024;
/** Far beyond any disk of a machine or partition of a disk. */
const MAX_NUMBER = 999;
/** Fields of one entry of the compact form; a line that was cut ends in one with fewer. */
const COMPACT_FIELDS = 7;

/**
 * Reads the disk configuration of a client (`cfg`) in each form agents are known to send it: the compact line
 * `serial;disk:part:code:fs:os:sizeKB:use;…`, lines of `disk=… par=… cpt=… sfi=… soi=… tam=… uso=…` with an optional
 * `ser=` first, and an array of objects with those keys.
 *
 * @returns null where there is none or it says nothing readable: the stored disks then stay as they are, for a client never
 * loses its disks to a garbled line.
 */
export function parseDiskLayout(cfg: unknown): DiskLayout | null {
  const { serialNumber, entries } = readEntries(cfg);
  if (entries.length === 0 || entries.length > MAX_ENTRIES) return null;
  const disks = new Map<number, ReportedDisk & { partitions: ReportedPartition[] }>();
  for (const entry of entries.toSorted((a, b) => Number(a.partition) - Number(b.partition))) {
    const number = toNumber(entry.disk);
    const partition = toNumber(entry.partition);
    const sizeKb = toNumber(entry.sizeKb || '0');
    if (
      number === null ||
      number < 1 ||
      number > MAX_NUMBER ||
      partition === null ||
      partition > MAX_NUMBER ||
      sizeKb === null
    ) {
      return null;
    }
    const sizeBytes = BigInt(sizeKb) * 1024n;
    if (partition === 0) {
      disks.set(number, {
        number,
        sizeBytes,
        partitionTable: TABLES.get(entry.code.trim()) ?? 'UNKNOWN',
        partitions: [],
      });
      continue;
    }
    const disk = disks.get(number) ?? { number, sizeBytes: 0n, partitionTable: 'UNKNOWN', partitions: [] };
    disks.set(number, disk);
    if (disk.partitions.some((other) => other.number === partition)) return null;
    disk.partitions.push(toPartition(entry, partition, sizeBytes));
  }
  return { serialNumber, disks: [...disks.values()] };
}

function toPartition(entry: Entry, number: number, sizeBytes: bigint): ReportedPartition {
  const used = toNumber(entry.used.replace('%', ''));
  const fileSystem = entry.fileSystem.trim();
  return {
    number,
    code: normalizePartitionCode(entry.code || '0'),
    fileSystem: fileSystem === '' || fileSystem.toUpperCase() === 'EMPTY' ? null : fileSystem.toUpperCase(),
    operatingSystem: entry.operatingSystem.trim() || null,
    sizeBytes,
    usedPercent: used === null || used > 100 ? null : used,
  };
}

function readEntries(cfg: unknown): { serialNumber: string | null; entries: Entry[] } {
  if (Array.isArray(cfg)) return fromObjects(cfg);
  if (typeof cfg !== 'string') return { serialNumber: null, entries: [] };
  // NUL fits into no text column, and no agent means one.
  const text = cfg.replaceAll('\0', '').trim();
  if (text.startsWith('[')) {
    try {
      const parsed: unknown = JSON.parse(text);
      return fromObjects(Array.isArray(parsed) ? parsed : []);
    } catch {
      return { serialNumber: null, entries: [] };
    }
  }
  return text.includes('disk=') ? fromLines(text) : fromCompact(text);
}

function fromObjects(items: readonly unknown[]): { serialNumber: string | null; entries: Entry[] } {
  let serialNumber: string | null = null;
  const entries: Entry[] = [];
  for (const item of items) {
    if (item === null || typeof item !== 'object') continue;
    const fields = new Map(
      Object.entries(item).map(([key, value]) => [
        key,
        typeof value === 'string' || typeof value === 'number' ? String(value).replaceAll('\0', '') : '',
      ]),
    );
    if (fields.has('ser')) serialNumber = fields.get('ser')?.trim() || null;
    if (fields.has('disk') || fields.has('dsk')) entries.push(fromFields(fields));
  }
  return { serialNumber, entries };
}

function fromLines(text: string): { serialNumber: string | null; entries: Entry[] } {
  let serialNumber: string | null = null;
  const entries: Entry[] = [];
  for (const line of text.split(/\r?\n/)) {
    const fields = new Map(
      line.split('\t').flatMap((part): [string, string][] => {
        const at = part.indexOf('=');
        return at < 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1)]];
      }),
    );
    if (fields.has('ser')) serialNumber = fields.get('ser')?.trim() || null;
    if (fields.has('disk')) entries.push(fromFields(fields));
  }
  return { serialNumber, entries };
}

function fromFields(fields: ReadonlyMap<string, string>): Entry {
  const get = (...keys: string[]) => keys.map((key) => fields.get(key)).find((value) => value !== undefined) ?? '';
  return {
    disk: get('disk', 'dsk'),
    partition: get('par'),
    code: get('cpt'),
    fileSystem: get('sfi'),
    operatingSystem: get('soi'),
    sizeKb: get('tam'),
    used: get('uso'),
  };
}

function fromCompact(text: string): { serialNumber: string | null; entries: Entry[] } {
  const parts = text.split(/[;\n]/).map((part) => part.trim());
  const isCut = parts.some((part) => part.includes(':') && part.split(':').length < COMPACT_FIELDS);
  if (isCut) return { serialNumber: null, entries: [] };
  const entries = parts
    .filter((part) => part.includes(':'))
    .map((part): Entry => {
      const [disk = '', partition = '', code = '', fileSystem = '', ...rest] = part.split(':');
      // The operating system is free text and may hold colons of its own; size and use are always the last two.
      const [sizeKb = '', used = ''] = rest.slice(-2);
      return { disk, partition, code, fileSystem, operatingSystem: rest.slice(0, -2).join(':'), sizeKb, used };
    });
  const first = parts[0] ?? '';
  return { serialNumber: first === '' || first.includes(':') ? null : first, entries };
}

function toNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text) : null;
}
