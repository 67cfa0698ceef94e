import type { Storage, Transaction } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { NO_JOBS } from './image-jobs.ts';
import { AUXILIARY_SILENCE_MS, indexByName, judgeReplica } from './plan-synchronization.ts';
import { recordContact } from './record-contact.ts';
import type { RepositoryGateway, RepositoryImage, RepositoryOutcome } from './repository-gateway.ts';

/**
 * Brings what is on record of a repository to what is really there.
 *
 * @returns how many copies changed, or why the repository could not be asked; null where there is no such repository.
 */
export type SynchronizeRepository = (
  repositoryId: string,
) => Promise<RepositoryOutcome<{ changedCount: number }> | null>;

/** A first look at a large repository writes some ten thousand rows. */
const LIMITS = { timeout: 60_000, maxWait: 30_000 };

/**
 * Lists a repository's images and writes down what differs, in one transaction. May run at any time, on several servers at once: a copy
 * that anybody else has changed since the list was asked for is left to the next time.
 */
export function createSynchronizeRepository({
  db,
  repositories,
  clock,
  log,
  silenceMs = AUXILIARY_SILENCE_MS,
}: {
  db: Storage;
  repositories: Pick<RepositoryGateway, 'listImages'>;
  clock: Clock;
  log: Logger;
  silenceMs?: number;
}): SynchronizeRepository {
  return async (repositoryId) => {
    const repository = await db.repository.findUnique({ where: { id: repositoryId }, select: { ip: true } });
    if (repository === null) return null;
    // What is on record is read before the list is asked for: what changes after that may be news that the list does not have.
    const replicas = await db.imageReplica.findMany({
      where: { repositoryId, image: { kind: 'MONOLITHIC' } },
      orderBy: { id: 'asc' },
      include: { image: { select: { name: true } } },
    });
    const listed = await repositories.listImages({ repositoryId, ip: repository.ip });
    const now = clock.now();
    if (listed.outcome !== 'done') {
      await recordContact(db, repositoryId, listed, now);
      return listed;
    }
    const { images } = listed.value;
    const byName = indexByName(images);
    const changedCount = await db.$transaction(async (tx) => {
      let count = 0;
      for (const { image, ...replica } of replicas) {
        const found = byName.get(image.name) ?? null;
        const changes = judgeReplica({ ...replica, imageName: image.name }, found, { now, silenceMs });
        if (changes === null) continue;
        const isSettled = changes.status === 'READY' || changes.status === 'FAILED';
        const updated = await tx.imageReplica.updateMany({
          where: { id: replica.id, status: replica.status, updatedAt: replica.updatedAt },
          data: {
            ...changes,
            fileMoveSince: null,
            ...('fault' in changes ? { faultDetail: null } : {}),
            ...(isSettled ? NO_JOBS : {}),
          },
        });
        count += updated.count;
      }
      // A copy that was on record when the list was asked for, and is not any more, was deleted meanwhile.
      const deleted = replicas.map(({ imageId }) => imageId);
      count += await addReplicas(tx, repositoryId, byName, deleted);
      await writeUnregistered(tx, repositoryId, images);
      await recordContact(tx, repositoryId, listed, now);
      await tx.$executeRaw`
        UPDATE repositories SET last_synchronized_at = ${now}::timestamptz WHERE id = ${repositoryId}::uuid`;
      return count;
    }, LIMITS);
    if (changedCount > 0) log.info({ repositoryId, changedCount }, 'copies of images are not what they were');
    return { outcome: 'done', value: { changedCount } };
  };
}

/** Images of ours that the repository has, and that nobody told us of. One that was never captured has only its name so far. */
async function addReplicas(
  tx: Transaction,
  repositoryId: string,
  byName: ReadonlyMap<string, RepositoryImage>,
  known: readonly string[],
): Promise<number> {
  const missing = await tx.image.findMany({
    where: {
      id: { notIn: [...known] },
      name: { in: [...byName.keys()] },
      kind: 'MONOLITHIC',
      revision: { gt: 0 },
      replicas: { none: { repositoryId } },
    },
    select: { id: true, name: true },
    orderBy: { id: 'asc' },
  });
  if (missing.length === 0) return 0;
  // An image that is deleted at this moment would take the whole list with it.
  const kept = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM images WHERE id = ANY(${missing.map(({ id }) => id)}::uuid[]) ORDER BY id FOR KEY SHARE`;
  const ids = new Set(kept.map(({ id }) => id));
  const data = missing.flatMap(({ id: imageId, name }) => {
    const file = byName.get(name);
    if (file === undefined || !ids.has(imageId)) return [];
    const { checksum, sizeBytes, place } = file;
    return [
      {
        imageId,
        repositoryId,
        status: place === 'images' ? ('READY' as const) : ('TRASH' as const),
        checksum,
        sizeBytes,
      },
    ];
  });
  return (await tx.imageReplica.createMany({ data, skipDuplicates: true })).count;
}

/** Keeps the list of those images that are none of ours. */
async function writeUnregistered(
  tx: Transaction,
  repositoryId: string,
  images: readonly RepositoryImage[],
): Promise<void> {
  const names = [...new Set(images.map(({ name }) => name))];
  const ours = await tx.image.findMany({ where: { name: { in: names } }, select: { name: true } });
  const registered = new Set(ours.map(({ name }) => name));
  const keyOf = (image: { name: string; checksum: string; inTrash: boolean }) =>
    `${image.inTrash} ${image.checksum} ${image.name}`;
  const strangers = new Map(
    images
      .filter(({ name }) => !registered.has(name))
      .map(({ name, checksum, place, sizeBytes, dataSizeBytes, fileSystem, modifiedAt }) => {
        const inTrash = place === 'trash';
        const row = { repositoryId, name, checksum, inTrash, sizeBytes, dataSizeBytes, fileSystem, modifiedAt };
        return [keyOf(row), row] as const;
      }),
  );
  const known = await tx.unregisteredImage.findMany({
    where: { repositoryId },
    select: { id: true, name: true, checksum: true, inTrash: true },
  });
  const gone = known.filter((row) => !strangers.has(keyOf(row)));
  if (gone.length > 0) await tx.unregisteredImage.deleteMany({ where: { id: { in: gone.map(({ id }) => id) } } });
  for (const row of known) strangers.delete(keyOf(row));
  if (strangers.size > 0) {
    await tx.unregisteredImage.createMany({ data: [...strangers.values()], skipDuplicates: true });
  }
}
