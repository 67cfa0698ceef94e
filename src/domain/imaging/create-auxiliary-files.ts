import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { NO_JOBS, applyKeptImageReports, lockImageJob } from './image-jobs.ts';
import type { FindSenders, ParseRepositoryReport } from './image-jobs.ts';
import { AUXILIARY_SILENCE_MS } from './plan-synchronization.ts';
import { recordContact } from './record-contact.ts';
import type { RepositoryGateway } from './repository-gateway.ts';
import type { SynchronizeRepository } from './synchronize-repository.ts';

export interface AuxiliaryTimes {
  /** How long the repository may work before its list is looked at. */
  silenceMs: number;
  /** How long after the first request that came to nothing it is asked again; twice as long after each further one … */
  backOffMs: number;
  /** … up to this. */
  maxBackOffMs: number;
}

export const AUXILIARY_TIMES: AuxiliaryTimes = {
  silenceMs: AUXILIARY_SILENCE_MS,
  backOffMs: 10_000,
  maxBackOffMs: 900_000,
};

export interface AuxiliaryCollaborators {
  db: Storage;
  repositories: Pick<RepositoryGateway, 'createAuxiliaryFiles'>;
  synchronizeRepository: SynchronizeRepository;
  parseReport: ParseRepositoryReport;
  findSenders: FindSenders;
  clock: Clock;
  log: Logger;
  times?: Partial<AuxiliaryTimes>;
}

/** A copy whose file is captured, and whose checksum and torrent are still to be made. */
interface PendingReplica {
  id: string;
  repositoryId: string;
  auxiliaryAttempts: number;
  auxiliaryRequestedAt: Date | null;
  auxiliaryAcceptedAt: Date | null;
  image: { name: string };
  repository: { ip: string };
}

const PENDING = {
  id: true,
  repositoryId: true,
  auxiliaryAttempts: true,
  auxiliaryRequestedAt: true,
  auxiliaryAcceptedAt: true,
  image: { select: { name: true } },
  repository: { select: { ip: true } },
} as const;

/**
 * Has repositories make the checksum and torrent of every copy that waits for them, and finishes those of whose end nobody told.
 *
 * Goes by what is stored, so it may run at any time, on several servers, and after a crash: a request is written down before it is made,
 * and one that came to nothing is made again after a while. To ask twice is harmless. Only a repository that says that it cannot makes the
 * copy FAILED.
 */
export function createDriveAuxiliaryFiles(collaborators: AuxiliaryCollaborators): () => Promise<void> {
  const { db, log, clock } = collaborators;
  const times = { ...AUXILIARY_TIMES, ...collaborators.times };
  return async () => {
    const pending = await db.imageReplica.findMany({
      where: { status: 'AUXILIARY_FILES_PENDING', image: { kind: 'MONOLITHIC' } },
      select: PENDING,
      orderBy: { id: 'asc' },
    });
    const now = clock.now();
    await Promise.all(
      pending
        .filter((replica) => isAuxiliaryWorkDue(replica, now, times))
        .map((replica) =>
          drive(collaborators, replica).catch((error: unknown) => {
            log.error({ err: error, replicaId: replica.id }, 'cannot have auxiliary files made; trying again');
          }),
        ),
    );
  };
}

/** Whether it is time to ask for a copy's files, for the first time or again. */
export function isAuxiliaryWorkDue(
  replica: Pick<PendingReplica, 'auxiliaryAttempts' | 'auxiliaryRequestedAt' | 'auxiliaryAcceptedAt'>,
  now: Date,
  { silenceMs, backOffMs, maxBackOffMs }: AuxiliaryTimes,
): boolean {
  const { auxiliaryAttempts, auxiliaryRequestedAt, auxiliaryAcceptedAt } = replica;
  if (auxiliaryRequestedAt === null) return true;
  const sinceMs = now.getTime() - (auxiliaryAcceptedAt ?? auxiliaryRequestedAt).getTime();
  if (auxiliaryAcceptedAt !== null) return sinceMs >= silenceMs;
  return sinceMs >= Math.min(maxBackOffMs, backOffMs * 2 ** Math.min(30, Math.max(0, auxiliaryAttempts - 1)));
}

async function drive(collaborators: AuxiliaryCollaborators, replica: PendingReplica): Promise<void> {
  const { db, repositories, synchronizeRepository, parseReport, findSenders, clock, log } = collaborators;
  const { id, repositoryId } = replica;
  // It agreed, and has been silent since: perhaps the files are there, and only the word of it was lost.
  if (replica.auxiliaryAcceptedAt !== null) await synchronizeRepository(repositoryId);

  const attempt = replica.auxiliaryAttempts + 1;
  const requestedAt = clock.now();
  const claimed = await db.imageReplica.updateMany({
    where: {
      id,
      status: 'AUXILIARY_FILES_PENDING',
      auxiliaryAttempts: replica.auxiliaryAttempts,
      auxiliaryRequestedAt: replica.auxiliaryRequestedAt,
    },
    data: {
      auxiliaryAttempts: attempt,
      auxiliaryRequestedAt: requestedAt,
      auxiliaryAcceptedAt: null,
    },
  });
  // Finished meanwhile, or another server is at it.
  if (claimed.count === 0) return;

  const outcome = await repositories.createAuxiliaryFiles(
    { repositoryId, ip: replica.repository.ip },
    replica.image.name,
  );
  const now = clock.now();
  const where = {
    id,
    status: 'AUXILIARY_FILES_PENDING' as const,
    auxiliaryAttempts: attempt,
    auxiliaryRequestedAt: requestedAt,
  };
  await recordContact(db, repositoryId, outcome, now);
  if (outcome.outcome === 'done') {
    const { jobId } = outcome.value;
    await db.$transaction(async (tx) => {
      if (jobId !== null) await lockImageJob(tx, jobId);
      const { count } = await tx.imageReplica.updateMany({
        where,
        data: { auxiliaryAcceptedAt: now, auxiliaryJobId: jobId },
      });
      if (count > 0 && jobId !== null) {
        await applyKeptImageReports(tx, { replicaId: id, repositoryId, jobId }, { parseReport, findSenders });
      }
    });
  } else if (outcome.outcome === 'refused') {
    await db.imageReplica.updateMany({
      where,
      data: { ...NO_JOBS, status: 'FAILED', fault: 'AUXILIARY_FILES_FAILED', faultDetail: outcome.message },
    });
    log.warn({ replicaId: id, repositoryId, reason: outcome.message }, 'auxiliary files cannot be made');
  }
}
