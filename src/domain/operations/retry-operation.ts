import type { Principal } from '#domain/access/principal.ts';
import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import { hashOf } from '#lib/canonical-json.ts';
import { findReplay } from './accept-operation.ts';
import type { AcceptedOperation, OperationOptions } from './accept-operation.ts';
import { parseOperationOrder } from './operation-order.ts';
import type { OperationOrder } from './operation-order.ts';
import type { OrderOperation } from './order-operation.ts';
import type { PlannedRequest } from './plan-operation.ts';
import { parseTraceInput } from './trace-input.ts';
import type { TraceInput } from './trace-input.ts';

export const RETRIED_STATUSES = ['FAILED', 'LOST', 'CANCELLED'] as const;

export type RetriedStatus = (typeof RETRIED_STATUSES)[number];

export interface RetryRequest extends OperationOptions, Pick<PlannedRequest, 'whenBusy' | 'onBlackout'> {
  operationId: string;
  only: readonly RetriedStatus[];
  overrideReason: string | null;
}

export type RetryOperation = (request: RetryRequest, principal: Principal) => Promise<AcceptedOperation>;

/**
 * Orders the same again for the clients of an operation whose jobs ended that way, and were not tried again with success since. The rules are asked anew, and the new traces know which
 * ones they try again.
 *
 * @throws {NotFoundError | InvalidInputError} for an operation that there is not, or of which no trace ended so; and what ordering throws.
 */
export function createRetryOperation({
  db,
  orderOperation,
}: {
  db: Storage;
  orderOperation: OrderOperation;
}): RetryOperation {
  return async ({ operationId, only, ...options }, principal) => {
    const operation = await db.operation.findUnique({
      where: { id: operationId },
      select: { action: true, input: true },
    });
    if (operation === null) throw new NotFoundError(['input', 'operationId'], 'Operation');
    if (only.length === 0) throw new InvalidInputError(['input', 'only'], 'EMPTY');
    const traces = await db.trace.findMany({
      where: { id: { in: await findUntried(db, operationId, only) } },
      orderBy: { id: 'asc' },
      select: { id: true, clientId: true, input: true },
    });
    const identity = { operationId, only, ...withoutDelivery(options) };
    const [first] = traces;
    if (first === undefined) {
      // A repeat is answered as before, though what was lost then may have been heard of since.
      const { idempotencyKey } = options;
      const replay = idempotencyKey === null ? null : await findReplay(db, principal, idempotencyKey, hashOf(identity));
      if (replay !== null) return replay;
      throw new InvalidInputError(['input', 'only'], 'NOTHING_TO_RETRY');
    }
    return orderOperation(
      {
        ...options,
        order: keepSizes(
          parseOperationOrder(operation.action, operation.input),
          parseTraceInput(operation.action, first.input),
        ),
        target: { clientIds: traces.map(({ clientId }) => clientId) },
        identity,
        retryOf: { operationId, traceOf: new Map(traces.map(({ id, clientId }) => [clientId, id])) },
      },
      principal,
    );
  };
}

/**
 * The traces of an operation that ended that way, and of which no other try has done better: one that is under way, or has succeeded, must
 * not be followed by another one that writes the disk again.
 */
async function findUntried(db: Storage, operationId: string, only: readonly RetriedStatus[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    WITH RECURSIVE tries AS (
      SELECT id AS own_id, id, retry_of_id, status FROM traces
      WHERE operation_id = ${operationId}::uuid AND status::text = ANY(${[...only]})
      UNION
      SELECT tries.own_id, other.id, other.retry_of_id, other.status
      FROM tries JOIN traces other ON other.retry_of_id = tries.id OR other.id = tries.retry_of_id
    )
    SELECT own_id AS id FROM tries GROUP BY own_id HAVING bool_and(status::text = ANY(${[...RETRIED_STATUSES]}))`;
  return rows.map(({ id }) => id);
}

/** The partition that takes what is left over has the size it has on the clients that succeeded, though the smallest disk is not among these. */
function keepSizes(order: OperationOrder, before: TraceInput): OperationOrder {
  if (order.action !== 'PARTITION_AND_FORMAT' || before.action !== 'PARTITION_AND_FORMAT') return order;
  const sizes = new Map(before.partitions.map(({ number, sizeBytes }) => [number, sizeBytes]));
  const partitions = order.partitions.map((each) => ({
    ...each,
    sizeBytes: each.sizeBytes ?? sizes.get(each.number) ?? null,
  }));
  return { ...order, partitions };
}

/** How long somebody waits, and by which key, is no part of what was asked for. */
function withoutDelivery({
  idempotencyKey: _key,
  waitForAgentsMs: _wait,
  ...asked
}: Omit<RetryRequest, 'operationId' | 'only'>): object {
  return asked;
}
