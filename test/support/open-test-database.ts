import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { inject } from 'vitest';
import type { Database } from '#db/database.ts';
import { openEmbeddedDatabase } from '#db/open-embedded-database.ts';
import { openPostgresql } from '#db/open-postgresql.ts';
import { createLogger } from '#lib/logger.ts';

/** Whether these tests run against a PostgreSQL server, where some things can be tried that one process alone cannot. */
export const onServer = (): boolean => inject('server') !== null;

/** A database of one's own, migrated and empty, of the kind this run is about. Closing it removes it. */
export async function openTestDatabase(): Promise<Database & { url: string | null }> {
  const server = inject('server');
  const snapshot = inject('snapshot');
  if (server !== null) return openOnServer(server);
  if (snapshot === null) throw new Error('the global set-up has prepared no database');
  return { ...(await openEmbeddedDatabase({ snapshot: new Blob([readFileSync(snapshot)]) })), url: null };
}

async function openOnServer({ url, template }: { url: string; template: string }): Promise<Database & { url: string }> {
  const name = `oggraph_test_${randomUUID().replaceAll('-', '')}`;
  await withAdmin(url, async (admin) => {
    // A template is copied by one at a time; test files that start together take turns.
    await admin.query('SELECT pg_advisory_lock(7301953)');
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const own = new URL(url);
  own.pathname = `/${name}`;
  const database = await openPostgresql(own.href, createLogger('silent'));
  return {
    ...database,
    url: own.href,
    async close() {
      await database.close();
      await withAdmin(url, (admin) => admin.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

async function withAdmin(url: string, run: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await run(admin);
  } finally {
    await admin.end();
  }
}
