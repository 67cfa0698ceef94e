import type { Transaction } from '#domain/storage.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { RepositoryImage } from './repository-gateway.ts';

/** A copy that no job of its repository is about. */
export const NO_JOBS = {
  auxiliaryAttempts: 0,
  auxiliaryRequestedAt: null,
  auxiliaryAcceptedAt: null,
  auxiliaryJobId: null,
  transferById: null,
  transferRequestedAt: null,
  transferJobId: null,
  expectedChecksum: null,
} as const satisfies Prisma.ImageReplicaUncheckedUpdateManyInput;

/** What a repository says of a job that it was given. */
export interface JobReport {
  jobId: string;
  /** Null where it does not say how it ended. */
  succeeded: boolean | null;
  /** Its own words. */
  message: string;
  /** The image that came of it, where it is described. */
  image: RepositoryImage | null;
}

/** A report as it came, with who sent it. */
export interface ReceivedReport extends JobReport {
  sender: string;
  body: Prisma.InputJsonObject;
}

/** Turns a kept body back into the report it was; null for one that no longer parses. */
export type ParseRepositoryReport = (body: unknown) => JobReport | null;

/** The repositories whose reports come from an address: none for a stranger's. */
export type FindSenders = (tx: Transaction, sender: string) => Promise<readonly string[]>;

/**
 * Whose reports to believe: a repository's are those that come from where it is called. Several may be called at one address, behind a
 * gateway.
 */
export function createFindSenders(addressOf: (ip: string) => string): FindSenders {
  return async (tx, sender) => {
    const repositories = await tx.repository.findMany({ select: { id: true, ip: true } });
    return repositories.filter(({ ip }) => addressOf(ip) === sender).map(({ id }) => id);
  };
}

/** Lets two transactions about the same job name take turns, also while no copy carries that name yet. */
export async function lockImageJob(tx: Transaction, jobId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${jobId}, 7301957))`;
}

/** The copy that a job of one of these repositories is about; null for a job that nobody knows by that name yet. */
export async function findReplicaOfJob(
  tx: Transaction,
  jobId: string,
  repositoryIds: readonly string[],
): Promise<{ id: string; repositoryId: string } | null> {
  const by = { in: [...repositoryIds] };
  return tx.imageReplica.findFirst({
    where: {
      OR: [
        { auxiliaryJobId: jobId, repositoryId: by },
        { transferJobId: jobId, transferById: by },
      ],
    },
    select: { id: true, repositoryId: true },
    orderBy: { id: 'asc' },
  });
}

/**
 * Ends the job that a copy waits for. A copy that waits for no job of that name any more stays as it is.
 *
 * @returns whether anything changed.
 */
export async function endImageJob(
  tx: Transaction,
  replicaId: string,
  { jobId, succeeded, message, image }: JobReport,
): Promise<boolean> {
  if (succeeded === null) return false;
  const facts = succeeded
    ? {
        status: 'READY' as const,
        fault: null,
        faultDetail: null,
        ...(image === null ? {} : { checksum: image.checksum }),
        ...(typeof image?.sizeBytes === 'bigint' ? { sizeBytes: image.sizeBytes } : {}),
      }
    : { status: 'FAILED' as const, faultDetail: message };
  const auxiliary = await tx.imageReplica.updateMany({
    where: { id: replicaId, status: 'AUXILIARY_FILES_PENDING', auxiliaryJobId: jobId },
    data: { ...facts, ...NO_JOBS, ...(succeeded ? {} : { fault: 'AUXILIARY_FILES_FAILED' }) },
  });
  if (auxiliary.count > 0) return true;
  const transfer = await tx.imageReplica.updateMany({
    where: { id: replicaId, status: 'TRANSFERRING', transferJobId: jobId },
    data: { ...facts, ...NO_JOBS, ...(succeeded ? {} : { fault: 'TRANSFER_FAILED' }) },
  });
  return transfer.count > 0;
}

/** Applies, in the order they came, its repository's reports that were quicker than the answer which now gave the job its name. */
export async function applyKeptImageReports(
  tx: Transaction,
  { replicaId, repositoryId, jobId }: { replicaId: string; repositoryId: string; jobId: string },
  { parseReport, findSenders }: { parseReport: ParseRepositoryReport; findSenders: FindSenders },
): Promise<void> {
  const where = { jobId, state: 'KEPT' } as const;
  const heard = await tx.repositoryJobReport.findMany({ where, distinct: ['sender'], select: { sender: true } });
  const own: string[] = [];
  for (const { sender } of heard) {
    if ((await findSenders(tx, sender)).includes(repositoryId)) own.push(sender);
  }
  const kept = await tx.repositoryJobReport.findMany({
    where: { ...where, sender: { in: own } },
    orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }],
  });
  for (const row of kept) {
    const report = parseReport(row.body);
    if (typeof report?.succeeded !== 'boolean') continue;
    const isApplied = await endImageJob(tx, replicaId, report);
    await tx.repositoryJobReport.update({
      where: { id: row.id },
      data: { state: isApplied ? 'APPLIED' : 'LATE', replicaId },
    });
  }
}
