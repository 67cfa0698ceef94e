import type { Action } from './action.ts';

/** What becomes of an order for a room that is not to be disturbed. */
export type BlackoutPolicy = 'REFUSE' | 'HOLD' | 'OVERRIDE';

/** What may go on in a room while a class is held there: it neither takes a machine away nor loads the network. */
const UNDISTURBING: ReadonlySet<Action> = new Set<Action>([
  'SOFTWARE_INVENTORY',
  'HARDWARE_INVENTORY',
  'DELETE_CACHED_IMAGE',
  'POWER_ON',
]);

export function isDisturbing(action: Action): boolean {
  return !UNDISTURBING.has(action);
}

/** What was decided when an operation was ordered, out of what was recorded of it; refusing where nothing was. */
export function readBlackoutPolicy(input: unknown): BlackoutPolicy {
  const policy = input !== null && typeof input === 'object' && 'onBlackout' in input ? input.onBlackout : null;
  return policy === 'HOLD' || policy === 'OVERRIDE' ? policy : 'REFUSE';
}
