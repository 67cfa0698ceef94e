import { InvalidInputError } from '#domain/errors.ts';
import type { OperationRequest } from '#domain/operations/order-operation.ts';
import { builder } from '#schema/builder.ts';
import { isGiven } from '#schema/ids.ts';
import {
  collectHardwareInventory,
  collectSoftwareInventory,
  deleteCachedImage,
  powerOff,
  powerOn,
  reboot,
  runScript,
  startSession,
} from './actions.ts';
import { createImage } from './create-image.ts';
import type { DeclaredAction } from './declare-action.ts';
import { deployImage } from './deploy-image.ts';
import { partitionAndFormat } from './partition-and-format.ts';

const ACTIONS: readonly DeclaredAction[] = [
  deployImage,
  createImage,
  partitionAndFormat,
  runScript,
  collectSoftwareInventory,
  collectHardwareInventory,
  deleteCachedImage,
  powerOn,
  powerOff,
  reboot,
  startSession,
];

/** Anything that clients can be ordered to do, in the words of the mutation that orders it. */
export const OperationOrderInput = builder.inputType('OperationOrderInput', {
  isOneOf: true,
  description:
    'Anything that clients can be ordered to do: exactly one of these, in the words of the mutation of that name.',
  fields: (t) =>
    Object.fromEntries(
      ACTIONS.map(({ name, Input }) => [
        name,
        t.field({ type: Input as never, description: `What \`${name}\` would be given.` }),
      ]),
    ) as never,
});

/** @throws {NotFoundError} at the id that is none. */
export function readOperationOrder(input: Readonly<Record<string, unknown>>): OperationRequest {
  for (const { name, read } of ACTIONS) {
    const given = input[name];
    if (isGiven(given)) return read(given as Readonly<Record<string, unknown>>);
  }
  throw new InvalidInputError(['input'], 'REQUIRED');
}
