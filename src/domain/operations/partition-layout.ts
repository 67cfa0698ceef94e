/** Tables that a disk can be given. Agents report others too, such as LVM, which nobody writes by hand. */
export const WRITABLE_TABLES = ['MSDOS', 'GPT'] as const;

export type WritableTable = (typeof WRITABLE_TABLES)[number];

/** The engine’s own names of partition types. WINDOWS and NTFS are the same to a partition table. */
export const PARTITION_TYPES = [
  'WINDOWS',
  'NTFS',
  'FAT32',
  'EXFAT',
  'LINUX',
  'LINUX_SWAP',
  'LINUX_LVM',
  'LINUX_RAID',
  'EFI',
  'WIN_RESERV',
  'EXTENDED',
  'CACHE',
  'DATA',
  'EMPTY',
] as const;

export type PartitionType = (typeof PARTITION_TYPES)[number];

export interface LayoutPartition {
  number: number;
  /** EMPTY leaves its space unused. */
  type: PartitionType;
  /** Null: the one that the type usually has. */
  fileSystem: string | null;
  /** Null: the rest of the disk, or of the extended partition for a logical one. */
  sizeBytes: bigint | null;
  format: boolean;
}

/** A whole disk as somebody wants it. */
export interface PartitionLayout {
  disk: number;
  table: WritableTable;
  partitions: readonly LayoutPartition[];
}

/** A layout with nothing left to be worked out: every size in bytes, every file system named that there is. */
export interface FittedLayout extends PartitionLayout {
  partitions: readonly FittedPartition[];
}

export interface FittedPartition extends LayoutPartition {
  sizeBytes: bigint;
}

/** Entries that an MSDOS table has itself. Those above are logical, and lie inside its extended partition. */
export const PRIMARY_ENTRIES = 4;

const ANY_TABLE = WRITABLE_TABLES;
const LINUX_FILE_SYSTEMS = ['EXT4', 'EXT3', 'EXT2', 'BTRFS', 'XFS', 'JFS', 'REISERFS', 'REISER4', 'F2FS'] as const;

/** Which tables know a type, and which file systems suit it: the usual one first, none for what holds no files. */
const TYPE_RULES: Readonly<
  Record<PartitionType, { tables: readonly WritableTable[]; fileSystems: readonly string[] }>
> = {
  WINDOWS: { tables: ANY_TABLE, fileSystems: ['NTFS'] },
  NTFS: { tables: ANY_TABLE, fileSystems: ['NTFS'] },
  FAT32: { tables: ANY_TABLE, fileSystems: ['FAT32', 'FAT16'] },
  EXFAT: { tables: ANY_TABLE, fileSystems: ['EXFAT'] },
  LINUX: { tables: ANY_TABLE, fileSystems: LINUX_FILE_SYSTEMS },
  LINUX_SWAP: { tables: ANY_TABLE, fileSystems: ['LINUX-SWAP'] },
  LINUX_LVM: { tables: ANY_TABLE, fileSystems: [] },
  LINUX_RAID: { tables: ANY_TABLE, fileSystems: [] },
  EFI: { tables: ANY_TABLE, fileSystems: ['FAT32'] },
  WIN_RESERV: { tables: ['GPT'], fileSystems: [] },
  EXTENDED: { tables: ['MSDOS'], fileSystems: [] },
  CACHE: { tables: ANY_TABLE, fileSystems: ['CACHE'] },
  DATA: { tables: ['MSDOS'], fileSystems: ['NTFS', 'EXFAT', 'FAT32', ...LINUX_FILE_SYSTEMS] },
  EMPTY: { tables: ANY_TABLE, fileSystems: [] },
};

export function isTypeInTable(type: PartitionType, table: WritableTable): boolean {
  return TYPE_RULES[type].tables.includes(table);
}

export function fileSystemsOf(type: PartitionType): readonly string[] {
  return TYPE_RULES[type].fileSystems;
}

/** The file system that a partition is to have; null where it holds none. Call it for a layout that was checked. */
export function fileSystemOf({ type, fileSystem }: Pick<LayoutPartition, 'type' | 'fileSystem'>): string | null {
  return fileSystem?.toUpperCase() ?? fileSystemsOf(type)[0] ?? null;
}

export function isLogical({ number }: { number: number }, table: WritableTable): boolean {
  return table === 'MSDOS' && number > PRIMARY_ENTRIES;
}
