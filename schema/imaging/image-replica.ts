import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { ImageStatusEnum } from './image-status.ts';

builder.prismaNode('ImageReplica', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Copia (ImageReplica) of an image in one repository, with a state of its own. Permission: read.',
  fields: (t) => ({
    repository: t.relation('repository', { description: 'Repositorio (Repository) that holds the copy.' }),
    image: t.relation('image', { description: 'Imagen (Image) it is a copy of.' }),
    revision: t.exposeInt('revision', {
      nullable: true,
      description: 'Revisión of the image that it is; null where that is not known, and it is taken for the newest.',
    }),
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
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the copy was first known of.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When anything of it last changed.' }),
  }),
});

builder.prismaObject('ImageRevision', {
  description:
    'Revisión (ImageRevision): one time that an image was captured. Written when it happens, and kept as long as the image.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'Number of the revision, from 1; gaps are possible.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was captured.' }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'BigInt',
      nullable: true,
      description: 'Bytes that its data takes once restored; null where not known.',
    }),
    sourceClient: t.relation('sourceClient', {
      nullable: true,
      description: 'Ordenador modelo: client (Client) it was captured from; null where not known or deleted since.',
    }),
    sourceDisk: t.exposeInt('sourceDisk', {
      nullable: true,
      description: 'Number of the disk there, from 1; null where not known.',
    }),
    sourcePartition: t.exposeInt('sourcePartition', {
      nullable: true,
      description: 'Number of the partition there, from 1; null where not known.',
    }),
  }),
});
