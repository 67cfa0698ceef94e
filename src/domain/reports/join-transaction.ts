import type { Storage, Transaction } from '#domain/storage.ts';

/**
 * A transaction in the clothes of the database: what is built on it and opens a transaction of its own becomes part of this one, and is
 * stored or undone together with it.
 */
export function joinTransaction(tx: Transaction): Storage {
  return new Proxy(tx, {
    get: (target, name) =>
      name === '$transaction'
        ? (run: (inner: Transaction) => Promise<unknown>) => run(tx)
        : (Reflect.get(target, name) as unknown),
  }) as Storage;
}
