import { findCopies, findFitnessClients } from '#domain/imaging/deployable-images.ts';
import type { CopyKey } from '#domain/imaging/deployable-images.ts';
import { assessFitness, isFit } from '#domain/imaging/image-fitness.ts';
import type { FitnessReason } from '#domain/imaging/image-fitness.ts';
import { batchByRequest } from '#schema/batch-by-request.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';
import { readId, whereId } from '#schema/ids.ts';
import { BlockReasonType } from '#schema/operations/block-reason.ts';

export const DeployableToInput = builder.inputType('DeployableToInput', {
  description: 'A partition that an image should be fit for.',
  fields: (t) => ({
    clientId: t.id({ required: true, description: 'The client.' }),
    disk: t.int({ required: true, description: 'Number of the disk, from 1.' }),
    partition: t.int({ required: true, description: 'Number of the partition, from 1.' }),
  }),
});

export const ImageFitnessType = builder.objectRef<readonly FitnessReason[]>('ImageFitness').implement({
  description: 'Aptitud: whether the deploy form may offer an image for a partition, and why not.',
  fields: (t) => ({
    fits: t.boolean({
      description:
        'Whether it may be offered: no reason is a blocking one. The list of `deployableTo` has exactly these.',
      resolve: isFit,
    }),
    reasons: t.field({
      type: [BlockReasonType],
      description:
        'All reasons and warnings at once, at most one of each code; empty where nothing speaks against it. What the client is doing is not among them: `planDeployment` has that.',
      resolve: (reasons) => [...reasons],
    }),
  }),
});

// All images of a page are asked about one partition, and each about the same repository.
const clientOf = batchByRequest((context, ids: readonly string[]) => findFitnessClients(databaseOf(context), [...ids]));

const copyOf = batchByRequest((context, keys: readonly CopyKey[]) => findCopies(databaseOf(context), keys));

/** Why an image may not be offered for a partition: the same few statements for one image and for a page of them. */
export async function fitnessOf(
  context: Context,
  image: { id: string; sizeBytes: bigint | null },
  { clientId, ...target }: typeof DeployableToInput.$inferInput,
): Promise<readonly FitnessReason[]> {
  const client = await clientOf(context, whereId(readId(clientId, 'Client') ?? '').id);
  if (client === null) return assessFitness(null);
  const { repository, disks } = client;
  const replica =
    repository === null ? null : await copyOf(context, { imageId: image.id, repositoryId: repository.id });
  return assessFitness({ disks, repository, replica, imageSizeBytes: image.sizeBytes, target });
}
