import { parseMac } from '#domain/inventory/mac.ts';
import type { Storage } from '#domain/storage.ts';
import { Prisma } from '#prisma/generated/client/client.ts';
import { ImportError } from './errors.ts';
import { findExisting, joinKey, nothingExists } from './find-existing.ts';
import type { Existing } from './find-existing.ts';
import { readId } from './legacy-row.ts';
import { openDump } from './open-dump.ts';
import { planImport, TABLES_READ } from './plan-import.ts';
import { createDumpReader } from './read-dump.ts';
import type { LegacyDump } from './read-dump.ts';
import { parseIp } from './read-values.ts';
import type { ImportReport } from './report.ts';
import { writePlan } from './write-plan.ts';
import type { WriteStep } from './write-plan.ts';

export type Phase = 'read' | 'plan' | 'write';

/** How far a phase has come; the total is null where it is not known. */
export type OnProgress = (phase: Phase, done: number, total: number | null, step?: WriteStep) => void;

/** The name of a source whose dump says nothing of where it is from. */
const DEFAULT_SOURCE = 'opengnsys';
/** So many machines of a source may have got another network card since, before it is taken for another source. */
const FEW = 4;
/** Prisma's codes for a table and a column that the database does not have. */
const OUTDATED = new Set(['P2021', 'P2022']);

/**
 * Reads a dump from a file, or from standard input where the path is `-`.
 *
 * @param database which one to take where the dump holds several.
 * @throws {ImportError} where it cannot be read or is no dump of OpenGnsys.
 */
export async function readDumpFile(
  path: string,
  database: string | undefined,
  onProgress: OnProgress,
): Promise<LegacyDump> {
  let sizeBytes: number | null = null;
  const open = await openDump(path, (bytes) => onProgress('read', bytes, sizeBytes));
  ({ sizeBytes } = open);
  const reader = createDumpReader(TABLES_READ);
  for await (const chunk of open.chunks) reader.push(chunk);
  return reader.finish(database);
}

export interface ImportOptions {
  dump: LegacyDump;
  /** The installation that the dump is of: imports of the same source know what the earlier ones brought. */
  sourceName?: string | undefined;
  /** Reports what would be done and writes nothing. */
  dryRun: boolean;
  /** Brings again what was brought before and deleted here since. */
  againDeleted: boolean;
  onProgress: OnProgress;
}

/**
 * Brings an older installation into the database, in one transaction: all of it that can be placed, or nothing.
 *
 * @param db null for a database that does not exist yet, which only a dry run can do with.
 * @throws {ImportError} SOURCE_IS_ANOTHER when the source's name is that of another installation. CHANGED_MEANWHILE when somebody else wrote what this import was about to; nothing is written then.
 * DATABASE_OUTDATED when the migrations have not been applied.
 */
export async function importDump(db: Storage | null, options: ImportOptions): Promise<ImportReport> {
  const { dump, dryRun, againDeleted, onProgress } = options;
  const startedAt = new Date().toISOString();
  const sourceName = options.sourceName ?? nameSource(dump);
  const existing = db === null ? nothingExists() : await findOrExplain(db, sourceName);
  if (isAnotherInstallation(dump, existing)) throw new ImportError('SOURCE_IS_ANOTHER', { source: sourceName });
  const { writes, findings } = planImport({
    dump,
    existing,
    againDeleted,
    onProgress: (done, total) => onProgress('plan', done, total),
  });
  if (!dryRun && db !== null) {
    await writePlan(db, sourceName, writes, (step, done, total) => onProgress('write', done, total, step));
  }
  const { database } = dump;
  return { sourceName, database, dryRun, startedAt, finishedAt: new Date().toISOString(), ...findings };
}

/** Nearly all databases have the same name; the address of its server tells one installation from the other. */
function nameSource(dump: LegacyDump): string {
  const [environment] = dump.rows('entornos');
  const server = environment === undefined ? null : parseIp(environment.get('ipserveradm') ?? '');
  return [dump.database ?? DEFAULT_SOURCE, ...(server === null ? [] : [server])].join('@');
}

/** Whether the machines that were brought under this source's name are mostly others than the dump's of the same ids. */
function isAnotherInstallation(dump: LegacyDump, existing: Existing): boolean {
  const macs = new Map([...existing.clientsByMac].map(([mac, { id }]) => [id, mac]));
  let [same, other] = [0, 0];
  for (const row of dump.rows('ordenadores')) {
    const here = macs.get(existing.imported.get(joinKey('ordenadores', readId(row, 'idordenador') ?? '')) ?? '');
    if (here === undefined) continue;
    if (here === parseMac(row.get('mac') ?? '')) same += 1;
    else other += 1;
  }
  return other > Math.max(same, FEW);
}

async function findOrExplain(db: Storage, sourceName: string): Promise<Existing> {
  try {
    return await findExisting(db, sourceName);
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && OUTDATED.has(error.code)) {
      throw new ImportError('DATABASE_OUTDATED', {}, { cause: error });
    }
    throw error;
  }
}
