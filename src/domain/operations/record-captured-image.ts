import { NO_JOBS } from '#domain/imaging/image-jobs.ts';
import type { InventoryOrigin } from '#domain/profiles/inventory-difference.ts';
import { recordSoftware } from '#domain/profiles/record-inventory.ts';
import type { Transaction } from '#domain/storage.ts';
import type { TraceInputOf } from './trace-input.ts';

/** What a capture told of the image that it made. */
export interface CapturedImage {
  /** What is installed on the partition, a line each; null where it was not told. */
  software: string | null;
  /** Of the data on the partition; null where it was not told. */
  dataSizeBytes: bigint | null;
}

/**
 * Writes down an image that was captured: its revision and where it comes from, on the image and on the partition that it was taken of.
 * Its copy can be fetched once the repository has made the files that belong to it.
 */
export async function recordCapturedImage(
  tx: Transaction,
  origin: InventoryOrigin,
  input: TraceInputOf<'CREATE_IMAGE'>,
  { software, dataSizeBytes }: CapturedImage,
): Promise<void> {
  const { clientId, now } = origin;
  const { imageId, imageRevision, repositoryId, disk, partition: number } = input;
  if (software !== null) await recordSoftware(tx, origin, input, software);
  const partition = await tx.partition.findFirst({
    where: { clientId, number, disk: { number: disk } },
    select: { id: true, softwareProfileId: true },
  });
  const { count } = await tx.image.updateMany({
    // A revision never goes back: of two captures the later one counts.
    where: { id: imageId, revision: { lt: imageRevision } },
    data: {
      revision: imageRevision,
      sourceClientId: clientId,
      sourceDisk: disk,
      sourcePartition: number,
      ...(dataSizeBytes === null ? {} : { sizeBytes: dataSizeBytes }),
      ...(software === null ? {} : { softwareProfileId: partition?.softwareProfileId ?? null }),
    },
  });
  // The image may be deleted by now; the trace keeps the truth of what was captured.
  if (count === 0) return;
  await tx.imageReplica.updateMany({
    where: { imageId, repositoryId },
    data: {
      status: 'AUXILIARY_FILES_PENDING',
      revision: imageRevision,
      checksum: null,
      sizeBytes: null,
      fault: null,
      faultDetail: null,
      // A job of the file that was written over tells nothing of the new one.
      ...NO_JOBS,
    },
  });
  if (partition !== null) {
    await tx.partition.update({
      where: { id: partition.id },
      data: { imageId, imageRevision, deployedAt: now },
    });
  }
}
