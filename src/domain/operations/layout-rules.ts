import { isCachePartition } from '#domain/inventory/partition-code.ts';
import type { Firmware, PartitionTable } from '#prisma/generated/client/enums.ts';
import { fitLayout } from './fit-layout.ts';
import type { FittedLayout, LayoutPartition, PartitionLayout, PartitionType } from './partition-layout.ts';
import { reason } from './reasons.ts';
import type { Reason } from './reasons.ts';

/** A disk as its client last reported it. */
export interface DiskFacts {
  number: number;
  sizeBytes: bigint;
  partitionTable: PartitionTable;
  partitions: readonly {
    number: number;
    code: string;
    fileSystem: string | null;
    operatingSystem: string | null;
    sizeBytes: bigint;
    usedPercent: number | null;
    cachedImages: readonly { name: string }[];
  }[];
}

/** Everything about one client and a layout, checked already, that decides whether its disk may be given that layout. */
export interface LayoutFacts {
  /** Null where nobody has said how the machine boots. */
  firmware: Firmware | null;
  disks: readonly DiskFacts[];
  asked: PartitionLayout;
  /** The same for all clients of the target; null where it fits none of them. */
  fitted: FittedLayout | null;
}

type PartitionFacts = DiskFacts['partitions'][number];

/** Types that an operating system can be on. */
const SYSTEM_TYPES: ReadonlySet<PartitionType> = new Set<PartitionType>([
  'WINDOWS',
  'NTFS',
  'LINUX',
  'LINUX_LVM',
  'LINUX_RAID',
]);

/** Partition type codes of the MSDOS and GPT tables for what UEFI starts from. */
const EFI_CODES: ReadonlySet<string> = new Set(['EF', 'EF00']);

/** What a CACHE has in use right after it was formatted. */
const EMPTY_CACHE_PERCENT = 1;

/** Why a disk may not, or should not lightly, be given a layout. All reasons at once; an empty list means ready. */
export function assessLayout(facts: LayoutFacts): readonly Reason[] {
  const disk = facts.disks.find(({ number }) => number === facts.asked.disk);
  if (disk === undefined) return [reason('DISK_NOT_FOUND', { disk: facts.asked.disk })];
  return [
    ...assessSize(facts.asked, disk),
    ...assessBoot(facts),
    ...assessCache(facts, disk),
    ...assessSystems(facts.asked.disk, disk),
  ];
}

/**
 * The layout as one client is to be sent it. A CACHE that stays as it is is formatted only where that was asked for: its images took
 * hours to come there (upstream bug #1072). A new one always is, because without its file system it would be none.
 */
export function settleCache(layout: FittedLayout, disks: readonly DiskFacts[]): FittedLayout {
  const disk = disks.find(({ number }) => number === layout.disk);
  return {
    ...layout,
    partitions: layout.partitions.map((partition) =>
      partition.type === 'CACHE'
        ? { ...partition, format: partition.format || !isKept(partition, layout, disk) }
        : partition,
    ),
  };
}

function assessSize(asked: PartitionLayout, { sizeBytes }: DiskFacts): Reason[] {
  const fit = fitLayout(asked, sizeBytes);
  if (fit.outcome === 'fits') return [];
  return [reason('LAYOUT_TOO_LARGE', { needed: String(fit.neededBytes), available: String(fit.availableBytes) })];
}

/** Said of a disk that a system is to start from: one for data, beside another with an EFI partition, needs none itself. */
function assessBoot({ firmware, disks, asked: { disk, table, partitions } }: LayoutFacts): Reason[] {
  if (!partitions.some(({ type }) => SYSTEM_TYPES.has(type))) return [];
  if (firmware === 'BIOS') return table === 'GPT' ? [reason('GPT_ON_BIOS', { disk })] : [];
  if (firmware !== 'UEFI') return [];
  const startsElsewhere = disks.some(
    (other) => other.number !== disk && other.partitions.some(({ code }) => EFI_CODES.has(code.toUpperCase())),
  );
  const startsHere = table === 'GPT' && partitions.some(({ type }) => type === 'EFI');
  return startsHere || startsElsewhere ? [] : [reason('EFI_PARTITION_MISSING', { disk })];
}

function assessCache({ disks, asked, fitted }: LayoutFacts, disk: DiskFacts): Reason[] {
  const reasons: Reason[] = [];
  const old = disk.partitions.find(isCachePartition);
  const planned = (fitted ?? asked).partitions.find(({ type }) => type === 'CACHE');
  if (old !== undefined) {
    const place = { disk: disk.number, partition: old.number };
    if (planned === undefined) {
      if (hasContent(old)) reasons.push(reason('CACHE_WILL_BE_LOST', place));
    } else if (planned.format || !isKept(planned, asked, disk)) reasons.push(reason('CACHE_WILL_BE_FORMATTED', place));
  }
  const isElsewhere = disks.some((other) => other !== disk && other.partitions.some(isCachePartition));
  if (planned === undefined && !isElsewhere) reasons.push(reason('NO_CACHE_PLANNED'));
  return reasons;
}

function assessSystems(number: number, { partitions }: DiskFacts): Reason[] {
  const systems = [...new Set(partitions.flatMap(({ operatingSystem }) => operatingSystem ?? []))];
  return systems.length === 0 ? [] : [reason('SYSTEMS_WILL_BE_LOST', { disk: number, systems: systems.join(', ') })];
}

function isKept(
  planned: LayoutPartition,
  { table }: Pick<PartitionLayout, 'table'>,
  disk: DiskFacts | undefined,
): boolean {
  if (disk === undefined) return false;
  // Where the kind of table is not known, nothing says that it changes.
  const keepsTable = disk.partitionTable === table || disk.partitionTable === 'UNKNOWN';
  const old = disk.partitions.find(isCachePartition);
  return keepsTable && old?.number === planned.number && old.sizeBytes === planned.sizeBytes;
}

/** Whether there may be images in a CACHE: of one that does not say how full it is, nobody knows. */
function hasContent({ cachedImages, usedPercent }: PartitionFacts): boolean {
  return cachedImages.length > 0 || usedPercent === null || usedPercent > EMPTY_CACHE_PERCENT;
}
