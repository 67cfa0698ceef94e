import { z } from 'zod';
import type { Action } from './action.ts';
import { DEPLOY_METHODS } from './deploy-method.ts';
import { storedLayout } from './stored-layout.ts';

const place = { disk: z.number().int(), partition: z.number().int() };

const multicastOptions = z.object({
  port: z.number().int().nullable(),
  address: z.string().nullable(),
  speedMbps: z.number().int().nullable(),
  maxClients: z.number().int().nullable(),
  maxWaitSeconds: z.number().int().nullable(),
});

const p2pOptions = z.object({
  mode: z.enum(['PEER', 'LEECHER', 'SEEDER']).nullable(),
  seedSeconds: z.number().int().nullable(),
});

export type MulticastOptions = z.output<typeof multicastOptions>;
export type P2pOptions = z.output<typeof p2pOptions>;

/** What can be asked for, by action: what a person says, before it is known what each machine is to be told. */
const ORDERS = {
  DEPLOY_IMAGE: z.object({
    imageId: z.string(),
    /** Null: each client's own. */
    repositoryId: z.string().nullable(),
    ...place,
    method: z.enum(DEPLOY_METHODS),
    // Operations of earlier versions have neither.
    multicast: multicastOptions.nullable().default(null),
    p2p: p2pOptions.nullable().default(null),
  }),
  CREATE_IMAGE: z.object({
    /** The image that gets a new revision; null for a new image. */
    imageId: z.string().nullable(),
    /** Of a new image. */
    name: z.string().nullable(),
    description: z.string().nullable(),
    type: z.string().nullable(),
    version: z.string().nullable(),
    architecture: z.string().nullable(),
    /** Null: the client's own. */
    repositoryId: z.string().nullable(),
    ...place,
  }),
  PARTITION_AND_FORMAT: storedLayout.extend({
    /** What the person typed who knows that disks will be erased, and how many. */
    confirmation: z.string(),
  }),
  RUN_SCRIPT: z.object({
    script: z.string().nullable(),
    commandId: z.string().nullable(),
    // Operations of earlier versions have none.
    parameters: z.array(z.string()).default([]),
  }),
  SOFTWARE_INVENTORY: z.object(place),
  HARDWARE_INVENTORY: z.object({}).transform(() => ({})),
  DELETE_CACHED_IMAGE: z.object({ imageId: z.string() }),
  POWER_ON: z.object({}).transform(() => ({})),
  POWER_OFF: z.object({ force: z.boolean().default(false) }),
  REBOOT: z.object({ force: z.boolean().default(false) }),
  START_SESSION: z.object(place),
} as const satisfies Record<Action, z.ZodType>;

/** The actions that can be ordered. */
export type OrderedAction = keyof typeof ORDERS;

export type OrderOf<TAction extends OrderedAction> = { action: TAction } & z.output<(typeof ORDERS)[TAction]>;

/** Something that clients are to do, whichever they are. */
export type OperationOrder = { [TAction in OrderedAction]: OrderOf<TAction> }[OrderedAction];

/** Reads an order that was stored, by its action; keys beside it are left out. @throws {z.ZodError} when it is none. */
export function parseOperationOrder(action: Action, stored: unknown): OperationOrder {
  return { action, ...ORDERS[action].parse(stored) } as OperationOrder;
}
