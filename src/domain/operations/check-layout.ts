import type { InputFault } from '#domain/errors.ts';
import type { MessageParams } from '#domain/message-params.ts';
import { spaceForLogical } from './fit-layout.ts';
import { PRIMARY_ENTRIES, fileSystemsOf, isLogical, isTypeInTable } from './partition-layout.ts';
import type { LayoutPartition, PartitionLayout, PartitionType } from './partition-layout.ts';

/** What is wrong with a layout whatever the disk, and which field of it is to blame: `partitions`, `2`, `sizeBytes`. */
export interface LayoutFault {
  path: readonly string[];
  fault: InputFault;
  params: MessageParams;
}

/** Most entries: GPT as every tool writes it, and MSDOS as far as fdisk and its kin number logical partitions. */
const MAX_NUMBER = { GPT: 128, MSDOS: 60 } as const;

/** Sizes travel to agents in whole units of this. */
const SIZE_UNIT = 1024n;

/** Types of which a second one on the disk would be a slip, or be taken for the first by the engine. */
const ONCE_ONLY: ReadonlySet<PartitionType> = new Set<PartitionType>(['CACHE', 'EFI', 'EXTENDED']);

/** Types that the engine looks for in the table itself, and not among the logical partitions. */
const PRIMARY_ONLY: ReadonlySet<PartitionType> = new Set<PartitionType>(['CACHE', 'EXTENDED']);

/** Everything that is wrong with a layout itself, in the order of its partitions. An empty list: it can be fitted to disks. */
export function checkLayout(layout: PartitionLayout): readonly LayoutFault[] {
  const { disk, partitions } = layout;
  if (disk < 1) return [fault(['disk'], 'NOT_POSITIVE')];
  if (partitions.length === 0) return [fault(['partitions'], 'EMPTY')];
  const max = MAX_NUMBER[layout.table];
  if (partitions.length > max) return [fault(['partitions'], 'TOO_MANY', { max })];
  return partitions.flatMap((partition, index) => {
    const faults = [
      ...checkNumber(layout, partition, index),
      ...checkType(layout, partition, index),
      ...checkFileSystem(partition),
      ...checkSize(layout, partition, index),
    ];
    return faults.map(({ path, ...rest }) => ({ ...rest, path: ['partitions', String(index), ...path] }));
  });
}

function checkNumber(
  { table, partitions }: PartitionLayout,
  { number }: LayoutPartition,
  index: number,
): LayoutFault[] {
  const max = MAX_NUMBER[table];
  if (number < 1 || number > max) return [fault(['number'], 'OUT_OF_RANGE', { min: 1, max })];
  if (partitions.findIndex((other) => other.number === number) < index) {
    return [fault(['number'], 'DUPLICATE_PARTITION', { number })];
  }
  if (!isLogical({ number }, table)) return [];
  if (!partitions.some(({ type }) => type === 'EXTENDED')) {
    return [fault(['number'], 'LOGICAL_WITHOUT_EXTENDED', { max: PRIMARY_ENTRIES })];
  }
  // The kernel numbers logical partitions in the order of their places: a gap would be closed behind everybody's back.
  const hasGap = number > PRIMARY_ENTRIES + 1 && !partitions.some((other) => other.number === number - 1);
  return hasGap ? [fault(['number'], 'LOGICAL_GAP', { missing: number - 1 })] : [];
}

function checkType({ table, partitions }: PartitionLayout, partition: LayoutPartition, index: number): LayoutFault[] {
  const { type: partitionType } = partition;
  if (!isTypeInTable(partitionType, table)) return [fault(['type'], 'TYPE_NOT_IN_TABLE', { partitionType, table })];
  if (ONCE_ONLY.has(partitionType) && partitions.findIndex(({ type }) => type === partitionType) < index) {
    return [fault(['type'], 'ONCE_ONLY', { partitionType })];
  }
  return PRIMARY_ONLY.has(partitionType) && isLogical(partition, table)
    ? [fault(['type'], 'PRIMARY_ONLY', { partitionType, max: PRIMARY_ENTRIES })]
    : [];
}

function checkFileSystem({ type: partitionType, fileSystem, format }: LayoutPartition): LayoutFault[] {
  const suitable = fileSystemsOf(partitionType);
  if (fileSystem !== null && !suitable.includes(fileSystem.toUpperCase())) {
    const allowed = suitable.length === 0 ? '–' : suitable.join(', ');
    return [fault(['fileSystem'], 'FILE_SYSTEM_UNSUITABLE', { partitionType, allowed })];
  }
  return format && suitable.length === 0 ? [fault(['format'], 'CANNOT_BE_FORMATTED', { partitionType })] : [];
}

function checkSize({ table, partitions }: PartitionLayout, partition: LayoutPartition, index: number): LayoutFault[] {
  const { sizeBytes, type } = partition;
  if (sizeBytes === null) {
    const isBeside = (other: LayoutPartition) => isLogical(other, table) === isLogical(partition, table);
    const neighbours = partitions.map((other, place) => ({ ...other, place })).filter(isBeside);
    if (neighbours.some((other) => other.sizeBytes === null && other.place < index)) {
      return [fault(['sizeBytes'], 'SECOND_REST')];
    }
    // The engine keeps the CACHE at the end of the disk, so what grows may come right before it.
    const isFollowed = neighbours.some((other) => other.number > partition.number && other.type !== 'CACHE');
    return isFollowed ? [fault(['sizeBytes'], 'REST_NOT_LAST')] : [];
  }
  if (sizeBytes <= 0n) return [fault(['sizeBytes'], 'NOT_POSITIVE')];
  if (sizeBytes % SIZE_UNIT !== 0n) return [fault(['sizeBytes'], 'NOT_A_MULTIPLE', { unit: Number(SIZE_UNIT) })];
  if (type !== 'EXTENDED') return [];
  const needed = spaceForLogical(partitions.filter((other) => isLogical(other, table)));
  return needed > sizeBytes ? [fault(['sizeBytes'], 'EXTENDED_TOO_SMALL', { needed: String(needed) })] : [];
}

function fault(path: readonly string[], code: InputFault, params: MessageParams = {}): LayoutFault {
  return { path, fault: code, params };
}
