import type { OperationPlan, PlannedClient } from '#domain/operations/operation-plan.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { BlockReasonType } from './block-reason.ts';
import { DeployImageInput, readDeployImageInput } from './deploy-image.ts';

const ReadinessEnum = builder.enumType('DeploymentReadiness', {
  description: 'Whether a deployment may go to a client.',
  values: {
    READY: { description: 'Nothing speaks against it.' },
    WARNING: { description: 'It may, but look at the reasons first.' },
    BLOCKED: { description: 'It may not; the reasons say why.' },
  },
});

const PlannedClientType = builder.objectRef<PlannedClient>('PlannedClient').implement({
  description: 'What a deployment would mean for one client.',
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
  }),
});

const DeploymentPlanType = builder.objectRef<OperationPlan>('DeploymentPlan').implement({
  description: 'What a deployment would do, without doing it.',
  fields: (t) => ({
    planToken: t.exposeString('token', {
      description: 'Give it to `deployImage`, which then refuses if anything has changed since.',
    }),
    clients: t.field({
      type: [PlannedClientType],
      description: 'Every client of the target, by name; at most 5000.',
      resolve: ({ clients }) => [...clients],
    }),
  }),
});

builder.queryField('planDeployment', (t) =>
  t.field({
    type: DeploymentPlanType,
    args: {
      input: t.arg({ type: DeployImageInput, required: true, description: 'The deployment as it would be ordered.' }),
    },
    description:
      'Tells for every client of the target whether an image may be deployed to it, by the very rules that `deployImage` follows. Permission: read.',
    resolve: (_root, { input }, { services }) => services.planDeployment(readDeployImageInput(input)),
  }),
);
