import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { requireId } from '#schema/ids.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';

const RunScheduleNowInput = builder.inputType('RunScheduleNowInput', {
  description: 'Which schedule to run.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the schedule, be it suspended or done.' }),
    idempotencyKey: t.string({
      description:
        'Any text of 1 to 255 characters that stands for this request: sent again, it is answered with the same run.',
    }),
  }),
});

const RunScheduleNowPayload = builder.objectRef<{ id: string }>('RunScheduleNowPayload').implement({
  description: 'The run is on record, whether its operation was accepted or refused.',
  fields: (t) => ({
    cursor: payloadCursor(t),
    run: t.prismaField({
      type: 'ScheduleRun',
      description: 'Ejecución (ScheduleRun), with its operation or the reason why there is none.',
      resolve: (query, { id }, _args, context) =>
        databaseOf(context).scheduleRun.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

builder.mutationField('runScheduleNow', (t) =>
  t.field({
    type: RunScheduleNowPayload,
    args: { input: t.arg({ type: RunScheduleNowInput, required: true, description: 'Which schedule to run.' }) },
    errors: {
      types: [InvalidInputError, NotFoundError],
      union: { name: 'RunScheduleNowResult', description: 'The run, or why there is none.' },
    },
    description:
      'Ejecuta ahora (runs now) what a schedule orders, as the one who asks. When it comes due does not change. Permission: operate.',
    resolve: async (_root, { input }, { services, principal }) => {
      const scheduleId = requireId(input.id, 'Schedule', ['input', 'id']);
      const idempotencyKey = input.idempotencyKey ?? null;
      return { id: await services.runScheduleNow({ scheduleId, idempotencyKey }, principal) };
    },
  }),
);
