import { MAX_IMAGE_NAME_LENGTH, isImageName } from '#domain/administration/field-rules.ts';
import { AlreadyExistsError, InvalidInputError, NotFoundError } from '#domain/errors.ts';
import { isCachePartition } from '#domain/inventory/partition-code.ts';
import type { Planner } from '#domain/operations/planner.ts';
import { isBlocking, reason } from '#domain/operations/reasons.ts';
import type { Reason } from '#domain/operations/reasons.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { ImageReplica } from '#prisma/generated/client/client.ts';
import { checkPlace, findPlace } from './place.ts';

/** Stands for the image that the plan would create; {@link claimImage} puts a real one in its place. */
export const NEW_IMAGE = 'new';

export const createImage: Planner<'CREATE_IMAGE'> = {
  check(order) {
    checkPlace(order);
    const { imageId, name } = order;
    if (imageId !== null && name !== null) throw new InvalidInputError(['input', 'name'], 'ONE_OF_TWO');
    if (imageId !== null) return;
    if (name === null) throw new InvalidInputError(['input', 'name'], 'REQUIRED');
    if (!isImageName(name)) {
      throw new InvalidInputError(['input', 'name'], 'BAD_IMAGE_NAME', { max: MAX_IMAGE_NAME_LENGTH });
    }
  },
  needs: () => ({ state: 'OGLIVE', isForced: false }),
  async prepare(tx, order) {
    const { imageId, name } = order;
    const select = { id: true, name: true, revision: true } as const;
    const image = await tx.image.findUnique({
      where: imageId === null ? { name: name ?? '' } : { id: imageId },
      select,
    });
    if (imageId !== null && image === null) throw new NotFoundError(['input', 'imageId'], 'Image');
    // One whose first capture came to nothing has only its name yet.
    if (imageId === null && image !== null && image.revision > 0) {
      throw new AlreadyExistsError(['input', 'name'], 'Image', image.name, image.id);
    }
    const chosen =
      order.repositoryId === null ? null : await tx.repository.findUnique({ where: { id: order.repositoryId } });
    if (order.repositoryId !== null && chosen === null) {
      throw new NotFoundError(['input', 'repositoryId'], 'Repository');
    }
    // Its file is written over: nobody may be fetching it, and nobody else may be writing it. Two that are accepted at once take turns here.
    if (image !== null) await tx.$executeRaw`SELECT 1 FROM images WHERE id = ${image.id}::uuid FOR NO KEY UPDATE`;
    const copies = image === null ? [] : await tx.imageReplica.findMany({ where: { imageId: image.id } });
    const users =
      image === null
        ? 0
        : copies.filter(isInHand).length +
          (await tx.trace.count({
            where: {
              status: { in: [...ACTIVE_STATUSES] },
              action: { in: ['DEPLOY_IMAGE', 'CREATE_IMAGE'] },
              input: { path: ['imageId'], equals: image.id },
            },
          }));

    return (client) => {
      const repository = chosen ?? client.repository;
      const place = findPlace(client, order);
      const reasons: Reason[] = [];
      if (repository === null) reasons.push(reason('NO_REPOSITORY'));
      if (users > 0) reasons.push(reason('IMAGE_IN_USE', { count: users }));
      if ('missing' in place) return { reasons: [...reasons, place.missing], input: null };
      const { disk, partition } = order;
      if (isCachePartition(place.partition)) reasons.push(reason('PARTITION_IS_CACHE', { disk, partition }));
      if (place.partition.fileSystem === null) {
        reasons.push(reason('PARTITION_HAS_NO_FILE_SYSTEM', { disk, partition }));
      } else if (place.partition.operatingSystem === null) {
        reasons.push(reason('NO_OPERATING_SYSTEM', { disk, partition }));
      }
      if (repository === null || reasons.some(({ code }) => isBlocking(code))) return { reasons, input: null };
      return {
        reasons,
        input: {
          action: 'CREATE_IMAGE',
          imageId: image?.id ?? NEW_IMAGE,
          imageName: image?.name ?? name ?? '',
          imageRevision: (image?.revision ?? 0) + 1,
          repositoryId: repository.id,
          repositoryIp: repository.ip,
          disk,
          partition,
          partitionCode: place.partition.code,
          replicaStatus: copies.find(({ repositoryId }) => repositoryId === repository.id)?.status ?? null,
        },
      };
    };
  },
};

/** Whether its file is on its way to another place: it must not be written over meanwhile. */
function isInHand({ status, fileMoveSince }: Pick<ImageReplica, 'status' | 'fileMoveSince'>): boolean {
  return status === 'TRANSFERRING' || fileMoveSince !== null;
}
