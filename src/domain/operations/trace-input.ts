import { z } from 'zod';
import type { Action } from './action.ts';
import { DEPLOY_METHODS } from './deploy-method.ts';

const place = { disk: z.number().int(), partition: z.number().int() };

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
  }),
  RUN_SCRIPT: z.object({ script: z.string(), commandId: z.string().nullable(), commandName: z.string().nullable() }),
  SOFTWARE_INVENTORY: z.object(place),
  HARDWARE_INVENTORY: z.object({}).transform(() => ({})),
  POWER_OFF: z.object({}).transform(() => ({})),
  REBOOT: z.object({}).transform(() => ({})),
  START_SESSION: z.object(place),
  DELETE_CACHED_IMAGE: z.object({ imageId: z.string(), imageName: z.string() }),
} as const satisfies Partial<Record<Action, z.ZodType>>;

/** The actions that can be ordered so far. */
export type OrderedAction = keyof typeof TRACE_INPUTS;

export type TraceInputOf<TAction extends OrderedAction> = z.output<(typeof TRACE_INPUTS)[TAction]>;

/** An order with the action that it is for. */
export type TraceInput = { [TAction in OrderedAction]: { action: TAction } & TraceInputOf<TAction> }[OrderedAction];

/** @throws {z.ZodError} when a stored input is not what this version writes: a bug or a hand-edited row. */
export function parseTraceInput(action: Action, stored: unknown): TraceInput {
  if (!isOrdered(action)) throw new Error(`no trace of the action ${action} is written by this version`);
  return { action, ...TRACE_INPUTS[action].parse(stored) } as TraceInput;
}

function isOrdered(action: Action): action is OrderedAction {
  return action in TRACE_INPUTS;
}
