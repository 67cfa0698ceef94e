import type { Principal } from '#domain/access/principal.ts';
import { DeploymentRefusedError, InvalidInputError, OperationRefusedError } from '#domain/errors.ts';
import { hashOf } from '#lib/canonical-json.ts';
import { isStorable } from '#lib/storable-text.ts';
import type { AcceptOperation, AcceptedOperation, OperationOptions, RetriedOperation } from './accept-operation.ts';
import { checkConfirmation } from './confirmation.ts';
import type { PlanOperation, PlannedRequest } from './plan-operation.ts';

export interface OperationRequest extends PlannedRequest, OperationOptions {
  /** Why a class is disturbed, where it is. Kept with the operation. */
  overrideReason: string | null;
  /** The operation that this one tries again. */
  retryOf?: RetriedOperation;
  /** What tells a repeat from a conflict, where that is not the request itself. */
  identity?: object;
}

export type OrderOperation = (request: OperationRequest, principal: Principal) => Promise<AcceptedOperation>;

const MAX_REASON_LENGTH = 500;

/**
 * Orders an action of every client of a target: see {@link AcceptOperation}.
 *
 * @throws {DeploymentRefusedError | OperationRefusedError | NotFoundError | InvalidInputError | AlreadyExistsError} and what accepting any
 *   operation throws.
 */
export function createOrderOperation({
  planOperation,
  acceptOperation,
}: {
  planOperation: PlanOperation;
  acceptOperation: AcceptOperation;
}): OrderOperation {
  return (request, principal) => {
    const { idempotencyKey, waitForAgentsMs, retryOf = null, identity, ...asked } = request;
    checkOverride(request);
    const { order, target, planToken, waves, ...options } = asked;
    return acceptOperation(
      {
        order,
        input: { ...order, target, waves, ...options },
        inputHash: hashOf(identity ?? asked),
        plan: async (tx) => {
          const plan = await planOperation(request, tx);
          // What is tried again was confirmed before, for these clients and perhaps others.
          if (order.action === 'PARTITION_AND_FORMAT' && retryOf === null) {
            checkConfirmation(order.confirmation, plan.clients.length);
          }
          return plan;
        },
        refuse: (clients) =>
          order.action === 'DEPLOY_IMAGE' ? new DeploymentRefusedError(clients) : new OperationRefusedError(clients),
        onBlocked: request.onBlocked,
        waves,
        planToken,
        idempotencyKey,
        waitForAgentsMs,
        retryOf,
      },
      principal,
    );
  };
}

/** Why a class was disturbed, out of what was recorded of an operation; null where none was. */
export function readOverrideReason(input: unknown): string | null {
  if (input === null || typeof input !== 'object' || !('overrideReason' in input)) return null;
  return typeof input.overrideReason === 'string' ? input.overrideReason : null;
}

/** Whoever disturbs a class says why. @throws {InvalidInputError} */
export function checkOverride({
  onBlackout,
  overrideReason,
}: Pick<OperationRequest, 'onBlackout' | 'overrideReason'>): void {
  const path = ['input', 'overrideReason'];
  if (overrideReason !== null && overrideReason.length > MAX_REASON_LENGTH) {
    throw new InvalidInputError(path, 'TOO_LONG', { max: MAX_REASON_LENGTH });
  }
  if (overrideReason !== null && !isStorable(overrideReason)) {
    throw new InvalidInputError(path, 'BAD_CHARACTERS');
  }
  if (onBlackout === 'OVERRIDE' && (overrideReason ?? '').trim() === '') throw new InvalidInputError(path, 'REQUIRED');
}
