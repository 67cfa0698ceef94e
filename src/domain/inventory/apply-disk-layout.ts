import type { Transaction } from '#domain/storage.ts';
import type { DiskLayout, ReportedDisk, ReportedPartition } from './disk-layout.ts';
import { isCachePartition } from './partition-code.ts';

/**
 * Makes a client's stored disks what its agent says they are, touching only what changed.
 *
 * A partition whose size, filesystem or operating system changed is not what was deployed any more: it forgets its image,
 * revision, software profile and date, and a CACHE its images. Otherwise only its code and use follow. What is not reported is deleted. The serial
 * number is set only where there was none. Runs in the caller's transaction.
 */
export async function applyDiskLayout(
  tx: Transaction,
  { id: clientId, serialNumber }: { id: string; serialNumber?: string | null },
  layout: DiskLayout,
): Promise<void> {
  if (layout.serialNumber !== null && (serialNumber ?? null) === null) {
    await tx.client.updateMany({
      where: { id: clientId, serialNumber: null },
      data: { serialNumber: layout.serialNumber },
    });
  }
  const stored = await tx.disk.findMany({ where: { clientId }, include: { partitions: true } });
  const gone = stored.filter((disk) => !layout.disks.some(({ number }) => number === disk.number));
  if (gone.length > 0) await tx.disk.deleteMany({ where: { id: { in: gone.map(({ id }) => id) } } });
  for (const disk of layout.disks) {
    await applyDisk(
      tx,
      clientId,
      disk,
      stored.find(({ number }) => number === disk.number),
    );
  }
}

interface StoredDisk {
  id: string;
  sizeBytes: bigint;
  partitionTable: string;
  partitions: StoredPartition[];
}

interface StoredPartition extends ReportedPartition {
  id: string;
}

async function applyDisk(
  tx: Transaction,
  clientId: string,
  reported: ReportedDisk,
  stored: StoredDisk | undefined,
): Promise<void> {
  const { number, sizeBytes, partitionTable } = reported;
  const disk =
    stored ?? (await tx.disk.create({ data: { clientId, number, sizeBytes, partitionTable }, select: { id: true } }));
  if (stored !== undefined && (stored.sizeBytes !== sizeBytes || stored.partitionTable !== partitionTable)) {
    await tx.disk.update({ where: { id: disk.id }, data: { sizeBytes, partitionTable } });
  }
  const before = stored?.partitions ?? [];
  const gone = before.filter((partition) => !reported.partitions.some((other) => other.number === partition.number));
  if (gone.length > 0) await tx.partition.deleteMany({ where: { id: { in: gone.map(({ id }) => id) } } });
  for (const partition of reported.partitions) {
    const known = before.find((other) => other.number === partition.number);
    if (known === undefined) await tx.partition.create({ data: { ...partition, clientId, diskId: disk.id } });
    else await applyPartition(tx, partition, known);
  }
}

async function applyPartition(tx: Transaction, reported: ReportedPartition, stored: StoredPartition): Promise<void> {
  const replaced =
    stored.sizeBytes !== reported.sizeBytes ||
    stored.fileSystem !== reported.fileSystem ||
    stored.operatingSystem !== reported.operatingSystem;
  if (!replaced && stored.code === reported.code && stored.usedPercent === reported.usedPercent) return;
  await tx.partition.update({
    where: { id: stored.id },
    data: {
      ...reported,
      ...(replaced ? { imageId: null, imageRevision: null, softwareProfileId: null, deployedAt: null } : {}),
      ...(replaced && isCachePartition(stored) ? { cachedImages: { deleteMany: {} } } : {}),
    },
  });
}
