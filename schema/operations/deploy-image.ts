import {
  DeploymentRefusedError,
  IdempotencyConflictError,
  InvalidInputError,
  MethodNotSupportedError,
  NotFoundError,
  PlanOutdatedError,
} from '#domain/errors.ts';
import type { ClientOutcome, DeployImageRequest, DeployedOperation } from '#domain/operations/deploy-image.ts';
import { formatCursor } from '#domain/tracing/cursor.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { isGiven, requireId } from '#schema/ids.ts';
import { P2pModeEnum } from '#schema/inventory/transfer-modes.ts';
import { noRow } from '#schema/no-row.ts';
import { BlockReasonType } from './block-reason.ts';
import { DeployMethodEnum } from './deploy-method.ts';
import { OperationTargetInput, readTarget } from './operation-target.ts';

const BlockedPolicyEnum = builder.enumType('BlockedPolicy', {
  description: 'What to do when some clients of the target are blocked.',
  values: {
    REJECT_ALL: { description: 'Order nothing; answer with the blocked clients and their reasons.' },
    SKIP_BLOCKED: { description: 'Order it for the others; refused only when all are blocked.' },
  },
});

const MulticastOptions = builder.inputType('MulticastOptionsInput', {
  description: 'How a multicast stream is sent. Only for multicast methods, which are not available yet.',
  fields: (t) => ({
    port: t.int({ description: 'Even UDP port, 9000 to 9050.' }),
    address: t.field({ type: 'IPv4', description: 'Multicast group.' }),
    speedMbps: t.int({ description: 'Speed in Mbit/s.' }),
    maxClients: t.int({ description: 'Start as soon as this many clients have joined.' }),
    maxWaitSeconds: t.int({ description: 'Start after this many seconds with those that have joined.' }),
  }),
});

const P2pOptions = builder.inputType('P2pOptionsInput', {
  description: 'How clients exchange an image among themselves. Only for P2P, which is not available yet.',
  fields: (t) => ({
    mode: t.field({ type: P2pModeEnum, description: 'What each client does.' }),
    seedSeconds: t.int({ description: 'How long it goes on giving, in seconds.' }),
  }),
});

export const DeployImageInput = builder.inputType('DeployImageInput', {
  description: 'Which image goes onto which partition of which clients, and how.',
  fields: (t) => ({
    imageId: t.id({ required: true, description: 'Imagen (Image) to restore.' }),
    repositoryId: t.id({ description: 'Repositorio (Repository) to fetch it from; each client’s own when left out.' }),
    target: t.field({
      type: OperationTargetInput,
      required: true,
      description: 'Clientes (Clients) to restore it onto.',
    }),
    disk: t.int({ required: true, description: 'Number of the disk, from 1.' }),
    partition: t.int({ required: true, description: 'Number of the partition, from 1. What is on it will be lost.' }),
    method: t.field({
      type: DeployMethodEnum,
      required: true,
      description: 'Método. Only UNICAST is available so far.',
    }),
    multicast: t.field({
      type: MulticastOptions,
      description: 'Options of multicast methods; an error with any other.',
    }),
    p2p: t.field({ type: P2pOptions, description: 'Options of P2P; an error with any other method.' }),
    onBlocked: t.field({
      type: BlockedPolicyEnum,
      required: true,
      defaultValue: 'REJECT_ALL',
      description: 'What to do when some clients are blocked.',
    }),
    planToken: t.string({
      description: 'Token of a plan: refuse with PlanOutdatedError if anything it was made of has changed since.',
    }),
    idempotencyKey: t.string({
      description:
        'Any text of 1 to 255 characters that stands for this request: sent again, it is answered with the same operation.',
    }),
    waitForAgentsMs: t.int({
      defaultValue: 5000,
      description:
        'How long to wait for the agents’ answers, in milliseconds, 0 to 60000. Nothing is lost if they take longer.',
    }),
  }),
});

/** @throws {NotFoundError} at the id that is none. */
export function readDeployImageInput(input: typeof DeployImageInput.$inferInput): DeployImageRequest {
  return {
    imageId: requireId(input.imageId, 'Image', ['input', 'imageId']),
    repositoryId: isGiven(input.repositoryId)
      ? requireId(input.repositoryId, 'Repository', ['input', 'repositoryId'])
      : null,
    target: readTarget(input.target),
    disk: input.disk,
    partition: input.partition,
    method: input.method,
    hasMulticastOptions: Boolean(input.multicast),
    hasP2pOptions: Boolean(input.p2p),
    onBlocked: input.onBlocked,
    planToken: input.planToken ?? null,
    idempotencyKey: input.idempotencyKey ?? null,
    waitForAgentsMs: input.waitForAgentsMs ?? 5000,
  };
}

const ClientOutcomeType = builder.objectRef<ClientOutcome>('ClientOutcome').implement({
  description: 'What was decided about one client of the target: its trace, or why it was left out.',
  fields: (t) => ({
    client: t.prismaField({
      type: 'Client',
      nullable: true,
      description: 'Cliente (Client) of the target; null where it was deleted since.',
      resolve: (query, { clientId }, _args, context) =>
        databaseOf(context).client.findUnique({ ...query, where: { id: clientId } }),
    }),
    trace: t.prismaField({
      type: 'Trace',
      nullable: true,
      description: 'Traza (Trace) of its job; null for a client that was left out, or deleted since.',
      resolve: (query, { traceId }, _args, context) =>
        traceId === null ? noRow(query) : databaseOf(context).trace.findUnique({ ...query, where: { id: traceId } }),
    }),
    reasons: t.field({
      type: [BlockReasonType],
      description: 'Why it was left out, or the warnings it was ordered with.',
      resolve: ({ reasons }) => [...reasons],
    }),
  }),
});

const DeployImagePayload = builder.objectRef<DeployedOperation>('DeployImagePayload').implement({
  description:
    'An accepted deployment. Its traces are on record; where an agent has answered in time, with its `jobId`.',
  fields: (t) => ({
    operation: t.prismaField({
      type: 'Operation',
      description: 'The operation.',
      resolve: (query, { operationId }, _args, context) =>
        databaseOf(context).operation.findUniqueOrThrow({ ...query, where: { id: operationId } }),
    }),
    outcomes: t.field({
      type: [ClientOutcomeType],
      description: 'Every client of the target, by name; at most 5000.',
      resolve: ({ outcomes }) => [...outcomes],
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether this is an earlier operation, answered again for its idempotency key.',
    }),
    cursor: t.string({
      description: 'Subscribe after this cursor and miss nothing of the operation.',
      resolve: ({ startSeq }, _args, { services }) => formatCursor({ epoch: services.epoch, seq: startSeq }),
    }),
  }),
});

builder.mutationField('deployImage', (t) =>
  t.field({
    type: DeployImagePayload,
    args: { input: t.arg({ type: DeployImageInput, required: true, description: 'What to deploy, and where.' }) },
    errors: {
      types: [
        InvalidInputError,
        NotFoundError,
        MethodNotSupportedError,
        DeploymentRefusedError,
        PlanOutdatedError,
        IdempotencyConflictError,
      ],
      union: { name: 'DeployImageResult', description: 'The accepted deployment, or why it was not accepted.' },
    },
    description:
      'Deploy image: restores an image onto a partition of each client of the target. Returns when every agent has answered, or `waitForAgentsMs` has passed. Everything is on record before any agent is called, and no order is ever sent twice. Permission: deploy.',
    resolve: (_root, { input }, { services, principal }) =>
      services.deployImage(readDeployImageInput(input), principal),
  }),
);
