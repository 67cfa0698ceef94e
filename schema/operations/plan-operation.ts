import type { ObjectRef } from '@pothos/core';
import type { OperationPlan, PlannedClient } from '#domain/operations/operation-plan.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { TraceInputUnion, isTold } from '#schema/tracing/trace-input.ts';
import { BlockReasonType } from './block-reason.ts';
import { deployImage } from './deploy-image.ts';
import { OperationOrderInput, readOperationOrder } from './order-input.ts';

type Types = (typeof builder)['$inferSchemaTypes'];

const ReadinessEnum = builder.enumType('DeploymentReadiness', {
  description: 'Whether an operation may go to a client.',
  values: {
    READY: { description: 'Nothing speaks against it.' },
    WARNING: { description: 'It may, but look at the reasons first.' },
    BLOCKED: { description: 'It may not; the reasons say why.' },
  },
});

const PlannedClientType = builder.objectRef<PlannedClient>('PlannedClient').implement({
  description: 'What an operation would mean for one client.',
  fields: (t) => ({
    client: t.prismaField({
      type: 'Client',
      description: 'Cliente (Client) of the target.',
      resolve: (query, { clientId }, _args, context) =>
        databaseOf(context).client.findUniqueOrThrow({ ...query, where: { id: clientId } }),
    }),
    status: t.field({
      type: ReadinessEnum,
      description: 'Whether it may go there.',
      resolve: ({ readiness }) => readiness,
    }),
    reasons: t.field({
      type: [BlockReasonType],
      description: 'All reasons and warnings at once; empty for READY.',
      resolve: ({ reasons }) => [...reasons],
    }),
    input: t.field({
      type: TraceInputUnion,
      nullable: true,
      description:
        'What its agent would be told, with all that was left open filled in; null for a blocked client, and where there is no more to tell than the action.',
      resolve: ({ order }) => (order !== null && isTold(order.input) ? order.input : null),
    }),
  }),
});

function declarePlan(name: string, mutation: string): ObjectRef<Types, OperationPlan> {
  return builder.objectRef<OperationPlan>(name).implement({
    description: 'What an operation would do, without doing it.',
    fields: (t) => ({
      planToken: t.exposeString('token', {
        description: `Give it to ${mutation}, which then refuses if anything has changed since.`,
      }),
      clients: t.field({
        type: [PlannedClientType],
        description: 'Every client of the target, by name; at most 5000.',
        resolve: ({ clients }) => [...clients],
      }),
    }),
  });
}

const DeploymentPlanType = declarePlan('DeploymentPlan', '`deployImage`');
const OperationPlanType = declarePlan('OperationPlan', 'the mutation');

builder.queryField('planDeployment', (t) =>
  t.field({
    type: DeploymentPlanType,
    args: {
      input: t.arg({
        type: deployImage.Input as never,
        required: true,
        description: 'The deployment as it would be ordered.',
      }),
    },
    description:
      'Tells for every client of the target whether an image may be deployed to it, by the very rules that `deployImage` follows. Permission: read.',
    resolve: (_root, { input }, { services }) =>
      services.planOperation(deployImage.read(input as unknown as Readonly<Record<string, unknown>>)),
  }),
);

builder.queryField('planOperation', (t) =>
  t.field({
    type: OperationPlanType,
    args: {
      input: t.arg({ type: OperationOrderInput, required: true, description: 'The operation as it would be ordered.' }),
    },
    description:
      'Tells for every client of the target whether an action may go there, by the very rules that its mutation follows. Permission: read.',
    resolve: (_root, { input }, { services }) =>
      services.planOperation(readOperationOrder(input as unknown as Readonly<Record<string, unknown>>)),
  }),
);
