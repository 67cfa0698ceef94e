import { isCachePartition } from '#domain/inventory/partition-code.ts';
import type { MessageParams } from '#domain/message-params.ts';
import type { ImageStatus } from '#prisma/generated/client/enums.ts';

/** What can speak against restoring an image onto a partition, whatever its client is doing; the last one is a warning. */
type PlaceReasonCode =
  | 'NO_REPOSITORY'
  | 'IMAGE_NOT_IN_REPOSITORY'
  | 'IMAGE_NOT_READY'
  | 'DISK_NOT_FOUND'
  | 'PARTITION_NOT_FOUND'
  | 'PARTITION_IS_CACHE'
  | 'PARTITION_TOO_SMALL'
  | 'IMAGE_SIZE_UNKNOWN';

/** One of an image, a repository and a partition together. */
interface PlaceReason {
  code: PlaceReasonCode;
  params: MessageParams;
}

export interface FitnessReason {
  code: PlaceReasonCode | 'CLIENT_NOT_FOUND';
  params: MessageParams;
}

export interface PartitionFacts {
  number: number;
  code: string;
  fileSystem: string | null;
  sizeBytes: bigint;
}

export interface FitnessFacts {
  disks: readonly { number: number; partitions: readonly PartitionFacts[] }[];
  /** Null where the client has no repository and none was chosen. */
  repository: { name: string } | null;
  /** The image's copy in that repository; null where it has none. */
  replica: { status: ImageStatus } | null;
  imageSizeBytes: bigint | null;
  target: { disk: number; partition: number };
}

/**
 * Why an image may not, or should not lightly, be offered for a partition; null stands for a client that there is not. All reasons at once.
 * What the client is doing has no say in it: the deploy form is filled in before the machines are on.
 */
export function assessFitness(facts: FitnessFacts | null): readonly FitnessReason[] {
  return facts === null ? [{ code: 'CLIENT_NOT_FOUND', params: {} }] : [...assessCopy(facts), ...assessPlace(facts)];
}

export function isFit(reasons: readonly FitnessReason[]): boolean {
  return reasons.every(({ code }) => code === 'IMAGE_SIZE_UNKNOWN');
}

/** What is wrong with the copy of the image that the client would fetch. */
export function assessCopy({
  repository,
  replica,
  imageSizeBytes,
}: Omit<FitnessFacts, 'disks' | 'target'>): PlaceReason[] {
  if (repository === null) return [reason('NO_REPOSITORY')];
  if (replica === null) return [reason('IMAGE_NOT_IN_REPOSITORY', { repository: repository.name })];
  if (replica.status !== 'READY') {
    return [reason('IMAGE_NOT_READY', { repository: repository.name, status: replica.status })];
  }
  return imageSizeBytes === null ? [reason('IMAGE_SIZE_UNKNOWN')] : [];
}

/** What is wrong with the partition that the image would be restored onto. */
export function assessPlace({
  disks,
  target,
  imageSizeBytes,
}: Pick<FitnessFacts, 'disks' | 'target' | 'imageSizeBytes'>): PlaceReason[] {
  const disk = disks.find(({ number }) => number === target.disk);
  if (disk === undefined) return [reason('DISK_NOT_FOUND', { disk: target.disk })];
  const partition = disk.partitions.find(({ number }) => number === target.partition);
  if (partition === undefined) {
    return [reason('PARTITION_NOT_FOUND', { disk: target.disk, partition: target.partition })];
  }
  const reasons: PlaceReason[] = [];
  if (isCachePartition(partition)) {
    reasons.push(reason('PARTITION_IS_CACHE', { disk: target.disk, partition: target.partition }));
  }
  if (imageSizeBytes !== null && partition.sizeBytes < imageSizeBytes) {
    reasons.push(
      reason('PARTITION_TOO_SMALL', { needed: String(imageSizeBytes), available: String(partition.sizeBytes) }),
    );
  }
  return reasons;
}

function reason(code: PlaceReasonCode, params: MessageParams = {}): PlaceReason {
  return { code, params };
}
