import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Thrown when another process has the embedded database open: two writers would corrupt it. */
export class DataDirectoryInUseError extends Error {
  readonly code = 'DATA_DIRECTORY_IN_USE';

  constructor(directory: string) {
    super(
      `The data directory ${directory} is in use by another ogGraph process. ` +
        'Stop that process, choose another DATA_DIR, or use PostgreSQL through DATABASE_URL, which several servers may share.',
    );
    this.name = 'DataDirectoryInUseError';
  }
}

/**
 * Takes the one lock on an embedded database's directory, creating the directory where it is missing.
 *
 * The lock is an open exclusive transaction on a small SQLite file: the kernel holds it and lets it go however the
 * process ends, so a server that was killed leaves nothing to clean up, and no stale file can keep the next one out.
 *
 * @returns a function that lets the lock go.
 * @throws {DataDirectoryInUseError} when another process holds it.
 */
export function lockDataDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const lock = new DatabaseSync(join(directory, 'lock'));
  try {
    lock.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) throw new DataDirectoryInUseError(directory);
    throw error;
  }
  return () => {
    lock.close();
  };
}
