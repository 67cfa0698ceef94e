import { NotFoundError, RepositoryFailedError } from '#domain/errors.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { requireId } from '#schema/ids.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';

const SynchronizeRepositoryInput = builder.inputType('SynchronizeRepositoryInput', {
  description: 'Which repository to look at.',
  fields: (t) => ({ repositoryId: t.id({ required: true, description: 'Repositorio (Repository).' }) }),
});

const SynchronizeRepositoryPayload = builder
  .objectRef<{ repositoryId: string; changedCount: number }>('SynchronizeRepositoryPayload')
  .implement({
    description: 'What is on record of the repository is what it holds.',
    fields: (t) => ({
      cursor: payloadCursor(t),
      repository: t.prismaField({
        type: 'Repository',
        nullable: true,
        description: 'The repository; null where somebody has deleted it since.',
        resolve: (query, { repositoryId }, _args, context) =>
          databaseOf(context).repository.findUnique({ ...query, where: { id: repositoryId } }),
      }),
      changedCount: t.exposeInt('changedCount', { description: 'How many copies were not what was on record.' }),
    }),
  });

builder.mutationField('synchronizeRepository', (t) =>
  t.field({
    type: SynchronizeRepositoryPayload,
    args: {
      input: t.arg({ type: SynchronizeRepositoryInput, required: true, description: 'Which repository to look at.' }),
    },
    errors: {
      types: [NotFoundError, RepositoryFailedError],
      union: { name: 'SynchronizeRepositoryResult', description: 'The repository, or why it could not be looked at.' },
    },
    description:
      'Sincroniza (synchronizes): looks at what a repository holds and writes down what differs. Copies it does not list any more become FAILED; files of ours that it has become copies; others are its `unregisteredImages`. It happens by itself every `REPOSITORY_SYNC_MINUTES` and after each report of the repository. Permission: administer.',
    resolve: async (_root, { input }, { services }) => {
      const repositoryId = requireId(input.repositoryId, 'Repository', ['input', 'repositoryId']);
      return { repositoryId, ...(await services.imageFiles.synchronize(repositoryId)) };
    },
  }),
);
