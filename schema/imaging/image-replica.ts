import { replicaFaultMessage } from '#domain/messages.ts';
import type { ReplicaFault } from '#prisma/generated/client/enums.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';
import { whereId } from '#schema/ids.ts';
import { ImageStatusEnum } from './image-status.ts';

const FAULT_DESCRIPTIONS: Record<ReplicaFault, string> = {
  CAPTURE_FAILED: 'Its capture failed: the file is half written.',
  NOT_LISTED: 'Its repository does not have the file any more.',
  AUXILIARY_FILES_FAILED: 'Its repository could not make the checksum and torrent.',
  TRANSFER_FAILED: 'It could not be copied from the other repository.',
  NOT_INTACT: 'The file does not fit its checksum.',
};

const ReplicaErrorCodeEnum = builder.enumType('ReplicaErrorCode', {
  description: 'What is wrong with a copy, for programs.',
  values: describeValues(FAULT_DESCRIPTIONS),
});

const ReplicaErrorType = builder.objectRef<{ code: ReplicaFault; detail: string }>('ReplicaError').implement({
  description: 'What is wrong with a copy.',
  fields: (t) => ({
    code: t.expose('code', { type: ReplicaErrorCodeEnum, description: 'What is wrong, for programs.' }),
    message: t.string({
      description:
        'What is wrong, for people, in the language of `Accept-Language`; the repository’s own words as they are.',
      resolve: ({ code, detail }, _args, { locale }) => replicaFaultMessage(code, detail, locale),
    }),
  }),
});

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
    error: t.field({
      type: ReplicaErrorType,
      nullable: true,
      description:
        'Why a copy that FAILED or is CORRUPT cannot be used; null where that is not known, and for all others.',
      resolve: ({ status, fault, faultDetail }) =>
        fault !== null && (status === 'FAILED' || status === 'CORRUPT')
          ? { code: fault, detail: faultDetail ?? '' }
          : null,
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
