import type { Prisma } from '#prisma/generated/client/client.ts';
import { builder } from '#schema/builder.ts';
import type { MaybeDeferred } from '#schema/filters/clause.ts';
import { isGiven, readId } from '#schema/ids.ts';

export const DeployedImageFilter = builder.inputType('DeployedImageFilter', {
  description: 'An image as it is on a partition. All conditions given must hold for one and the same partition.',
  fields: (t) => ({
    imageId: t.id({ required: true, description: 'The image.' }),
    revision: t.int({ description: 'Only in this revision; a revision that is not known is none.' }),
    olderThan: t.int({ description: 'Only in a revision before this one; a revision that is not known is none.' }),
  }),
});

export const ImageDriftFilter = builder.inputType('ImageDriftFilter', {
  description: 'A revision of an image that machines should carry, and do not.',
  fields: (t) => ({
    imageId: t.id({ required: true, description: 'The image.' }),
    revision: t.int({ description: 'The wanted revision; the image’s present one when left out.' }),
    includeMissing: t.boolean({
      required: true,
      defaultValue: true,
      description:
        'Whether machines that do not have the image at all count too; `false` for those only that have it in another revision, or in one that is not known.',
    }),
  }),
});

/** Partitions that an image was restored to. An id that names nothing is on none. */
export function deployedImageWhere({
  imageId: globalId,
  revision,
  olderThan,
}: typeof DeployedImageFilter.$inferInput): Prisma.PartitionWhereInput {
  const imageId = readId(globalId, 'Image');
  return {
    AND: [
      imageId === null ? { id: { in: [] } } : { imageId },
      ...(isGiven(revision) ? [{ imageRevision: revision }] : []),
      ...(isGiven(olderThan) ? [{ imageRevision: { lt: olderThan } }] : []),
    ],
  };
}

/** Clients without the wanted revision. What an image’s present revision is, one statement tells for all filters that come together. */
export function driftClause({
  imageId: globalId,
  revision,
  includeMissing,
}: typeof ImageDriftFilter.$inferInput): MaybeDeferred<Prisma.ClientWhereInput> {
  const imageId = readId(globalId, 'Image');
  if (imageId === null) return false;
  const without = (wanted: number): Prisma.ClientWhereInput => ({
    AND: [
      { partitions: { none: { imageId, imageRevision: wanted } } },
      ...(includeMissing ? [] : [{ partitions: { some: { imageId } } }]),
    ],
  });
  return async (db) => {
    const image = await db.image.findUnique({ where: { id: imageId }, select: { revision: true } });
    return image !== null && without(revision ?? image.revision);
  };
}
