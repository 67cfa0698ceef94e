import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Database } from '#db/database.ts';
import { openEmbeddedDatabase } from '#db/open-embedded-database.ts';
import { openPostgresql } from '#db/open-postgresql.ts';
import { createLogger } from '#lib/logger.ts';

/** An empty database for one run, gone when it is closed. */
export async function openBenchDatabase(url: string | null): Promise<Database> {
  if (url === null) return openEmbeddedDatabase({});
  const name = `oggraph_bench_${randomUUID().replaceAll('-', '')}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const database = await openPostgresql(own.href, createLogger('silent', { pretty: false }));
  return {
    ...database,
    async close() {
      await database.close();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
