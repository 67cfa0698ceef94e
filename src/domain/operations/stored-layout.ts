import { z } from 'zod';
import { PARTITION_TYPES, WRITABLE_TABLES } from './partition-layout.ts';
import type { FittedLayout, PartitionLayout } from './partition-layout.ts';

// JSON has no numbers that hold the bytes of every disk, so sizes are kept as text.
const sizeBytes = z.string().regex(/^\d+$/);

const layoutOf = <TSize extends z.ZodType>(size: TSize) =>
  z.object({
    disk: z.number().int(),
    table: z.enum(WRITABLE_TABLES),
    partitions: z.array(
      z.object({
        number: z.number().int(),
        type: z.enum(PARTITION_TYPES),
        fileSystem: z.string().nullable(),
        sizeBytes: size,
        format: z.boolean(),
      }),
    ),
  });

/** A layout as it was asked for, in the form in which it can be kept. */
export const storedLayout = layoutOf(sizeBytes.nullable());

/** A layout as it was sent to one machine, in the form in which it can be kept. */
export const storedFittedLayout = layoutOf(sizeBytes);

type StoredLayout = z.output<typeof storedLayout>;
type StoredFittedLayout = z.output<typeof storedFittedLayout>;

export function toStoredLayout({ disk, table, partitions }: PartitionLayout): StoredLayout {
  return { disk, table, partitions: partitions.map((it) => ({ ...it, sizeBytes: it.sizeBytes?.toString() ?? null })) };
}

export function fromStoredLayout({ disk, table, partitions }: StoredLayout): PartitionLayout {
  return {
    disk,
    table,
    partitions: partitions.map((it) => ({ ...it, sizeBytes: it.sizeBytes === null ? null : BigInt(it.sizeBytes) })),
  };
}

export function toStoredFittedLayout({ disk, table, partitions }: FittedLayout): StoredFittedLayout {
  return { disk, table, partitions: partitions.map((it) => ({ ...it, sizeBytes: String(it.sizeBytes) })) };
}

export function fromStoredFittedLayout({ disk, table, partitions }: StoredFittedLayout): FittedLayout {
  return { disk, table, partitions: partitions.map((it) => ({ ...it, sizeBytes: BigInt(it.sizeBytes) })) };
}
