import { countDeployedImages } from '#domain/imaging/count-deployed-images.ts';
import type { DeployedImage } from '#domain/imaging/count-deployed-images.ts';
import { batchByRequest } from '#schema/batch-by-request.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';

export const DeployedImageType = builder.objectRef<DeployedImage>('DeployedImage').implement({
  description: 'Imagen desplegada: how many clients of a place carry an image in one revision.',
  fields: (t) => ({
    image: t.prismaField({
      type: 'Image',
      description: 'Imagen (Image) on their disks.',
      resolve: (query, { imageId }, _args, context) =>
        databaseOf(context).image.findUniqueOrThrow({ ...query, where: { id: imageId } }),
    }),
    revision: t.exposeInt('revision', {
      nullable: true,
      description: 'Revisión of the image on their disks; null where it is not known.',
    }),
    clientCount: t.exposeInt('clientCount', {
      description: 'Number of clients, at least 1; one that has it on two partitions counts once.',
    }),
  }),
});

/** What is on the disks of rooms, and of centers: one statement for all of a request. */
export const deployedImagesOfRoom = batchByRequest((context, ids: readonly string[]) =>
  countDeployedImages(databaseOf(context), 'room', ids),
);

export const deployedImagesOfCenter = batchByRequest((context, ids: readonly string[]) =>
  countDeployedImages(databaseOf(context), 'center', ids),
);
