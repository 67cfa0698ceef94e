import type { Transaction } from '#domain/storage.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import type { Action } from './action.ts';
import type { DispatchQueue } from './dispatch-queue.ts';

interface ReleasedTrace {
  id: string;
  operationId: string;
  clientId: string;
  roomId: string;
  action: Action;
}

/** Hands over for sending what has been marked as due, and says so. Call it last in a transaction. */
export async function letGo(tx: Transaction, queue: DispatchQueue, released: readonly ReleasedTrace[]): Promise<void> {
  await queue.enqueue(
    tx,
    released.map(({ id }) => id),
  );
  await appendEvents(
    tx,
    released.map(({ id, ...about }) => ({ ...about, kind: 'RELEASED', traceId: id, traceStatus: 'PENDING' })),
  );
}
