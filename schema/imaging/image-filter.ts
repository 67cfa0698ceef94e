import { deployableImagesWhere } from '#domain/imaging/deployable-images.ts';
import { isStorable } from '#lib/storable-text.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { builder } from '#schema/builder.ts';
import { conditionsOn } from '#schema/filters/conditions.ts';
import { defineFilter } from '#schema/filters/define-filter.ts';
import { isGiven, readId, whereId } from '#schema/ids.ts';
import { DeployableToInput } from './image-fitness.ts';
import { ImageKindEnum, ImageStatusEnum } from './image-status.ts';

const ImageReplicaFilter = builder.inputType('ImageReplicaFilter', {
  description: 'A copy of an image in a repository. All conditions given must hold for one and the same copy.',
  fields: (t) => ({
    repositoryId: t.id({ description: 'Only copies in this repository.' }),
    status: t.field({ type: [ImageStatusEnum], description: 'Only copies in one of these states.' }),
  }),
});

const images = conditionsOn<Prisma.ImageWhereInput>();

export const imageFilter = defineFilter('ImageFilter', 'Which images.', {
  ids: images.ids('Image', 'Only these images.', (ids) => ({ id: { in: ids } })),
  nameContains: images.contains('Only images whose name contains this, whatever the case.', (name) => ({ name })),
  type: images.by(
    ['String'],
    'Only images of one of these families of systems, such as `Linux`, written so.',
    (types) => images.known('type', { in: types.filter(isStorable) }),
  ),
  versionContains: images.contains('Only images whose system’s version contains this, whatever the case.', (version) =>
    images.known('version', version),
  ),
  architecture: images.by(
    ['String'],
    'Only images of one of these architectures, such as `x86_64`, written so.',
    (architectures) => images.known('architecture', { in: architectures.filter(isStorable) }),
  ),
  kind: images.by([ImageKindEnum], 'Only images that are stored in one of these ways.', (kinds) => ({
    kind: { in: kinds },
  })),
  repositoryId: images.id('Repository', 'Only images with a copy in this repository, in whatever state.', (id) => ({
    replicas: { some: { repositoryId: id } },
  })),
  replica: images.by(
    ImageReplicaFilter,
    'Only images with such a copy: in that repository and in one of those states; `{}` for those with any.',
    ({ repositoryId, status }) => ({
      replicas: {
        some: {
          ...(isGiven(repositoryId) ? { repositoryId: whereId(readId(repositoryId, 'Repository') ?? '').id } : {}),
          ...(isGiven(status) ? { status: { in: status } } : {}),
        },
      },
    }),
  ),
  softwareProfileId: images.id('SoftwareProfile', 'Only images that contain what this profile says.', (id) =>
    images.known('softwareProfileId', id),
  ),
  deployed: images.flag('Whether it is on a partition of any client.', { partitions: { some: {} } }),
  deployableTo: images.by(
    DeployableToInput,
    'Only what the deploy form may offer for this partition: READY in the client’s repository, not larger than the partition, and the partition not the CACHE. `Image.fitness` says why one is left out.',
    ({ clientId, ...place }) =>
      (db) =>
        deployableImagesWhere(db, { ...place, clientId: whereId(readId(clientId, 'Client') ?? '').id }),
  ),
});
