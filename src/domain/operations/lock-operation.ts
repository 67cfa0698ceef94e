import type { Transaction } from '#domain/storage.ts';

/** Locks an operation's row until the transaction ends, so that what follows from several of its traces takes turns. */
export async function lockOperation(tx: Transaction, operationId: string): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM operations WHERE id = ${operationId}::uuid FOR NO KEY UPDATE`;
}
