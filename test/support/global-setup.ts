import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { TestProject } from 'vitest/node';
import { applyMigrations } from '#db/migrations.ts';
import { openPostgresql } from '#db/open-postgresql.ts';
import { createLogger } from '#lib/logger.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** File of an empty, migrated embedded database to start from; null where a server is used. */
    snapshot: string | null;
    /** Connection string and template of a PostgreSQL server; null where the embedded database is used. */
    server: { url: string; template: string } | null;
  }
}

/**
 * Migrates one database for all test files: an embedded one as a file to load, or, where TEST_DATABASE_URL names a PostgreSQL
 * server, a template database there.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env['TEST_DATABASE_URL'];
  return url === undefined || url === '' ? prepareEmbedded(project) : prepareServer(project, url);
}

async function prepareEmbedded(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'oggraph-test-'));
  const pglite = await PGlite.create();
  await applyMigrations(new PrismaPGlite(pglite));
  const snapshot = join(directory, 'migrated.tar');
  writeFileSync(snapshot, new Uint8Array(await (await pglite.dumpDataDir('none')).arrayBuffer()));
  await pglite.close();
  project.provide('snapshot', snapshot);
  project.provide('server', null);
  return async () => {
    rmSync(directory, { recursive: true });
  };
}

async function prepareServer(project: TestProject, url: string): Promise<() => Promise<void>> {
  const template = `oggraph_test_${process.pid}_template`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${template}`);
  const templateUrl = new URL(url);
  templateUrl.pathname = `/${template}`;
  const database = await openPostgresql(templateUrl.href, createLogger('silent'));
  await applyMigrations(database.adapter);
  await database.close();
  project.provide('snapshot', null);
  project.provide('server', { url, template });
  return async () => {
    await admin.query(`DROP DATABASE ${template} WITH (FORCE)`);
    await admin.end();
  };
}
