import type { PartitionTable } from '#prisma/generated/client/enums.ts';

/** A client's disks as its agent reports them, in our units. Partition 0, the disk itself, has become the disk. */
export interface DiskLayout {
  serialNumber: string | null;
  disks: readonly ReportedDisk[];
}

export interface ReportedDisk {
  number: number;
  sizeBytes: bigint;
  partitionTable: PartitionTable;
  partitions: readonly ReportedPartition[];
}

export interface ReportedPartition {
  number: number;
  code: string;
  fileSystem: string | null;
  operatingSystem: string | null;
  sizeBytes: bigint;
  usedPercent: number | null;
}
