import type { Principal } from '#domain/access/principal.ts';
import { isUniqueViolation } from '#domain/database-errors.ts';
import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { ImageReplica } from '#prisma/generated/client/client.ts';
import { NO_JOBS, applyKeptImageReports, lockImageJob } from './image-jobs.ts';
import type { FindSenders, ParseRepositoryReport } from './image-jobs.ts';
import { recordContact } from './record-contact.ts';
import type { RepositoryGateway } from './repository-gateway.ts';
import { toRepositoryFailure } from './require-replica.ts';

export interface TransferRequest {
  imageId: string;
  fromRepositoryId: string;
  toRepositoryId: string;
  /** Which of the two is told to do it: the one that fetches, or the one that sends. */
  by: 'IMPORT' | 'EXPORT';
}

/** @returns the copy that is to come. */
export type TransferImage = (request: TransferRequest, principal: Principal) => Promise<{ replicaId: string }>;

/** After so long without a word, a copy that is still to come may be ordered anew. */
const FORGOTTEN_MS = 6 * 3_600_000;

/** A copy to come, and what stood in its place before. */
interface Claim {
  image: { name: string };
  from: { id: string; ip: string; name: string };
  to: { id: string; ip: string; name: string };
  replica: ImageReplica;
  before: ImageReplica | null;
}

/**
 * Has an image copied from one repository to another. The copy is TRANSFERRING until the repository tells how it ended, or has it in its
 * list.
 *
 * It is on record before a repository is called, and taken off again where the call certainly came to nothing. A call whose answer was lost
 * leaves it TRANSFERRING: the repository may be at it.
 *
 * @throws {NotFoundError | InvalidInputError | RepositoryFailedError}
 */
export function createTransferImage({
  db,
  repositories,
  parseReport,
  findSenders,
  clock,
  log,
}: {
  db: Storage;
  repositories: Pick<RepositoryGateway, 'importImage' | 'exportImage'>;
  parseReport: ParseRepositoryReport;
  findSenders: FindSenders;
  clock: Clock;
  log: Logger;
}): TransferImage {
  return async (request, principal) => {
    const { image, from, to, replica, before } = await claim(db, request, clock.now());
    const by = request.by === 'IMPORT' ? to : from;
    const target = { repositoryId: by.id, ip: by.ip };
    const outcome = await (request.by === 'IMPORT'
      ? repositories.importImage(target, { name: image.name, fromIp: from.ip })
      : repositories.exportImage(target, { name: image.name, toIp: to.ip }));
    await recordContact(db, by.id, outcome, clock.now());
    const where = {
      id: replica.id,
      status: 'TRANSFERRING' as const,
      transferRequestedAt: replica.transferRequestedAt,
    };
    if (outcome.outcome === 'refused' || outcome.outcome === 'not-sent') {
      await (before === null
        ? db.imageReplica.deleteMany({ where })
        : db.imageReplica.updateMany({ where, data: toEarlier(before) }));
      throw toRepositoryFailure(['input', 'repositoryId'], by.name, outcome);
    }
    const jobId = outcome.outcome === 'done' ? outcome.value.jobId : null;
    if (jobId !== null) {
      await db.$transaction(async (tx) => {
        await lockImageJob(tx, jobId);
        const { count } = await tx.imageReplica.updateMany({ where, data: { transferJobId: jobId } });
        if (count === 0) return;
        await applyKeptImageReports(
          tx,
          { replicaId: replica.id, repositoryId: by.id, jobId },
          { parseReport, findSenders },
        );
      });
    }
    log.info({ ...request, replicaId: replica.id, jobId, principal: principal.name }, 'image is copied');
    return { replicaId: replica.id };
  };
}

/** Puts the copy to come on record, where there is none that could be used. @throws {NotFoundError | InvalidInputError} */
async function claim(db: Storage, request: TransferRequest, now: Date): Promise<Claim> {
  const { imageId, fromRepositoryId, toRepositoryId, by } = request;
  const [own, other] = by === 'IMPORT' ? ['to', 'from'] : ['from', 'to'];
  const pathOf = (end: string) => ['input', end === own ? 'repositoryId' : `${end}RepositoryId`];
  if (fromRepositoryId === toRepositoryId) throw new InvalidInputError(pathOf(other ?? ''), 'SAME_REPOSITORY');
  try {
    return await db.$transaction(async (tx) => {
      const image = await tx.image.findUnique({ where: { id: imageId }, select: { name: true } });
      if (image === null) throw new NotFoundError(['input', 'imageId'], 'Image');
      const from = await requireRepository(tx, fromRepositoryId, pathOf('from'));
      const to = await requireRepository(tx, toRepositoryId, pathOf('to'));
      const source = await tx.imageReplica.findUnique({
        where: { imageId_repositoryId: { imageId, repositoryId: from.id } },
      });
      if (source === null) throw new NotFoundError(pathOf('from'), 'ImageReplica');
      if (source.status !== 'READY') {
        throw new InvalidInputError(pathOf('from'), 'COPY_NOT_READY', { status: source.status });
      }
      await tx.$queryRaw`
        SELECT 1 FROM image_replicas WHERE image_id = ${imageId}::uuid AND repository_id = ${to.id}::uuid FOR NO KEY UPDATE`;
      const key = { imageId_repositoryId: { imageId, repositoryId: to.id } };
      const before = await tx.imageReplica.findUnique({ where: key });
      if (before !== null && !mayBeReplaced(before, now)) {
        throw new InvalidInputError(pathOf('to'), 'COPY_EXISTS', { status: before.status });
      }
      const data = {
        ...NO_JOBS,
        status: 'TRANSFERRING' as const,
        revision: source.revision,
        expectedChecksum: source.checksum,
        fault: null,
        faultDetail: null,
        transferById: by === 'IMPORT' ? to.id : from.id,
        transferRequestedAt: now,
      };
      const replica = await (before === null
        ? tx.imageReplica.create({ data: { ...data, imageId, repositoryId: to.id } })
        : tx.imageReplica.update({ where: key, data }));
      return { image, from, to, replica, before };
    });
  } catch (error) {
    // Somebody else was quicker to order the same.
    if (!isUniqueViolation(error)) throw error;
    throw new InvalidInputError(pathOf('to'), 'COPY_EXISTS', { status: 'TRANSFERRING' });
  }
}

async function requireRepository(
  tx: Transaction,
  id: string,
  path: readonly string[],
): Promise<{ id: string; ip: string; name: string }> {
  const repository = await tx.repository.findUnique({ where: { id }, select: { id: true, ip: true, name: true } });
  if (repository === null) throw new NotFoundError(path, 'Repository');
  return repository;
}

function mayBeReplaced({ status, transferRequestedAt }: ImageReplica, now: Date): boolean {
  if (status === 'FAILED' || status === 'PENDING') return true;
  return (
    status === 'TRANSFERRING' &&
    (transferRequestedAt === null || now.getTime() - transferRequestedAt.getTime() >= FORGOTTEN_MS)
  );
}

function toEarlier(before: ImageReplica): Prisma.ImageReplicaUncheckedUpdateManyInput {
  const { status, revision, fault, faultDetail, transferById, transferRequestedAt, transferJobId } = before;
  return { status, revision, fault, faultDetail, transferById, transferRequestedAt, transferJobId };
}
