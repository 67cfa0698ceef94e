import { z } from 'zod';
import type { DiskLayout } from '#domain/inventory/disk-layout.ts';
import { normalizePartitionCode } from '#domain/inventory/partition-code.ts';

const MAX_DISKS = 64;
const MAX_PARTITIONS = 256;
/** Far beyond any disk of a machine or partition of a disk. */
const MAX_NUMBER = 999;
/** An exabyte: what a number of bytes may be in the database, and more than any disk has. */
const MAX_DIGITS = 18;

const bytes = z
  .union([z.int().nonnegative(), z.string().regex(new RegExp(String.raw`^\d{1,${MAX_DIGITS}}$`))])
  .transform(BigInt);
const number = z.int().min(1).max(MAX_NUMBER);

const partition = z.object({
  number,
  code: z.string().max(20).default('0'),
  fileSystem: z.string().max(100).nullish(),
  operatingSystem: z.string().max(200).nullish(),
  sizeBytes: bytes,
  usedPercent: z.int().min(0).max(100).nullish(),
});

const disk = z.object({
  number,
  sizeBytes: bytes,
  partitionTable: z.enum(['MSDOS', 'GPT', 'LVM', 'ZPOOL', 'UNKNOWN']).default('UNKNOWN'),
  partitions: z.array(partition).max(MAX_PARTITIONS).refine(areDistinct, 'two have the same number'),
});

/** A machine's disks in the signed protocol: bytes, and plain names. An empty list: it has none. */
export const layoutSchema = z.object({
  serialNumber: z.string().max(200).nullish(),
  disks: z.array(disk).max(MAX_DISKS).refine(areDistinct, 'two have the same number'),
});

export function toDiskLayout({ serialNumber, disks }: z.output<typeof layoutSchema>): DiskLayout {
  return {
    serialNumber: orNull(serialNumber),
    disks: disks.map(({ partitions, ...rest }) => ({
      ...rest,
      partitions: partitions.map(({ code, fileSystem, operatingSystem, usedPercent, ...each }) => ({
        ...each,
        code: normalizePartitionCode(code || '0'),
        fileSystem: orNull(fileSystem)?.toUpperCase() ?? null,
        operatingSystem: orNull(operatingSystem),
        usedPercent: usedPercent ?? null,
      })),
    })),
  };
}

function orNull(text: string | null | undefined): string | null {
  return text?.trim() || null;
}

function areDistinct(list: readonly { number: number }[]): boolean {
  return new Set(list.map((each) => each.number)).size === list.length;
}
