import type { PartitionLayout, PartitionType, WritableTable } from '#domain/operations/partition-layout.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';

const TABLE_DESCRIPTIONS: Record<WritableTable, string> = {
  MSDOS:
    'MBR: four entries, one of which may be EXTENDED and hold logical partitions from number 5 on. Reaches 2 TiB of a disk.',
  GPT: 'GUID partition table: up to 128 partitions. Machines that boot by UEFI need it, with an EFI partition.',
};

const TYPE_DESCRIPTIONS: Record<PartitionType, string> = {
  WINDOWS: 'A Windows system: NTFS.',
  NTFS: 'Files of Windows: NTFS.',
  FAT32: 'FAT32, or FAT16 where that is asked for.',
  EXFAT: 'exFAT.',
  LINUX: 'A Linux system or its files: EXT4 (the usual one), EXT3, EXT2, BTRFS, XFS, JFS, REISERFS, REISER4 or F2FS.',
  LINUX_SWAP: 'Swap space of Linux.',
  LINUX_LVM: 'A physical volume of LVM. It is not formatted.',
  LINUX_RAID: 'A member of a software RAID of Linux. It is not formatted.',
  EFI: 'What UEFI starts from: FAT32. One a disk.',
  WIN_RESERV: 'Reserved by Windows; GPT only. It is not formatted.',
  EXTENDED: 'Holds the logical partitions; MSDOS only, one a disk. It is not formatted.',
  CACHE: 'The CACHE, where images are kept on the client. One a disk.',
  DATA: 'Data that is no system’s; MSDOS only.',
  EMPTY: 'Leaves its space unused.',
};

export const WritableTableEnum = builder.enumType('WritablePartitionTable', {
  description: 'Tipo de tabla de particiones that a disk can be given.',
  values: describeValues(TABLE_DESCRIPTIONS),
});

export const PartitionTypeEnum = builder.enumType('PartitionType', {
  description: 'Tipo de partición, by the engine’s own names, with the file systems that suit it.',
  values: describeValues(TYPE_DESCRIPTIONS),
});

export const LayoutPartitionInput = builder.inputType('LayoutPartitionInput', {
  description: 'Partición (Partition) that a disk is to have.',
  fields: (t) => ({
    number: t.int({
      required: true,
      description: 'Its number: 1 to 128 for GPT; for MSDOS 1 to 4, and from 5 on, without a gap, in the extended one.',
    }),
    type: t.field({ type: PartitionTypeEnum, required: true, description: 'What it is for.' }),
    fileSystem: t.string({
      description:
        'Sistema de ficheros: `EXT4`, `NTFS` …, one that suits the type; left out, the one the type usually has.',
    }),
    sizeBytes: t.field({
      type: 'BigInt',
      description:
        'Size in bytes, a multiple of 1024. Left out, it takes the rest of the smallest disk of the target, so that all clients get the same: only the last partition but for the CACHE may, and the last logical one of the extended partition.',
    }),
    format: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Whether to format it. A CACHE keeps its images where its number, its size and the table stay as they are and this is false; otherwise it is always formatted.',
    }),
  }),
});

type GivenPartition = typeof LayoutPartitionInput.$inferInput;

export function readLayout(input: {
  disk: number;
  partitionTable: WritableTable;
  partitions: readonly GivenPartition[];
}): PartitionLayout {
  return {
    disk: input.disk,
    table: input.partitionTable,
    partitions: input.partitions.map(({ number, type, fileSystem, sizeBytes, format }) => ({
      number,
      type,
      fileSystem: fileSystem ?? null,
      sizeBytes: sizeBytes ?? null,
      format,
    })),
  };
}
