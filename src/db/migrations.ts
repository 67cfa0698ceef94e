import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import type { MigrationList } from '@prisma/schema-engine-wasm';

const PRISMA_DIRECTORY = join(import.meta.dirname, '..', '..', 'prisma');
const MIGRATIONS_DIRECTORY = join(PRISMA_DIRECTORY, 'migrations');
const LOCKFILE = 'migration_lock.toml';
const NO_FILTERS = { externalTables: [], externalEnums: [] };

/** Thrown when the database's history and ours do not agree, so that applying more would make it worse. */
export class MigrationHistoryError extends Error {
  readonly code = 'MIGRATION_HISTORY';

  constructor(message: string) {
    super(message);
    this.name = 'MigrationHistoryError';
  }
}

/**
 * Brings a database up to date, in process: no engine binary is downloaded or run. It keeps the same
 * `_prisma_migrations` table as `prisma migrate deploy`, so either may follow the other.
 *
 * @returns the names of the migrations applied now, in order; empty when there was nothing to do.
 * @throws {MigrationHistoryError} when a migration failed half-way before, or the database is newer than this program.
 */
export async function applyMigrations(adapter: SqlMigrationAwareDriverAdapterFactory): Promise<readonly string[]> {
  return withSchemaEngine(adapter, async (engine) => {
    const migrationsList = readMigrations();
    const state = await engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters: NO_FILTERS,
    });
    if (state.failedMigrationNames.length > 0) {
      throw new MigrationHistoryError(
        `Migration ${state.failedMigrationNames.join(', ')} failed half-way. Restore the backup taken before it.`,
      );
    }
    if (state.history !== null && state.history.diagnostic !== 'databaseIsBehind') {
      throw new MigrationHistoryError(
        `The database has migrations this version does not know (${state.history.unpersistedMigrationNames.join(', ')}): it belongs to a newer ogGraph.`,
      );
    }
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTERS });
    return appliedMigrationNames;
  });
}

/**
 * The SQL that takes a database with all migrations applied to what `prisma/schema` says now; empty when they agree.
 * The adapter's database must be an empty scratch one: the migrations are replayed into it.
 */
export async function diffAgainstMigrations(adapter: SqlMigrationAwareDriverAdapterFactory): Promise<string> {
  return withSchemaEngine(adapter, async (engine) => {
    const { stdout } = await engine.diff({
      from: { tag: 'migrations', ...readMigrations() },
      to: { tag: 'schemaDatamodel', files: readSchemaFiles().map(([path, content]) => ({ path, content })) },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    });
    const sql = (stdout ?? '').trim();
    return sql === '' || sql.startsWith('-- This is an empty migration') ? '' : sql;
  });
}

async function withSchemaEngine<T>(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  run: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const connections: SqlDriverAdapter[] = [];
  const remember = async (connecting: Promise<SqlDriverAdapter>) => {
    const connection = await connecting;
    connections.push(connection);
    return connection;
  };
  const tracked: SqlMigrationAwareDriverAdapterFactory = {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    connect: () => remember(adapter.connect()),
    connectToShadowDb: () => remember(adapter.connectToShadowDb()),
  };
  const engine = await SchemaEngine.new(
    { datamodels: readSchemaFiles() },
    () => {},
    bindMigrationAwareSqlAdapterFactory(tracked),
  );
  try {
    return await run(engine);
  } finally {
    engine.free();
    // The engine opens connections of its own and leaves them to whoever gave it the adapter.
    await Promise.all(connections.map((connection) => connection.dispose()));
  }
}

function readSchemaFiles(): [string, string][] {
  const directory = join(PRISMA_DIRECTORY, 'schema');
  return readdirSync(directory)
    .filter((name) => name.endsWith('.prisma'))
    .toSorted()
    .map((name) => [name, readFileSync(join(directory, name), 'utf8')]);
}

function readMigrations(): MigrationList {
  const names = readdirSync(MIGRATIONS_DIRECTORY, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
  return {
    baseDir: MIGRATIONS_DIRECTORY,
    lockfile: { path: LOCKFILE, content: readFileSync(join(MIGRATIONS_DIRECTORY, LOCKFILE), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(MIGRATIONS_DIRECTORY, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}
