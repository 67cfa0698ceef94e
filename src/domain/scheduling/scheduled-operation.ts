import { z } from 'zod';
import type { Principal } from '#domain/access/principal.ts';
import type { Action } from '#domain/operations/action.ts';
import { parseOperationOrder } from '#domain/operations/operation-order.ts';
import type { OperationTarget } from '#domain/operations/operation-target.ts';
import type { OperationRequest, OrderOperation } from '#domain/operations/order-operation.ts';
import { parseWaves } from '#domain/operations/waves.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';

/** An operation as it is kept until it is ordered: what, whom for and how. */
export interface KeptOperation {
  action: Action;
  order: Prisma.InputJsonObject;
  target: Prisma.InputJsonObject;
  options: Prisma.InputJsonObject;
}

/** The same as the database gives it back. */
export interface StoredOperation {
  action: Action;
  order: unknown;
  target: unknown;
  options: unknown;
}

/**
 * Orders what a schedule keeps. With a key that was used before it gives the operation of then, and orders nothing.
 *
 * @throws {DomainError} when it is refused: no use in trying again.
 */
export type OrderScheduled = (
  operation: StoredOperation,
  idempotencyKey: string,
  principal: Principal,
) => Promise<{ operationId: string }>;

const target = z.union([
  z.object({ clientIds: z.array(z.string()) }),
  z.object({ groupId: z.string() }),
  z.object({ roomId: z.string() }),
  z.object({ centerId: z.string() }),
]);

const options = z.object({
  onBlocked: z.enum(['REJECT_ALL', 'SKIP_BLOCKED']),
  whenBusy: z.enum(['REFUSE', 'QUEUE']),
  onBlackout: z.enum(['REFUSE', 'HOLD', 'OVERRIDE']),
  overrideReason: z.string().nullable(),
  waves: z.unknown().transform(parseWaves),
});

/** @throws {z.ZodError} when it is no target. */
export function parseKeptTarget(stored: unknown): OperationTarget {
  return target.parse(stored);
}

/** How it will be ordered. @throws {z.ZodError} when these are no options. */
export function parseKeptOptions(stored: unknown): z.output<typeof options> {
  return options.parse(stored);
}

/** What of a request can be kept: plan and idempotency key are of the moment. */
export function toKeptOperation(request: OperationRequest): KeptOperation {
  const { order, onBlocked, whenBusy, onBlackout, overrideReason, waves } = request;
  return {
    action: order.action,
    order: { ...order },
    target: { ...request.target },
    options: { onBlocked, whenBusy, onBlackout, overrideReason, waves },
  };
}

export function createOrderScheduled({ orderOperation }: { orderOperation: OrderOperation }): OrderScheduled {
  return (stored, idempotencyKey, principal) =>
    orderOperation(
      {
        order: parseOperationOrder(stored.action, stored.order),
        target: parseKeptTarget(stored.target),
        ...parseKeptOptions(stored.options),
        planToken: null,
        idempotencyKey,
        // Nobody waits for the agents' answers.
        waitForAgentsMs: 0,
      },
      principal,
    );
}
