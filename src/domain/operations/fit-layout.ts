import { fileSystemOf, isLogical } from './partition-layout.ts';
import type { FittedLayout, LayoutPartition, PartitionLayout, WritableTable } from './partition-layout.ts';

export type LayoutFit =
  | { outcome: 'fits'; layout: FittedLayout }
  | { outcome: 'too-large'; neededBytes: bigint; availableBytes: bigint };

const MIB = 1024n ** 2n;

/** Where partitions begin is rounded up to this, as every tool of today does. */
const ALIGNMENT = MIB;

/** Kept for the table: the first MiB, and for GPT, which has a copy at the end, the last one. */
const TABLE_BYTES: Readonly<Record<WritableTable, bigint>> = { MSDOS: MIB, GPT: 2n * MIB };

/** An MSDOS table counts sectors of 512 bytes in 32 bits: of a larger disk it cannot reach the rest. */
const MSDOS_REACH = 2n ** 32n * 512n;

/** Each logical partition has a little table of its own before it. */
const LOGICAL_TABLE_BYTES = ALIGNMENT;

/**
 * Works out the sizes of a layout on one disk, or tells by how much it is too large for it. What is left over goes to the partition
 * without a size, in whole MiB. Call it for a layout that was checked.
 */
export function fitLayout(layout: PartitionLayout, diskSizeBytes: bigint): LayoutFit {
  const { table, partitions } = layout;
  const logical = partitions.filter((partition) => isLogical(partition, table));
  const outer = partitions.filter((partition) => !isLogical(partition, table));
  const insideBytes = spaceForLogical(logical);

  const fixedBytes = sum(outer.map(({ sizeBytes }) => alignUp(sizeBytes ?? 0n)));
  const rest = outer.find(({ sizeBytes }) => sizeBytes === null);
  const neededBytes = fixedBytes + (rest === undefined ? 0n : leastSize(rest, insideBytes));
  const reach = table === 'MSDOS' && diskSizeBytes > MSDOS_REACH ? MSDOS_REACH : diskSizeBytes;
  const availableBytes = reach > TABLE_BYTES[table] ? reach - TABLE_BYTES[table] : 0n;
  if (neededBytes > availableBytes) return { outcome: 'too-large', neededBytes, availableBytes };

  const restBytes = alignDown(availableBytes - fixedBytes);
  const extended = outer.find(({ type }) => type === 'EXTENDED');
  const logicalRestBytes = alignDown((extended?.sizeBytes ?? restBytes) - takenByLogical(logical));
  return {
    outcome: 'fits',
    layout: {
      ...layout,
      partitions: partitions.map((partition) => ({
        ...partition,
        fileSystem: fileSystemOf(partition),
        sizeBytes: partition.sizeBytes ?? (isLogical(partition, table) ? logicalRestBytes : restBytes),
      })),
    },
  };
}

/**
 * The layout as the smallest of several disks that can hold it has it, so that all of them get the same partitions: one image then fits
 * them all. Null where none of the disks is large enough.
 */
export function fitLayoutToAll(layout: PartitionLayout, diskSizesBytes: readonly bigint[]): FittedLayout | null {
  const ascending = [...new Set(diskSizesBytes)].toSorted((one, other) => (one < other ? -1 : 1));
  for (const sizeBytes of ascending) {
    const fit = fitLayout(layout, sizeBytes);
    if (fit.outcome === 'fits') return fit.layout;
  }
  return null;
}

/** What an extended partition must have at least to hold its logical ones. */
export function spaceForLogical(logical: readonly LayoutPartition[]): bigint {
  const hasRest = logical.some(({ sizeBytes }) => sizeBytes === null);
  return takenByLogical(logical) + (hasRest ? ALIGNMENT : 0n);
}

/** All but the logical partition that takes the rest. */
function takenByLogical(logical: readonly LayoutPartition[]): bigint {
  return sum(logical.map(({ sizeBytes }) => LOGICAL_TABLE_BYTES + alignUp(sizeBytes ?? 0n)));
}

function leastSize({ type }: LayoutPartition, insideBytes: bigint): bigint {
  return type === 'EXTENDED' && insideBytes > ALIGNMENT ? insideBytes : ALIGNMENT;
}

function sum(sizes: readonly bigint[]): bigint {
  return sizes.reduce((total, size) => total + size, 0n);
}

function alignUp(bytes: bigint): bigint {
  return ((bytes + ALIGNMENT - 1n) / ALIGNMENT) * ALIGNMENT;
}

function alignDown(bytes: bigint): bigint {
  return (bytes / ALIGNMENT) * ALIGNMENT;
}
