import type { Transaction } from '#domain/storage.ts';
import type { TraceInputOf } from './trace-input.ts';

/**
 * Forgets what was on a disk before it was partitioned: the images in a CACHE that did not stay, and what was deployed to partitions
 * that were formatted since. What is there now, the reported disks say; where none were reported, nobody knows.
 */
export async function recordNewLayout(
  tx: Transaction,
  clientId: string,
  { disk, partitions }: TraceInputOf<'PARTITION_AND_FORMAT'>,
): Promise<void> {
  const onDisk = { clientId, disk: { number: disk } };
  const kept = partitions.filter(({ type, format }) => type === 'CACHE' && !format).map(({ number }) => number);
  await tx.cachedImage.deleteMany({ where: { partition: { ...onDisk, number: { notIn: kept } } } });
  const formatted = partitions.filter(({ format }) => format).map(({ number }) => number);
  await tx.partition.updateMany({
    where: { ...onDisk, number: { in: formatted } },
    data: { imageId: null, imageRevision: null, softwareProfileId: null, deployedAt: null },
  });
}
