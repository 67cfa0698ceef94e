import type { Transaction } from '#domain/storage.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { ImageStatus } from '#prisma/generated/client/enums.ts';
import { assessPlace } from './image-fitness.ts';

/** What of a client decides which images may be offered for its partitions. */
const FITNESS_CLIENT = {
  id: true,
  repository: { select: { id: true, name: true } },
  disks: {
    select: {
      number: true,
      partitions: { select: { number: true, code: true, fileSystem: true, sizeBytes: true } },
    },
  },
} satisfies Prisma.ClientSelect;

type FitnessClient = Prisma.ClientGetPayload<{ select: typeof FITNESS_CLIENT }>;

/** Clients by their ids, in their places, null for those that there are not: the same few statements for any number. */
export async function findFitnessClients(
  db: Transaction,
  ids: readonly string[],
): Promise<readonly (FitnessClient | null)[]> {
  const clients = await db.client.findMany({ where: { id: { in: [...ids] } }, select: FITNESS_CLIENT });
  const byId = new Map(clients.map((client) => [client.id, client]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** An image's copy in a repository. */
export interface CopyKey {
  imageId: string;
  repositoryId: string;
}

/** The states of copies, in their places, null where the repository has none: one statement for any number. */
export async function findCopies(
  db: Transaction,
  keys: readonly CopyKey[],
): Promise<readonly ({ status: ImageStatus } | null)[]> {
  const copies = await db.imageReplica.findMany({
    where: {
      imageId: { in: [...new Set(keys.map(({ imageId }) => imageId))] },
      repositoryId: { in: [...new Set(keys.map(({ repositoryId }) => repositoryId))] },
    },
    select: { imageId: true, repositoryId: true, status: true },
  });
  const byKey = new Map(copies.map((copy) => [`${copy.imageId} ${copy.repositoryId}`, copy]));
  return keys.map(({ imageId, repositoryId }) => byKey.get(`${imageId} ${repositoryId}`) ?? null);
}

/**
 * Which images the deploy form may offer for a partition: exactly those that `assessFitness` in image-fitness.ts finds fit, said as a
 * condition on rows.
 *
 * @returns a filter that matches nothing where no image is fit: no such client or partition, no repository, or the CACHE.
 */
export async function deployableImagesWhere(
  db: Transaction,
  { clientId, ...target }: { clientId: string; disk: number; partition: number },
): Promise<Prisma.ImageWhereInput> {
  // One by one, so that Prisma asks for it once where many lists of one request want it.
  const client = await db.client.findUnique({ where: { id: clientId }, select: FITNESS_CLIENT });
  // An image of no size is kept from no partition by its size.
  if (!client?.repository || assessPlace({ disks: client.disks, target, imageSizeBytes: null }).length > 0) {
    return { id: { in: [] } };
  }
  const partition = client.disks
    .find(({ number }) => number === target.disk)
    ?.partitions.find(({ number }) => number === target.partition);
  return {
    replicas: { some: { repositoryId: client.repository.id, status: 'READY' } },
    OR: [{ sizeBytes: null }, { sizeBytes: { lte: partition?.sizeBytes ?? -1n } }],
  };
}
