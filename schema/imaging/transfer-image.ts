import { InvalidInputError, NotFoundError, RepositoryFailedError } from '#domain/errors.ts';
import { builder } from '#schema/builder.ts';
import { requireId } from '#schema/ids.ts';
import { declareReplicaPayload } from './replica-payload.ts';

const HOW_IT_ENDS =
  'The copy is TRANSFERRING until the repository tells how it ended or has it in its list: then READY, or FAILED with its `error`.';

const ImportImageInput = builder.inputType('ImportImageInput', {
  description: 'Which image a repository is to fetch, and from where.',
  fields: (t) => ({
    imageId: t.id({ required: true, description: 'Imagen (Image) to copy.' }),
    repositoryId: t.id({ required: true, description: 'Repositorio (Repository) that fetches it.' }),
    fromRepositoryId: t.id({ required: true, description: 'Repositorio (Repository) that has a READY copy.' }),
  }),
});
const ImportImagePayload = declareReplicaPayload('ImportImagePayload', 'The image is on its way.');

builder.mutationField('importImage', (t) =>
  t.field({
    type: ImportImagePayload,
    args: {
      input: t.arg({ type: ImportImageInput, required: true, description: 'What to fetch, and from where.' }),
    },
    errors: {
      types: [NotFoundError, InvalidInputError, RepositoryFailedError],
      union: { name: 'ImportImageResult', description: 'The copy that is to come, or why none is.' },
    },
    description: `Importa (imports): has a repository fetch an image from another one. ${HOW_IT_ENDS} Permission: administer.`,
    resolve: (_root, { input }, { services, principal }) =>
      services.imageFiles.transfer(
        {
          imageId: requireId(input.imageId, 'Image', ['input', 'imageId']),
          fromRepositoryId: requireId(input.fromRepositoryId, 'Repository', ['input', 'fromRepositoryId']),
          toRepositoryId: requireId(input.repositoryId, 'Repository', ['input', 'repositoryId']),
          by: 'IMPORT',
        },
        principal,
      ),
  }),
);

const ExportImageInput = builder.inputType('ExportImageInput', {
  description: 'Which image a repository is to send, and to where.',
  fields: (t) => ({
    imageId: t.id({ required: true, description: 'Imagen (Image) to copy.' }),
    repositoryId: t.id({ required: true, description: 'Repositorio (Repository) that sends its READY copy.' }),
    toRepositoryId: t.id({ required: true, description: 'Repositorio (Repository) that gets it.' }),
  }),
});
const ExportImagePayload = declareReplicaPayload('ExportImagePayload', 'The image is on its way.');

builder.mutationField('exportImage', (t) =>
  t.field({
    type: ExportImagePayload,
    args: { input: t.arg({ type: ExportImageInput, required: true, description: 'What to send, and to where.' }) },
    errors: {
      types: [NotFoundError, InvalidInputError, RepositoryFailedError],
      union: { name: 'ExportImageResult', description: 'The copy that is to come, or why none is.' },
    },
    description: `Exporta (exports): has a repository send an image to another one. ${HOW_IT_ENDS} Permission: administer.`,
    resolve: (_root, { input }, { services, principal }) =>
      services.imageFiles.transfer(
        {
          imageId: requireId(input.imageId, 'Image', ['input', 'imageId']),
          fromRepositoryId: requireId(input.repositoryId, 'Repository', ['input', 'repositoryId']),
          toRepositoryId: requireId(input.toRepositoryId, 'Repository', ['input', 'toRepositoryId']),
          by: 'EXPORT',
        },
        principal,
      ),
  }),
);
