import { InUseError, InvalidInputError, NotFoundError, RepositoryFailedError } from '#domain/errors.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { requireId } from '#schema/ids.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';
import { declareReplicaPayload } from './replica-payload.ts';

const REPLICA_PATH = ['input', 'replicaId'];

function replicaInput(name: string, description: string) {
  return builder.inputType(name, {
    description,
    fields: (t) => ({ replicaId: t.id({ required: true, description: 'Copia (ImageReplica).' }) }),
  });
}

const CheckImageIntegrityInput = replicaInput('CheckImageIntegrityInput', 'Which copy to check.');

const CheckImageIntegrityPayload = builder
  .objectRef<{ replicaId: string; isIntact: boolean }>('CheckImageIntegrityPayload')
  .implement({
    description: 'The file was read to its end.',
    fields: (t) => ({
      cursor: payloadCursor(t),
      replica: t.prismaField({
        type: 'ImageReplica',
        nullable: true,
        description: 'The copy: READY where it is intact, CORRUPT where not; null where somebody has deleted it since.',
        resolve: (query, { replicaId }, _args, context) =>
          databaseOf(context).imageReplica.findUnique({ ...query, where: { id: replicaId } }),
      }),
      isIntact: t.exposeBoolean('isIntact', { description: 'Whether the file fits its checksum.' }),
    }),
  });

builder.mutationField('checkImageIntegrity', (t) =>
  t.field({
    type: CheckImageIntegrityPayload,
    args: { input: t.arg({ type: CheckImageIntegrityInput, required: true, description: 'Which copy to check.' }) },
    errors: {
      types: [NotFoundError, InvalidInputError, RepositoryFailedError],
      union: { name: 'CheckImageIntegrityResult', description: 'What came out, or why the copy was not checked.' },
    },
    description:
      'Comprueba la integridad (checks) of a copy’s file: whether it still fits its checksum. For READY and CORRUPT copies; it takes as long as reading the file, at most ten minutes. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const replicaId = requireId(input.replicaId, 'ImageReplica', REPLICA_PATH);
      return { replicaId, ...(await services.imageFiles.checkIntegrity(replicaId, principal)) };
    },
  }),
);

const TrashImageInput = replicaInput('TrashImageInput', 'Which copy to put into the trash.');
const TrashImagePayload = declareReplicaPayload('TrashImagePayload', 'The copy is in the trash.');

builder.mutationField('trashImage', (t) =>
  t.field({
    type: TrashImagePayload,
    args: {
      input: t.arg({ type: TrashImageInput, required: true, description: 'Which copy to put into the trash.' }),
    },
    errors: {
      types: [NotFoundError, InvalidInputError, InUseError, RepositoryFailedError],
      union: { name: 'TrashImageResult', description: 'The copy, or why it is where it was.' },
    },
    description:
      'Envía a la papelera (trashes): a copy’s file goes into its repository’s trash, from where `recoverImage` takes it back. Not while a job uses it. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const replicaId = requireId(input.replicaId, 'ImageReplica', REPLICA_PATH);
      await services.imageFiles.trash(replicaId, principal);
      return { replicaId };
    },
  }),
);

const RecoverImageInput = replicaInput('RecoverImageInput', 'Which copy to take out of the trash.');
const RecoverImagePayload = declareReplicaPayload('RecoverImagePayload', 'The copy is out of the trash.');

builder.mutationField('recoverImage', (t) =>
  t.field({
    type: RecoverImagePayload,
    args: {
      input: t.arg({ type: RecoverImageInput, required: true, description: 'Which copy to take out of the trash.' }),
    },
    errors: {
      types: [NotFoundError, InvalidInputError, RepositoryFailedError],
      union: { name: 'RecoverImageResult', description: 'The copy, or why it is where it was.' },
    },
    description: 'Recupera (recovers) a copy’s file out of its repository’s trash. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const replicaId = requireId(input.replicaId, 'ImageReplica', REPLICA_PATH);
      await services.imageFiles.recover(replicaId, principal);
      return { replicaId };
    },
  }),
);

const DeleteImageFileInput = builder.inputType('DeleteImageFileInput', {
  description: 'Which copy to delete for good.',
  fields: (t) => ({
    replicaId: t.id({ required: true, description: 'Copia (ImageReplica).' }),
    force: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether to delete it although it is not in the trash.',
    }),
  }),
});

const DeleteImageFilePayload = builder
  .objectRef<{ replicaId: string; imageId: string; repositoryId: string }>('DeleteImageFilePayload')
  .implement({
    description: 'The file is gone, and the copy with it.',
    fields: (t) => ({
      cursor: payloadCursor(t),
      image: t.prismaField({
        type: 'Image',
        nullable: true,
        description: 'Imagen (Image) that it was a copy of; null where somebody has deleted it since.',
        resolve: (query, { imageId }, _args, context) =>
          databaseOf(context).image.findUnique({ ...query, where: { id: imageId } }),
      }),
      repository: t.prismaField({
        type: 'Repository',
        nullable: true,
        description: 'Repositorio (Repository) that it was in; null where somebody has deleted it since.',
        resolve: (query, { repositoryId }, _args, context) =>
          databaseOf(context).repository.findUnique({ ...query, where: { id: repositoryId } }),
      }),
    }),
  });

builder.mutationField('deleteImageFile', (t) =>
  t.field({
    type: DeleteImageFilePayload,
    args: { input: t.arg({ type: DeleteImageFileInput, required: true, description: 'Which copy to delete.' }) },
    errors: {
      types: [NotFoundError, InvalidInputError, InUseError, RepositoryFailedError],
      union: { name: 'DeleteImageFileResult', description: 'That it is gone, or why it is not.' },
    },
    description:
      'Elimina (deletes) a copy’s file for good, out of the trash; with `force` from where it is. The image stays on record. Not while a job uses it. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const replicaId = requireId(input.replicaId, 'ImageReplica', REPLICA_PATH);
      return { replicaId, ...(await services.imageFiles.deleteFile({ replicaId, force: input.force }, principal)) };
    },
  }),
);

const CreateAuxiliaryFilesInput = replicaInput('CreateAuxiliaryFilesInput', 'Which copy’s files to make.');
const CreateAuxiliaryFilesPayload = declareReplicaPayload(
  'CreateAuxiliaryFilesPayload',
  'The repository is asked for the files.',
);

builder.mutationField('createAuxiliaryFiles', (t) =>
  t.field({
    type: CreateAuxiliaryFilesPayload,
    args: {
      input: t.arg({ type: CreateAuxiliaryFilesInput, required: true, description: 'Which copy’s files to make.' }),
    },
    errors: {
      types: [NotFoundError, InvalidInputError],
      union: { name: 'CreateAuxiliaryFilesResult', description: 'The copy, or why its files are not made.' },
    },
    description:
      'Crea los ficheros auxiliares (makes the auxiliary files): has the checksum and torrent of a captured file made anew, after that has failed. It happens by itself after each capture. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const replicaId = requireId(input.replicaId, 'ImageReplica', REPLICA_PATH);
      await services.imageFiles.retryAuxiliaryFiles(replicaId, principal);
      return { replicaId };
    },
  }),
);
