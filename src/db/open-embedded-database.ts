import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { fromPglite } from 'pg-boss';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { createPrisma } from './database.ts';
import type { Database } from './database.ts';
import { lockDataDirectory } from './lock-data-directory.ts';

export interface EmbeddedDatabaseOptions {
  /** Folder that holds the database; absent for one in memory that ends with the process. */
  directory?: string;
  /** A dump to start from instead of an empty database (memory only). */
  snapshot?: Blob;
}

/**
 * Opens PostgreSQL inside this process. One process only: the folder is locked while it is open.
 *
 * @throws {DataDirectoryInUseError} when another process has the folder open.
 */
export async function openEmbeddedDatabase({ directory, snapshot }: EmbeddedDatabaseOptions): Promise<Database> {
  const unlock = directory === undefined ? () => {} : lockDataDirectory(directory);
  try {
    const pglite = await PGlite.create({
      ...(directory === undefined ? {} : { dataDir: join(directory, 'postgres') }),
      ...(snapshot === undefined ? {} : { loadDataDir: snapshot }),
    });
    const adapter = new PrismaPGlite(pglite);
    const { prisma, onStatement } = createPrisma(adapter);
    return {
      kind: 'embedded',
      prisma,
      onStatement,
      adapter,
      queue: { db: fromPglite(pglite), backend: 'pglite' },
      async listen(channel, onPayload, onConnected) {
        const stop = await pglite.listen(channel, onPayload);
        onConnected();
        return async () => {
          await stop();
        };
      },
      async close() {
        await prisma.$disconnect();
        if (!pglite.closed) await pglite.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
