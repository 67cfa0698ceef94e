import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { partitionLists } from '#schema/inventory/partition-filter.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { orderBy } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { DeployableToInput, ImageFitnessType, fitnessOf } from './image-fitness.ts';
import { imageLists } from './image-order.ts';
import { ImageKindEnum } from './image-status.ts';

builder.prismaNode('Image', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Imagen (Image): the content of a partition, captured from a model machine, to be restored onto others. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Canonical name, by which agents and repositories know it; unique.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Descripción, for people; null for none.',
    }),
    type: t.exposeString('type', {
      nullable: true,
      description: 'Tipo: family of its operating system, such as `Linux`; null where not given.',
    }),
    version: t.exposeString('version', {
      nullable: true,
      description: 'Versión of its operating system, such as `Ubuntu 24.04`; null where not given.',
    }),
    architecture: t.exposeString('architecture', {
      nullable: true,
      description: 'Arquitectura, such as `x86_64`; null where not given.',
    }),
    kind: t.expose('kind', { type: ImageKindEnum, description: 'How it is stored.' }),
    revision: t.exposeInt('revision', { description: 'Revisión: counts how often it was captured, from 1.' }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'BigInt',
      nullable: true,
      description:
        'Bytes that its data takes once restored: the smallest partition it fits into. Null where not known.',
    }),
    softwareProfile: t.relation('softwareProfile', {
      nullable: true,
      description: 'Perfil de software (SoftwareProfile) of what it contains; null where not known.',
    }),
    sourceClient: t.relation('sourceClient', {
      nullable: true,
      description:
        'Ordenador modelo: client (Client) its newest revision was captured from; null where not known or deleted since.',
    }),
    sourceDisk: t.exposeInt('sourceDisk', {
      nullable: true,
      description: 'Number of the disk there, from 1; null where not known.',
    }),
    sourcePartition: t.exposeInt('sourcePartition', {
      nullable: true,
      description: 'Number of the partition there, from 1; null where not known.',
    }),
    revisions: listRelated(t, 'revisions', {
      model: 'ImageRevision',
      order: orderBy({ kind: 'number', nullable: false, path: ['number'] }, 'desc'),
      description: 'Revisiones (ImageRevisions): each time it was captured, newest first.',
    }),
    fitness: t.field({
      type: ImageFitnessType,
      args: {
        for: t.arg({ type: DeployableToInput, required: true, description: 'The partition it should be fit for.' }),
      },
      select: { id: true, sizeBytes: true },
      description:
        'Aptitud: whether the deploy form may offer it for a partition, and every reason why not. The list that `deployableTo` filters has exactly those that fit.',
      resolve: (image, { for: place }, context) => fitnessOf(context, image, place),
    }),
    replicas: t.relation('replicas', {
      query: { orderBy: { repository: { name: 'asc' } } },
      description:
        'Copias (ImageReplicas), by the repository’s name; one a repository, so never more than there are repositories.',
    }),
    deployedOn: listRelated(t, 'partitions', {
      model: 'Partition',
      ...partitionLists(t),
      description: 'Particiones (Partitions) that carry it, in whatever revision.',
    }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  images: listRows(t, {
    model: 'Image',
    ...imageLists(t),
    description: 'Imágenes (Images), by name. Permission: read.',
  }),
  image: rowById(t, 'Image', 'image'),
}));
