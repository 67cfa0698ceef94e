import { deployableImagesWhere } from '#domain/imaging/deployable-images.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';
import { readId, whereId } from '#schema/ids.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName, oldestFirst } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { ImageKindEnum, ImageStatusEnum } from './image-status.ts';

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
    replicas: t.relation('replicas', {
      query: { orderBy: { repository: { name: 'asc' } } },
      description: 'Its copies, one a repository, by the repository’s name.',
    }),
    deployedOn: listRelated(t, 'partitions', {
      model: 'Partition',
      order: oldestFirst,
      description: 'Particiones (Partitions) that carry it, in whatever revision.',
    }),
  }),
});

builder.prismaObject('ImageReplica', {
  description: 'Copia (ImageReplica) of an image in one repository, with a state of its own.',
  fields: (t) => ({
    repository: t.relation('repository', { description: 'Repositorio (Repository) that holds the copy.' }),
    image: t.relation('image', { description: 'Imagen (Image) it is a copy of.' }),
    status: t.expose('status', {
      type: ImageStatusEnum,
      description: 'Estado: READY («Creada con éxito») copies may be deployed.',
    }),
    checksum: t.exposeString('checksum', {
      nullable: true,
      description: 'Checksum of the file, by which the repository knows it; null until it is made.',
    }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'BigInt',
      nullable: true,
      description: 'Bytes of the compressed file; null where not known.',
    }),
  }),
});

builder.prismaNode('SoftwareProfile', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Perfil de software (SoftwareProfile): what is installed in an image or a partition. Permission: read.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'The small number by which agents know it.' }),
    name: t.exposeString('name', { description: 'Name, unique.' }),
  }),
});

const DeployableTo = builder.inputType('DeployableToInput', {
  description: 'A partition that an image should be fit for.',
  fields: (t) => ({
    clientId: t.id({ required: true, description: 'The client.' }),
    disk: t.int({ required: true, description: 'Number of the disk, from 1.' }),
    partition: t.int({ required: true, description: 'Number of the partition, from 1.' }),
  }),
});

const ImageFilter = builder.inputType('ImageFilter', {
  description: 'Which images: all conditions given must hold.',
  fields: (t) => ({
    deployableTo: t.field({
      type: DeployableTo,
      description:
        'Only what the deploy form may offer for this partition: READY in the client’s repository and not larger than the partition. `planDeployment` says why one is left out.',
    }),
    nameContains: t.string({ description: 'Only images whose name contains this, whatever the case.' }),
  }),
});

builder.queryFields((t) => ({
  images: listRows(t, {
    model: 'Image',
    order: byName,
    args: { filter: t.arg({ type: ImageFilter, description: 'Which images; all when left out.' }) },
    where: ({ filter }, context) => imagesWhere(filter, context),
    description: 'Imágenes (Images), by name. Permission: read.',
  }),
  image: rowById(t, 'Image', 'image'),
}));

async function imagesWhere(
  filter: typeof ImageFilter.$inferInput | null | undefined,
  context: Context,
): Promise<Prisma.ImageWhereInput> {
  const conditions: Prisma.ImageWhereInput[] = [];
  if (filter?.nameContains) conditions.push({ name: { contains: filter.nameContains, mode: 'insensitive' } });
  if (filter?.deployableTo) {
    const { clientId, ...place } = filter.deployableTo;
    conditions.push(
      await deployableImagesWhere(databaseOf(context), {
        ...place,
        clientId: whereId(readId(clientId, 'Client') ?? '').id,
      }),
    );
  }
  return { AND: conditions };
}
