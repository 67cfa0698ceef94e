import type { Storage } from '#domain/storage.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';

/**
 * Which images the deploy form may offer for a partition: READY in the client's own repository, and not known to be larger than
 * the partition. The same conditions, one by one and with their reasons, are in deployment-rules.ts.
 *
 * @returns a filter that matches nothing where the client has no repository or no such partition.
 */
export async function deployableImagesWhere(
  db: Storage,
  { clientId, disk, partition }: { clientId: string; disk: number; partition: number },
): Promise<Prisma.ImageWhereInput> {
  const client = await db.client.findUnique({
    where: { id: clientId },
    select: {
      repositoryId: true,
      partitions: { where: { number: partition, disk: { number: disk } }, select: { sizeBytes: true } },
    },
  });
  const sizeBytes = client?.partitions[0]?.sizeBytes;
  if (!client?.repositoryId || sizeBytes === undefined) return { id: { in: [] } };
  return {
    replicas: { some: { repositoryId: client.repositoryId, status: 'READY' } },
    OR: [{ sizeBytes: null }, { sizeBytes: { lte: sizeBytes } }],
  };
}
