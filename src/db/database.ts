import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { ConstructorOptions as QueueDatabaseOptions } from 'pg-boss';
import { PrismaClient } from '#prisma/generated/client/client.ts';

/** One open database, whichever kind it is. */
export interface Database {
  kind: 'embedded' | 'postgresql';
  prisma: PrismaClient;
  adapter: SqlMigrationAwareDriverAdapterFactory;
  /** Calls back for each SQL statement that is sent through Prisma. */
  onStatement: (listener: () => void) => void;
  /** How the job queue reaches the same database. */
  queue: Pick<QueueDatabaseOptions, 'db' | 'backend' | 'connectionString' | 'max'>;
  /**
   * Hears every NOTIFY on a channel. `onConnected` is called after each (re)connection: whatever was notified while
   * the connection was down is gone, so the caller must look for itself then.
   *
   * @returns a function that stops listening.
   */
  listen: (
    channel: string,
    onPayload: (payload: string) => void,
    onConnected: () => void,
  ) => Promise<() => Promise<void>>;
  close: () => Promise<void>;
}

/** A Prisma client over a driver adapter, with patience enough for an embedded database's single connection. */
export function createPrisma(adapter: SqlMigrationAwareDriverAdapterFactory): Pick<Database, 'prisma' | 'onStatement'> {
  const prisma = new PrismaClient({
    adapter,
    transactionOptions: { maxWait: 20_000, timeout: 20_000 },
    log: [{ emit: 'event', level: 'query' }],
  });
  return { prisma, onStatement: (listener) => prisma.$on('query', () => listener()) };
}
