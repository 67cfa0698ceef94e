import type { Transaction } from '#domain/storage.ts';

/** The port to durable work. */
export interface DispatchQueue {
  /** Asks for these traces to be sent, as part of the transaction: rolled back with it, durable once it commits. */
  enqueue(tx: Transaction, traceIds: readonly string[]): Promise<void>;
}
