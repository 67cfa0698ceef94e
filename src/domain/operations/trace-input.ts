import { z } from 'zod';
import { IMAGE_STATUSES } from '#domain/imaging/image-status.ts';
import type { Action } from './action.ts';
import { DEPLOY_METHODS } from './deploy-method.ts';
import type { OrderedAction } from './operation-order.ts';
import { storedFittedLayout } from './stored-layout.ts';

const place = { disk: z.number().int(), partition: z.number().int() };

/** By which of a machine’s two agents it is told to go off or to start anew. */
const leaving = z.object({
  force: z.boolean().default(false),
  through: z.enum(['OGLIVE', 'INSTALLED_SYSTEM']).default('OGLIVE'),
});

/** Everything that one client’s part of an operation was ordered with, kept in its trace: what was sent can always be told. */
const TRACE_INPUTS = {
  DEPLOY_IMAGE: z.object({
    imageId: z.string(),
    imageName: z.string(),
    imageRevision: z.number().int(),
    repositoryId: z.string(),
    repositoryIp: z.string(),
    ...place,
    partitionCode: z.string(),
    softwareProfileNumber: z.number().int().nullable(),
    method: z.enum(DEPLOY_METHODS),
    // Set when the session is opened that the client is to join; traces of earlier versions have neither.
    multicast: z
      .object({
        port: z.number().int(),
        address: z.string(),
        mode: z.enum(['FULL_DUPLEX', 'HALF_DUPLEX', 'BROADCAST']),
        speedMbps: z.number().int(),
        maxClients: z.number().int(),
        maxWaitSeconds: z.number().int(),
      })
      .nullable()
      .default(null),
    p2p: z
      .object({ mode: z.enum(['PEER', 'LEECHER', 'SEEDER']), seedSeconds: z.number().int() })
      .nullable()
      .default(null),
  }),
  CREATE_IMAGE: z.object({
    imageId: z.string(),
    imageName: z.string(),
    /** The one that it is to become. */
    imageRevision: z.number().int(),
    repositoryId: z.string(),
    repositoryIp: z.string(),
    ...place,
    partitionCode: z.string(),
    /** State of the copy before; null where there was none. */
    replicaStatus: z.enum(IMAGE_STATUSES).nullable(),
  }),
  PARTITION_AND_FORMAT: storedFittedLayout,
  RUN_SCRIPT: z.object({
    script: z.string(),
    parameters: z.array(z.string()).default([]),
    commandId: z.string().nullable(),
    commandName: z.string().nullable(),
  }),
  SOFTWARE_INVENTORY: z.object(place),
  HARDWARE_INVENTORY: z.object({}).transform(() => ({})),
  /** The wake-up packet: from which repository, or from this server where that is null, to which broadcast address. */
  POWER_ON: z.object({
    mac: z.string(),
    broadcastIp: z.string(),
    repositoryId: z.string().nullable(),
    repositoryIp: z.string().nullable(),
  }),
  POWER_OFF: leaving,
  REBOOT: leaving,
  START_SESSION: z.object(place),
  DELETE_CACHED_IMAGE: z.object({ imageId: z.string(), imageName: z.string() }),
} as const satisfies Record<OrderedAction, z.ZodType>;

export type TraceInputOf<TAction extends OrderedAction> = z.output<(typeof TRACE_INPUTS)[TAction]>;

/** An order with the action that it is for. */
export type TraceInput = { [TAction in OrderedAction]: { action: TAction } & TraceInputOf<TAction> }[OrderedAction];

/** @throws {z.ZodError} when a stored input is not what this version writes: a bug or a hand-edited row. */
export function parseTraceInput(action: Action, stored: unknown): TraceInput {
  return { action, ...TRACE_INPUTS[action].parse(stored) } as TraceInput;
}
