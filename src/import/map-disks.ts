import type { Prisma } from '#prisma/generated/client/client.ts';
import { fileSystemOf, partitionCodeOf, partitionTableOf } from './legacy-codes.ts';
import { readInteger, readLocalTime, readPositive } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { refuse } from './outcome.ts';
import type { Outcome } from './outcome.ts';

export interface DiskValues {
  number: number;
  sizeBytes: bigint;
  partitionTable: NonNullable<Prisma.DiskCreateManyInput['partitionTable']>;
}

export interface PartitionValues {
  disk: number;
  number: number;
  code: string;
  fileSystem: string | null;
  sizeBytes: bigint;
  usedPercent: number | null;
  operatingSystem: string | null;
  imageRevision: number | null;
  deployedAt: Date | null;
  /** Canonical names of the images in it, where it is a CACHE. */
  cachedImages: readonly string[];
}

/** The names by which rows of partitions speak of filesystems and systems. */
export interface PartitionNames {
  fileSystem: string | null;
  operatingSystem: string | null;
}

/** Far beyond any disk of a machine or partition of a disk. */
const MAX_NUMBER = 999;
const KIB = 1024n;
const CACHED_IMAGE = /^([A-Za-z0-9_-]{1,50})\.img$/;

/** Whether a row of `ordenadores_particiones` is a disk: that is what they call partition 0. */
export function isDiskRow(row: LegacyRow): boolean {
  return readInteger(row, 'numpar') === 0;
}

export function mapDisk(row: LegacyRow): Outcome<DiskValues> {
  const number = readNumber(row, 'numdisk');
  if (number === null) return refuse('NUMBER_INVALID', { number: row.get('numdisk') ?? '' });
  return {
    value: { number, sizeBytes: readSize(row), partitionTable: partitionTableOf(readInteger(row, 'codpar')) },
    changes: [],
  };
}

export function mapPartition(row: LegacyRow, names: PartitionNames): Outcome<PartitionValues> {
  const [disk, number] = [readNumber(row, 'numdisk'), readNumber(row, 'numpar')];
  if (disk === null || number === null) {
    return refuse('NUMBER_INVALID', { number: `${row.get('numdisk') ?? ''}/${row.get('numpar') ?? ''}` });
  }
  const used = readInteger(row, 'uso');
  const value: PartitionValues = {
    disk,
    number,
    code: partitionCodeOf(readInteger(row, 'codpar')),
    fileSystem: fileSystemOf(names.fileSystem),
    sizeBytes: readSize(row),
    usedPercent: used === null || used < 0 || used > 100 ? null : used,
    operatingSystem: names.operatingSystem,
    imageRevision: readPositive(row, 'revision'),
    deployedAt: readLocalTime(row, 'fechadespliegue'),
    cachedImages: readCachedImages(row.get('cache')),
  };
  return { value, changes: [] };
}

/** What a CACHE holds: free space, files and folders with commas between; the images are the files that end so. */
function readCachedImages(text: string | null): string[] {
  const names = (text ?? '').split(',').map((file) => CACHED_IMAGE.exec(file.trim())?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

function readNumber(row: LegacyRow, column: string): number | null {
  const number = readPositive(row, column);
  return number === null || number > MAX_NUMBER ? null : number;
}

/** Sizes are in KB. */
function readSize(row: LegacyRow): bigint {
  return BigInt(readPositive(row, 'tamano') ?? 0) * KIB;
}
