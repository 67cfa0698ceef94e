import type { Principal } from '#domain/access/principal.ts';
import { MAX_SCRIPT_LENGTH } from '#domain/commands/kinds.ts';
import { InvalidInputError, OperationRefusedError } from '#domain/errors.ts';
import { hashOf } from '#lib/canonical-json.ts';
import type { AcceptOperation, AcceptedOperation, OperationOptions } from './accept-operation.ts';
import type { OperationTarget } from './operation-target.ts';
import type { ActionRequest, PlanAction } from './plan-action.ts';

export interface OrderActionRequest extends OperationOptions {
  order: ActionRequest;
  target: OperationTarget;
}

export type OrderAction = (request: OrderActionRequest, principal: Principal) => Promise<AcceptedOperation>;

/**
 * Orders one action of every client of a target: see {@link AcceptOperation}.
 *
 * @throws {OperationRefusedError | NotFoundError} and what accepting any operation throws.
 */
export function createOrderAction({
  planAction,
  acceptOperation,
}: {
  planAction: PlanAction;
  acceptOperation: AcceptOperation;
}): OrderAction {
  return (request, principal) => {
    const { order, target, onBlocked, idempotencyKey, waitForAgentsMs } = request;
    checkOrder(order);
    const input = { ...order, target, onBlocked };
    return acceptOperation(
      {
        action: order.action,
        input,
        inputHash: hashOf(input),
        planToken: null,
        plan: (tx) => planAction(order, target, tx),
        refuse: (clients) => new OperationRefusedError(clients),
        onBlocked,
        idempotencyKey,
        waitForAgentsMs,
      },
      principal,
    );
  };
}

function checkOrder(order: ActionRequest): void {
  if (order.action === 'SOFTWARE_INVENTORY' || order.action === 'START_SESSION') {
    if (order.disk < 1) throw new InvalidInputError(['input', 'disk'], 'NOT_POSITIVE');
    if (order.partition < 1) throw new InvalidInputError(['input', 'partition'], 'NOT_POSITIVE');
  }
  if (order.action !== 'RUN_SCRIPT' || order.commandId !== null) return;
  const script = order.script ?? '';
  if (script.trim() === '') throw new InvalidInputError(['input', 'script'], 'EMPTY');
  if (script.length > MAX_SCRIPT_LENGTH) {
    throw new InvalidInputError(['input', 'script'], 'TOO_LONG', { max: MAX_SCRIPT_LENGTH });
  }
  if (script.includes('\0') || !script.isWellFormed()) {
    throw new InvalidInputError(['input', 'script'], 'BAD_CHARACTERS');
  }
}
