import type { Transaction } from '#domain/storage.ts';
import type { TraceInputOf } from './trace-input.ts';

/**
 * Writes what a finished deployment left on the disk: image, revision, software profile, operating system and date.
 *
 * Only for success; a failed restore says nothing about the partition (upstream bug #924 recorded it all the same). Call it
 * after the reported layout was applied, which would otherwise take the new operating system for a foreign change.
 */
export async function recordDeployedImage(
  tx: Transaction,
  clientId: string,
  input: TraceInputOf<'DEPLOY_IMAGE'>,
  now: Date,
): Promise<void> {
  const image = await tx.image.findUnique({
    where: { id: input.imageId },
    select: { id: true, version: true, softwareProfileId: true },
  });
  const partition = await tx.partition.findFirst({
    where: { clientId, number: input.partition, disk: { number: input.disk } },
    select: { id: true, operatingSystem: true },
  });
  // The image's row or the partition may be gone by now; the trace keeps the truth of what was deployed.
  if (image === null || partition === null) return;
  await tx.partition.update({
    where: { id: partition.id },
    data: {
      imageId: image.id,
      imageRevision: input.imageRevision,
      softwareProfileId: image.softwareProfileId,
      operatingSystem: partition.operatingSystem ?? image.version,
      deployedAt: now,
    },
  });
}
