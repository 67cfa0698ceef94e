import { DeploymentRefusedError, MethodNotSupportedError } from '#domain/errors.ts';
import type { DeployMethod } from '#domain/operations/deploy-method.ts';
import type { P2pOptions } from '#domain/operations/operation-order.ts';
import { builder } from '#schema/builder.ts';
import { isGiven, requireId } from '#schema/ids.ts';
import { P2pModeEnum } from '#schema/inventory/transfer-modes.ts';
import { declareAction } from './declare-action.ts';
import { DeployMethodEnum } from './deploy-method.ts';

const MulticastOptions = builder.inputType('MulticastOptionsInput', {
  description: 'How a multicast stream is sent; what is left out, the clients’ room says.',
  fields: (t) => ({
    port: t.int({
      description: 'Even UDP port, 9000 to 9050, that no live session has; the next free one when left out.',
    }),
    address: t.field({ type: 'IPv4', description: 'Multicast group, 224.0.0.0 to 239.255.255.255.' }),
    speedMbps: t.int({ description: 'Speed in Mbit/s, 1 to 1000.' }),
    maxClients: t.int({
      description: 'Start as soon as this many clients have joined, 1 to 5000; all that have agreed when left out.',
    }),
    maxWaitSeconds: t.int({
      description: 'Start after this many seconds with those that have joined, 1 to 3600; 60 when left out.',
    }),
  }),
});

const P2pOptionsInput = builder.inputType('P2pOptionsInput', {
  description: 'How clients exchange an image among themselves; what is left out, the clients’ room says.',
  fields: (t) => ({
    mode: t.field({ type: P2pModeEnum, description: 'What each client does.' }),
    seedSeconds: t.int({ description: 'How long it goes on giving, in seconds, 0 to 86400.' }),
  }),
});

interface GivenDeployment {
  imageId: string;
  repositoryId?: string | null;
  disk: number;
  partition: number;
  method: DeployMethod;
  multicast?: typeof MulticastOptions.$inferInput | null;
  p2p?: { mode?: P2pOptions['mode']; seedSeconds?: number | null } | null;
}

export const deployImage = declareAction<GivenDeployment>('deployImage', {
  description: 'Deploy image: restores an image onto a partition of each client of the target.',
  permission: 'deploy',
  fields: (t) => ({
    imageId: t.id({ required: true, description: 'Imagen (Image) to restore.' }),
    repositoryId: t.id({ description: 'Repositorio (Repository) to fetch it from; each client’s own when left out.' }),
    disk: t.int({ required: true, description: 'Number of the disk, from 1.' }),
    partition: t.int({ required: true, description: 'Number of the partition, from 1. What is on it will be lost.' }),
    method: t.field({ type: DeployMethodEnum, required: true, description: 'Método: how the image travels.' }),
    multicast: t.field({
      type: MulticastOptions,
      description: 'Options of UDPCAST, UFTP and their direct forms; an error with any other method.',
    }),
    p2p: t.field({ type: P2pOptionsInput, description: 'Options of P2P; an error with any other method.' }),
  }),
  errors: [MethodNotSupportedError, DeploymentRefusedError],
  read: ({ imageId, repositoryId, disk, partition, method, multicast, p2p }) => ({
    action: 'DEPLOY_IMAGE',
    imageId: requireId(imageId, 'Image', ['input', 'imageId']),
    repositoryId: isGiven(repositoryId) ? requireId(repositoryId, 'Repository', ['input', 'repositoryId']) : null,
    disk,
    partition,
    method,
    multicast: isGiven(multicast)
      ? {
          port: multicast.port ?? null,
          address: multicast.address ?? null,
          speedMbps: multicast.speedMbps ?? null,
          maxClients: multicast.maxClients ?? null,
          maxWaitSeconds: multicast.maxWaitSeconds ?? null,
        }
      : null,
    p2p: isGiven(p2p) ? { mode: p2p.mode ?? null, seedSeconds: p2p.seedSeconds ?? null } : null,
  }),
});
