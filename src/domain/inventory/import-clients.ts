import type { Principal } from '#domain/access/principal.ts';
import { transact } from '#domain/administration/transact.ts';
import { isUniqueViolation } from '#domain/database-errors.ts';
import { ImportRefusedError, InvalidInputError } from '#domain/errors.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { Logger } from '#lib/logger.ts';
import { decodeImportedBytes } from './client-import/decode-imported-bytes.ts';
import { markDuplicates } from './client-import/mark-duplicates.ts';
import { parseClientImport } from './client-import/parse-client-import.ts';
import type { ImportFileProblem, ImportFormat, ParsedImport } from './client-import/parsed-import.ts';
import { changesOf, planClientImport } from './client-import/plan-client-import.ts';
import type { ExistingClientPolicy, PlannedRow } from './client-import/plan-client-import.ts';
import { readSurroundings } from './client-import/read-surroundings.ts';

export interface ImportClientsRequest {
  file: { text: string } | { base64: string };
  /** Null to find it out. */
  format: ImportFormat | null;
  roomId: string | null;
  /** Whose rooms the rows name; the room's own center where null. */
  centerId: string | null;
  groupId: string | null;
  subnetId: string | null;
  repositoryId: string | null;
  onBadRow: 'REJECT_ALL' | 'SKIP';
  onExisting: ExistingClientPolicy;
  dryRun: boolean;
}

export interface ClientImport {
  /** Whether the rows were written; not in a dry run. */
  applied: boolean;
  format: ImportFormat | null;
  rows: readonly PlannedRow[];
  problems: readonly ImportFileProblem[];
  warnings: readonly ImportFileProblem[];
}

export type ImportClients = (request: ImportClientsRequest, principal: Principal) => Promise<ClientImport>;

/** Rows in one statement: with their columns, well below what a statement may have of parameters. */
const CHUNK = 1000;
const MAX_ATTEMPTS = 3;

/**
 * Takes in the clients that a file describes: all that are good, or none where one is bad and that is what was asked for. A dry run
 * does all but the writing and tells the same of every row.
 *
 * @throws {ImportRefusedError} when it is no dry run and rows are bad under REJECT_ALL, or the file cannot be read; nothing is written.
 * @throws {NotFoundError | InvalidInputError}
 */
export function createImportClients({ db, log }: { db: Storage; log: Logger }): ImportClients {
  return async (request, principal) => {
    const text = 'text' in request.file ? request.file.text : decodeBase64(request.file.base64);
    const parsed = parseClientImport(text, request.format);
    const rows = markDuplicates(parsed.rows);
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await transact(db, async (tx) => {
          const planned = planClientImport(rows, await readSurroundings(tx, request, rows));
          if (request.dryRun) return toImport(parsed, planned, false);
          refuseBad(parsed, planned, request);
          return toImport(parsed, await write(tx, planned, principal), true);
        });
        if (result.applied) log.info({ ...countDecisions(result.rows), by: principal.name }, 'clients imported');
        return result;
      } catch (error) {
        // Somebody took one of the addresses in between: the next plan sees whose it is.
        const isTaken = isUniqueViolation(error);
        if (!isTaken || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  };
}

function decodeBase64(base64: string): string {
  const compact = base64.replaceAll(/\s/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw new InvalidInputError(['input', 'file', 'base64'], 'BAD_ENCODING');
  }
  return decodeImportedBytes(Buffer.from(compact, 'base64'));
}

function toImport(
  { format, problems, warnings }: ParsedImport,
  rows: readonly PlannedRow[],
  applied: boolean,
): ClientImport {
  return { applied, format, rows, problems, warnings };
}

function refuseBad(parsed: ParsedImport, planned: readonly PlannedRow[], { onBadRow }: ImportClientsRequest): void {
  const bad = planned.filter(({ decision }) => decision === 'REFUSE');
  const isUnreadable = parsed.rows.length === 0;
  if (isUnreadable || (onBadRow === 'REJECT_ALL' && (bad.length > 0 || parsed.problems.length > 0))) {
    throw new ImportRefusedError(bad, parsed.problems);
  }
}

async function write(tx: Transaction, planned: readonly PlannedRow[], principal: Principal): Promise<PlannedRow[]> {
  const created = planned.flatMap(({ decision, data }) => (decision === 'CREATE' && data !== null ? [data] : []));
  const ids = new Map<string, string>();
  for (let start = 0; start < created.length; start += CHUNK) {
    const rows = await tx.client.createManyAndReturn({
      data: created.slice(start, start + CHUNK).map(({ maintenance, ...data }) => ({
        ...data,
        maintenance: maintenance ?? false,
        createdBy: principal.name,
      })),
      select: { id: true, mac: true },
    });
    for (const { id, mac } of rows) ids.set(mac, id);
  }
  for (const { decision, clientId, data } of planned) {
    if (decision !== 'UPDATE' || clientId === null || data === null) continue;
    await tx.client.update({
      where: { id: clientId },
      data: { ...changesOf(data), recordVersion: { increment: 1 } },
      select: { id: true },
    });
  }
  return planned.map((each) =>
    each.data === null ? each : { ...each, clientId: ids.get(each.data.mac) ?? each.clientId },
  );
}

export function countDecisions(rows: readonly PlannedRow[]): Record<PlannedRow['decision'], number> {
  const counts = { CREATE: 0, UPDATE: 0, SKIP: 0, REFUSE: 0 };
  for (const { decision } of rows) counts[decision] += 1;
  return counts;
}
