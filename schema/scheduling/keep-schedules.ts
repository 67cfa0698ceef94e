import type { InputFieldMap, ObjectRef } from '@pothos/core';
import { encodeGlobalID } from '@pothos/plugin-relay';
import type { Principal } from '#domain/access/principal.ts';
import type { Target } from '#domain/administration/administer.ts';
import {
  AlreadyExistsError,
  DomainError,
  InvalidInputError,
  MethodNotSupportedError,
  NotFoundError,
  StaleVersionError,
  relocateError,
} from '#domain/errors.ts';
import type { GivenOperation } from '#domain/scheduling/keep-schedules.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Services } from '#schema/context.ts';
import { isGiven, requireId } from '#schema/ids.ts';
import { OperationOrderInput, readOperationOrder } from '#schema/operations/order-input.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';

type Types = (typeof builder)['$inferSchemaTypes'];
type InputBuilder = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>;

type Given = Readonly<Record<string, unknown>>;

function scheduleFields(t: InputBuilder, isNew: boolean): InputFieldMap {
  return {
    name: t.string({ required: isNew, description: 'Nombre, 1 to 100 characters, unique among schedules.' }),
    operation: t.field({
      type: OperationOrderInput,
      required: isNew,
      description:
        'What to order, as its mutation would be given it. `planToken` and `idempotencyKey` are for orders of the moment and cannot be given; nobody waits for agents.',
    }),
    cron: t.string({
      description:
        'Cron line of five fields – minutes, hours, days, months, weekdays – such as `30 22 * * 1-5`; names of days and months, `L` and `#` are understood. Takes the place of `runAt`: one of the two is needed.',
    }),
    runAt: t.field({
      type: 'DateTime',
      description: 'The only time to run it, in the future. Takes the place of `cron`.',
    }),
    timeZone: t.string({
      description: 'Zona horaria that the cron line is read in; `Europe/Madrid` when left out of a new one.',
    }),
    graceMinutes: t.int({
      description: 'How many minutes late a run may begin, 1 to 10080; 60 when left out of a new one.',
    }),
    comments: t.string({ description: 'Comentarios, at most 4000 characters.' }),
  };
}

function expectedVersion(t: InputBuilder) {
  return t.int({
    description:
      'The `recordVersion` that the change was decided on: where it is another one by now, StaleVersionError and nothing changes. Left out: whatever it is.',
  });
}

const idField = (t: InputBuilder) => t.id({ required: true, description: 'Id of the schedule.' });

function declarePayload(name: string, description: string): ObjectRef<Types, { id: string }> {
  return builder.objectRef<{ id: string }>(name).implement({
    description,
    fields: (t) => ({
      cursor: payloadCursor(t),
      schedule: t.prismaField({
        type: 'Schedule',
        description: 'Programación (Schedule) as it is now.',
        resolve: (query, { id }, _args, context) =>
          databaseOf(context).schedule.findUniqueOrThrow({ ...query, where: { id } }),
      }),
    }),
  });
}

/** What is wrong with the operation is told at its own place in the input. */
function readOperation(operation: Given): GivenOperation {
  const field = Object.keys(operation).find((name) => isGiven(operation[name])) ?? '';
  const path = ['input', 'operation', field];
  try {
    return { request: readOperationOrder(operation), path };
  } catch (error) {
    throw error instanceof DomainError ? relocateError(error, path) : error;
  }
}

const CreateScheduleInput = builder.inputType('CreateScheduleInput', {
  description: 'What to order, and when.',
  fields: (t) =>
    ({
      ...scheduleFields(t, true),
      suspended: t.boolean({
        required: true,
        defaultValue: false,
        description: 'Whether it waits for `resumeSchedule` before anything comes due.',
      }),
    }) as never,
});

const CreateSchedulePayload = declarePayload('CreateSchedulePayload', 'The new schedule.');

builder.mutationField('createSchedule', (t) =>
  t.field({
    type: CreateSchedulePayload,
    args: { input: t.arg({ type: CreateScheduleInput, required: true, description: 'What to order, and when.' }) },
    errors: {
      types: [InvalidInputError, NotFoundError, AlreadyExistsError, MethodNotSupportedError],
      union: { name: 'CreateScheduleResult', description: 'The new schedule, or why there is none.' },
    },
    description:
      'Crea (creates) a schedule, which orders as whoever creates it. The operation must make sense now; whether clients are ready is asked when it comes due. Permission: operate.',
    resolve: async (_root, { input }, { services, principal }) => {
      const { operation, suspended, ...given } = input as unknown as Given & { suspended: boolean };
      const { create } = services.schedules;
      return { id: await create({ ...given, suspended }, readOperation(operation as Given), principal) };
    },
  }),
);

const UpdateScheduleInput = builder.inputType('UpdateScheduleInput', {
  description: 'What changes of a schedule: fields not given stay as they are, and null empties one that may be empty.',
  fields: (t) => ({ id: idField(t), expectedVersion: expectedVersion(t), ...scheduleFields(t, false) }) as never,
});

const UpdateSchedulePayload = declarePayload('UpdateSchedulePayload', 'The changed schedule.');

builder.mutationField('updateSchedule', (t) =>
  t.field({
    type: UpdateSchedulePayload,
    args: { input: t.arg({ type: UpdateScheduleInput, required: true, description: 'Which one, and what changes.' }) },
    errors: {
      types: [InvalidInputError, NotFoundError, AlreadyExistsError, MethodNotSupportedError, StaleVersionError],
      union: { name: 'UpdateScheduleResult', description: 'The changed schedule, or why nothing was changed.' },
    },
    description:
      'Modifica (changes) a schedule. Where another time is said, it comes due from now on by that, and one that was done is so no more. Permission: operate.',
    resolve: async (_root, { input }, { services, principal }) => {
      const { id: globalId, expectedVersion: version, operation, ...given } = input as unknown as Given & GivenTarget;
      const id = requireId(globalId, 'Schedule', ['input', 'id']);
      if (operation === null) throw new InvalidInputError(['input', 'operation'], 'REQUIRED');
      const { update } = services.schedules;
      await update(
        { id, expectedVersion: version ?? null },
        given,
        operation === undefined ? null : readOperation(operation as Given),
        principal,
      );
      return { id };
    },
  }),
);

interface GivenTarget {
  id: string;
  expectedVersion?: number | null | undefined;
}

function readScheduleTarget({ id, expectedVersion: version }: GivenTarget): Target {
  return { id: requireId(id, 'Schedule', ['input', 'id']), expectedVersion: version ?? null };
}

const DeleteScheduleInput = builder.inputType('DeleteScheduleInput', {
  description: 'Which schedule to delete.',
  fields: (t) => ({ id: idField(t), expectedVersion: expectedVersion(t) }),
});

const DeleteSchedulePayload = builder.objectRef<{ id: string }>('DeleteSchedulePayload').implement({
  description: 'The schedule is gone.',
  fields: (t) => ({
    cursor: payloadCursor(t),
    deletedId: t.id({
      description: 'The id that names nothing any more.',
      resolve: ({ id }) => encodeGlobalID('Schedule', id),
    }),
  }),
});

builder.mutationField('deleteSchedule', (t) =>
  t.field({
    type: DeleteSchedulePayload,
    args: { input: t.arg({ type: DeleteScheduleInput, required: true, description: 'Which one to delete.' }) },
    errors: {
      types: [InvalidInputError, NotFoundError, StaleVersionError],
      union: { name: 'DeleteScheduleResult', description: 'That it is gone, or why it is not.' },
    },
    description:
      'Borra (deletes) a schedule with the record of its runs. The operations that it ordered stay, and go on. Permission: operate.',
    resolve: async (_root, { input }, { services, principal }) => {
      const target = readScheduleTarget(input);
      const { delete: remove } = services.schedules;
      await remove(target, principal);
      return { id: target.id };
    },
  }),
);

interface SwitchOptions {
  verb: string;
  state: string;
  note: string;
  run: (services: Services, target: Target, principal: Principal) => Promise<void>;
}

function declareSwitch(field: string, { verb, state, note, run }: SwitchOptions): void {
  const name = `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
  const Input = builder.inputType(`${name}Input`, {
    description: 'Which schedule.',
    fields: (t) => ({ id: idField(t), expectedVersion: expectedVersion(t) }),
  });
  const Payload = declarePayload(`${name}Payload`, `The schedule is ${state}.`);
  builder.mutationField(field, (t) =>
    t.field({
      type: Payload,
      args: { input: t.arg({ type: Input, required: true, description: 'Which schedule.' }) },
      errors: {
        types: [InvalidInputError, NotFoundError, StaleVersionError],
        union: { name: `${name}Result`, description: `The schedule that is ${state}, or why nothing was changed.` },
      },
      description: `${verb} a schedule. ${note} Permission: operate.`,
      resolve: async (_root, { input }, { services, principal }) => {
        const target = readScheduleTarget(input);
        await run(services, target, principal);
        return { id: target.id };
      },
    }),
  );
}

declareSwitch('suspendSchedule', {
  verb: 'Suspende (suspends)',
  state: 'suspended',
  note: 'Nothing comes due until it is resumed; operations that it has ordered go on. One that is suspended stays so.',
  run: ({ schedules }, target, principal) => schedules.suspend(target, principal),
});

declareSwitch('resumeSchedule', {
  verb: 'Reanuda (resumes)',
  state: 'active',
  note: 'It comes due from now on; what would have come due meanwhile never does. One whose only time is over stays suspended.',
  run: ({ schedules }, target, principal) => schedules.resume(target, principal),
});
