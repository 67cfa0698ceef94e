import {
  DeploymentRefusedError,
  IdempotencyConflictError,
  InvalidInputError,
  MethodNotSupportedError,
  NotFoundError,
  PlanOutdatedError,
} from '#domain/errors.ts';
import type { DeployImageRequest } from '#domain/operations/deploy-image.ts';
import { builder } from '#schema/builder.ts';
import { isGiven, requireId } from '#schema/ids.ts';
import { P2pModeEnum } from '#schema/inventory/transfer-modes.ts';
import { DeployMethodEnum } from './deploy-method.ts';
import { operationOptions, readOperationOptions } from './operation-options.ts';
import { declareOperationPayload } from './operation-payload.ts';
import { OperationTargetInput, readTarget } from './operation-target.ts';

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
    ...operationOptions(t),
    planToken: t.string({
      description: 'Token of a plan: refuse with PlanOutdatedError if anything it was made of has changed since.',
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
    planToken: input.planToken ?? null,
    ...readOperationOptions(input),
  };
}

const DeployImagePayload = declareOperationPayload(
  'DeployImagePayload',
  'An accepted deployment. Its traces are on record; where an agent has answered in time, with its `jobId`.',
);

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
