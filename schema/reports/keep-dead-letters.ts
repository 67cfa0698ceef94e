import { encodeGlobalID } from '@pothos/plugin-relay';
import { NotFoundError } from '#domain/errors.ts';
import type { ReplayOutcome } from '#domain/reports/keep-dead-letters.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { describeValues } from '#schema/describe-values.ts';
import { isGiven, requireId } from '#schema/ids.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';

const OUTCOME_DESCRIPTIONS: Record<ReplayOutcome, string> = {
  APPLIED: 'It was taken in, and is a dead letter no more.',
  REPEATED: 'It says what is known already, and is a dead letter no more.',
  LATE: 'Its job has ended or is further on; nothing was changed, and it is a dead letter no more.',
  UNPLACED: 'It still fits no client or no job: it stays.',
  UNREADABLE: 'It makes no sense, or asks for something that nobody would get now: it stays.',
};

const ReplayOutcomeEnum = builder.enumType('ReplayOutcome', {
  description: 'What became of a dead letter that was said once more.',
  values: describeValues(OUTCOME_DESCRIPTIONS),
});

const ReplayDeadLetterInput = builder.inputType('ReplayDeadLetterInput', {
  description: 'Which letter to say once more.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the dead letter.' }),
    clientId: t.id({ description: 'Cliente (Client) to take it for, whatever it says; left out: the one it claims.' }),
  }),
});

const ReplayDeadLetterPayload = builder
  .objectRef<{ id: string; outcome: ReplayOutcome }>('ReplayDeadLetterPayload')
  .implement({
    description: 'What became of it.',
    fields: (t) => ({
      cursor: payloadCursor(t),
      outcome: t.expose('outcome', { type: ReplayOutcomeEnum, description: 'What became of it.' }),
      deadLetter: t.prismaField({
        type: 'DeadLetter',
        nullable: true,
        description: 'The letter, where it stays.',
        resolve: (query, { id }, _args, context) =>
          databaseOf(context).deadLetter.findUnique({ ...query, where: { id } }),
      }),
    }),
  });

builder.mutationField('replayDeadLetter', (t) =>
  t.field({
    type: ReplayDeadLetterPayload,
    args: { input: t.arg({ type: ReplayDeadLetterInput, required: true, description: 'Which letter.' }) },
    errors: {
      types: [NotFoundError],
      union: { name: 'ReplayDeadLetterResult', description: 'What became of the letter, or that there is none.' },
    },
    description:
      'Says a dead letter once more, and believes it: whoever asks for this vouches for it. It is taken in and gone, or stays as it is. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const id = requireId(input.id, 'DeadLetter', ['input', 'id']);
      const clientId = isGiven(input.clientId) ? requireId(input.clientId, 'Client', ['input', 'clientId']) : null;
      return { id, outcome: await services.deadLetters.replay({ id, clientId }, principal) };
    },
  }),
);

const DismissDeadLetterInput = builder.inputType('DismissDeadLetterInput', {
  description: 'Which letter to throw away.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the dead letter.' }) }),
});

const DismissDeadLetterPayload = builder.objectRef<{ id: string }>('DismissDeadLetterPayload').implement({
  description: 'The letter is gone.',
  fields: (t) => ({
    cursor: payloadCursor(t),
    dismissedId: t.id({
      description: 'The id that names nothing any more.',
      resolve: ({ id }) => encodeGlobalID('DeadLetter', id),
    }),
  }),
});

builder.mutationField('dismissDeadLetter', (t) =>
  t.field({
    type: DismissDeadLetterPayload,
    args: { input: t.arg({ type: DismissDeadLetterInput, required: true, description: 'Which letter.' }) },
    errors: {
      types: [NotFoundError],
      union: { name: 'DismissDeadLetterResult', description: 'That it is gone, or that there is none.' },
    },
    description: 'Throws a dead letter away. It stays counted (`deadLetterCounts`). Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const id = requireId(input.id, 'DeadLetter', ['input', 'id']);
      await services.deadLetters.dismiss(id, principal);
      return { id };
    },
  }),
);
