import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import { MAX_REFRESHED_CLIENTS } from '#domain/inventory/refresh-clients.ts';
import type { RefreshOutcome, RefreshedClient } from '#domain/inventory/refresh-clients.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { describeValues } from '#schema/describe-values.ts';
import { OperationTargetInput, readTarget } from '#schema/operations/operation-target.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';
import { ClientStatusEnum } from './client-status.ts';

const OUTCOME_DESCRIPTIONS: Record<RefreshOutcome, string> = {
  ANSWERED: 'Its agent said how it is.',
  REFUSED: 'Nobody was there, twice: it is off, unless it has a job in hand.',
  TIMED_OUT: 'Nothing was said in time: it cannot be reached.',
  FAILED: 'Somebody was there, and not the agent that is known: another certificate, or none that is valid.',
  NOT_ALLOWED: 'Its address lies outside `AGENT_NETWORKS`: it was not asked.',
  STILL_ASKING: 'It had not answered within `waitMs`, and is being asked on: `clientUpdated` tells what comes of it.',
};

const RefreshOutcomeEnum = builder.enumType('RefreshOutcome', {
  description: 'What came of asking a client how it is.',
  values: describeValues(OUTCOME_DESCRIPTIONS),
});

const RefreshStatusOutcome = builder.objectRef<RefreshedClient>('RefreshStatusOutcome').implement({
  description: 'What came of asking one client how it is.',
  fields: (t) => ({
    outcome: t.expose('outcome', { type: RefreshOutcomeEnum, description: 'What came of it.' }),
    statusBefore: t.expose('statusBefore', {
      type: ClientStatusEnum,
      description: 'Estado that was on record when it was asked.',
    }),
    status: t.expose('status', {
      type: ClientStatusEnum,
      description: 'Estado that is on record now; as before while nothing is known.',
    }),
    client: t.prismaField({
      type: 'Client',
      description: 'Cliente (Client) that was asked.',
      resolve: (query, { clientId }, _args, context) =>
        databaseOf(context).client.findUniqueOrThrow({ ...query, where: { id: clientId } }),
    }),
  }),
});

const RefreshStatusInput = builder.inputType('RefreshStatusInput', {
  description: 'Which clients to ask how they are.',
  fields: (t) => ({
    target: t.field({
      type: OperationTargetInput,
      required: true,
      description: `Which clients, also those on record as off; at most ${MAX_REFRESHED_CLIENTS}.`,
    }),
    waitMs: t.int({
      required: true,
      defaultValue: 5000,
      description:
        'How long to wait for their agents, in milliseconds, 0 to 60000. Those that are slower are asked on.',
    }),
  }),
});

const RefreshStatusPayload = builder
  .objectRef<{ outcomes: readonly RefreshedClient[] }>('RefreshStatusPayload')
  .implement({
    description: 'The clients that were asked, each with what came of it.',
    fields: (t) => ({
      cursor: payloadCursor(t),
      outcomes: t.field({
        type: [RefreshStatusOutcome],
        description: `Every client of the target once, by name; at most ${MAX_REFRESHED_CLIENTS}.`,
        resolve: ({ outcomes }) => outcomes,
      }),
    }),
  });

builder.mutationField('refreshStatus', (t) =>
  t.field({
    type: RefreshStatusPayload,
    args: { input: t.arg({ type: RefreshStatusInput, required: true, description: 'Which clients to ask.' }) },
    errors: {
      types: [InvalidInputError, NotFoundError],
      union: { name: 'RefreshStatusResult', description: 'What the clients said, or why they were not asked.' },
    },
    description:
      'Actualizar estado: asks the agents of these clients how they are, and writes that down. Nothing is changed on them, and one that is being asked already is not asked again. Permission: read.',
    resolve: async (_root, { input }, { services }) => ({
      outcomes: await services.refreshClients(readTarget(input.target), input.waitMs),
    }),
  }),
);
