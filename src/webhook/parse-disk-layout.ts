import type { DiskLayout, ReportedDisk, ReportedPartition } from '#domain/inventory/disk-layout.ts';
import { normalizePartitionCode } from '#domain/inventory/partition-code.ts';
import type { PartitionTable } from '#prisma/generated/client/enums.ts';
import { readLayoutEntries } from './read-layout-entries.ts';
import type { LayoutEntry } from './read-layout-entries.ts';

const TABLES = new Map<string, PartitionTable>([
  ['1', 'MSDOS'],
  ['2', 'GPT'],
  ['3', 'LVM'],
  ['4', 'ZPOOL'],
  ['MSDOS', 'MSDOS'],
  ['GPT', 'GPT'],
  ['LVM', 'LVM'],
  ['ZPOOL', 'ZPOOL'],
]);
const MAX_ENTRIES = 1024;
/** Far beyond any disk of a machine or partition of a disk. */
const MAX_NUMBER = 999;
/**
 * Reads the disk configuration of a client (`cfg`) in each form agents are known to send it: the compact line
 * `serial;disk:part:code:fs:os:sizeKB:use;…`, lines of `disk=… par=… cpt=… sfi=… soi=… tam=… uso=…` with an optional
 * `ser=` first, an array of objects with those keys, and the two objects of the prototypes of version 2: `{serialno, storage}` and
 * `{serial_number, disk_setup, partition_setup}`.
 *
 * @returns null where there is none or it says nothing readable: the stored disks then stay as they are, for a client never
 * loses its disks to a garbled line.
 */
export function parseDiskLayout(cfg: unknown): DiskLayout | null {
  const { serialNumber, entries } = readLayoutEntries(cfg);
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
        partitionTable: TABLES.get(entry.code.trim().toUpperCase()) ?? 'UNKNOWN',
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

function toPartition(entry: LayoutEntry, number: number, sizeBytes: bigint): ReportedPartition {
  const used = readUse(entry, sizeBytes);
  const fileSystem = entry.fileSystem.trim();
  return {
    number,
    code: normalizePartitionCode(entry.code || '0'),
    fileSystem: fileSystem === '' || fileSystem.toUpperCase() === 'EMPTY' ? null : fileSystem.toUpperCase(),
    operatingSystem: entry.operatingSystem.trim() || null,
    sizeBytes,
    usedPercent: used,
  };
}

/** Per cent; more than a hundred is what some tell in KB, where that fits into the partition. */
function readUse({ used, usedKb }: LayoutEntry, sizeBytes: bigint): number | null {
  const percent = toNumber(used.replace(/(\.\d*)?\s*%?$/, ''));
  if (percent !== null && percent <= 100) return percent;
  const sizeKb = Number(sizeBytes / 1024n);
  const kb = usedKb ? percent : null;
  return kb === null || kb > sizeKb ? null : Math.round((kb / sizeKb) * 100);
}

function toNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text) : null;
}
