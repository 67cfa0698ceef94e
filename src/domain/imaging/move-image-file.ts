import type { Principal } from '#domain/access/principal.ts';
import { InvalidInputError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { ImageStatus } from '#prisma/generated/client/enums.ts';
import { NO_JOBS } from './image-jobs.ts';
import { statusAfterRecovery } from './plan-synchronization.ts';
import { recordContact } from './record-contact.ts';
import type { RepositoryGateway, RepositoryOutcome } from './repository-gateway.ts';
import { lockReplica, requireChecksum, requireUnused, targetOf, toRepositoryFailure } from './require-replica.ts';
import type { PlacedReplica } from './require-replica.ts';

interface FileCollaborators {
  db: Storage;
  repositories: Pick<RepositoryGateway, 'deleteImage' | 'recoverImage' | 'deleteFromTrash' | 'listImages'>;
  clock: Clock;
  log: Logger;
}

export type TrashImage = (replicaId: string, principal: Principal) => Promise<void>;
export type RecoverImage = (replicaId: string, principal: Principal) => Promise<void>;
export type DeleteImageFile = (
  request: { replicaId: string; force: boolean },
  principal: Principal,
) => Promise<{ repositoryId: string; imageId: string }>;

const PATH = ['input', 'replicaId'];

/** What has a file of its own that is not being written. */
const WITH_FILE: ReadonlySet<ImageStatus> = new Set<ImageStatus>(['READY', 'CORRUPT', 'FAILED']);

/**
 * Puts a copy's file into its repository's trash. A copy that is there already stays there.
 *
 * It is marked before the repository is called, so that nobody is sent for a file that is about to go, and unmarked where the call came to
 * nothing; what a crash leaves behind, the next synchronization puts right.
 *
 * @throws {NotFoundError | InvalidInputError | InUseError | RepositoryFailedError}
 */
export function createTrashImage(collaborators: FileCollaborators): TrashImage {
  const { db, repositories, clock, log } = collaborators;
  return async (replicaId, principal) => {
    const replica = await db.$transaction(async (tx) => {
      const found = await lockReplica(tx, replicaId);
      const { status } = found;
      if (status === 'TRASH') return null;
      if (!WITH_FILE.has(status)) throw new InvalidInputError(PATH, 'COPY_NOT_READY', { status });
      requireChecksum(found);
      await requireUnused(tx, found);
      const fileMoveSince = clock.now();
      await tx.imageReplica.update({ where: { id: replicaId }, data: { status: 'TRASH', fileMoveSince } });
      return { ...found, fileMoveSince };
    });
    if (replica === null) return;
    const outcome = await repositories.deleteImage(targetOf(replica), requireChecksum(replica), 'TRASH');
    const isDone = await hasCome(collaborators, replica, outcome, 'trash');
    // Where it cannot be known whether the file has gone, the mark stays until a list tells.
    if (isDone !== null) {
      await db.imageReplica.updateMany({
        where: { id: replicaId, fileMoveSince: replica.fileMoveSince },
        data: { fileMoveSince: null, ...(isDone ? NO_JOBS : { status: replica.status }) },
      });
    }
    if (isDone !== true) throw failure(replica, outcome);
    log.info({ replicaId, by: principal.name }, 'image file put into the trash');
  };
}

/**
 * Takes a copy's file out of its repository's trash. What was wrong with it before still is: damaged, half written, without its files.
 *
 * @throws {NotFoundError | InvalidInputError | RepositoryFailedError}
 */
export function createRecoverImage(collaborators: FileCollaborators): RecoverImage {
  const { db, repositories, clock, log } = collaborators;
  return async (replicaId, principal) => {
    const replica = await db.$transaction(async (tx) => {
      const found = await lockReplica(tx, replicaId);
      const { status } = found;
      if (status !== 'TRASH') throw new InvalidInputError(PATH, 'NOT_IN_TRASH', { status });
      requireChecksum(found);
      const fileMoveSince = clock.now();
      await tx.imageReplica.update({ where: { id: replicaId }, data: { fileMoveSince } });
      return { ...found, fileMoveSince };
    });
    const outcome = await repositories.recoverImage(targetOf(replica), requireChecksum(replica));
    const isDone = await hasCome(collaborators, replica, outcome, 'images');
    if (isDone !== null) {
      await db.imageReplica.updateMany({
        where: { id: replicaId, status: 'TRASH', fileMoveSince: replica.fileMoveSince },
        data: { fileMoveSince: null, ...(isDone ? { status: statusAfterRecovery(replica.fault) } : {}) },
      });
    }
    if (isDone !== true) throw failure(replica, outcome);
    log.info({ replicaId, by: principal.name }, 'image file taken out of the trash');
  };
}

/**
 * Deletes a copy and its file for good; with `force` also one that is not in the trash. A file that is gone already is no reason against it.
 *
 * @throws {NotFoundError | InvalidInputError | InUseError | RepositoryFailedError}
 */
export function createDeleteImageFile(collaborators: FileCollaborators): DeleteImageFile {
  const { db, repositories, clock, log } = collaborators;
  return async ({ replicaId, force }, principal) => {
    const replica = await db.$transaction(async (tx) => {
      const found = await lockReplica(tx, replicaId);
      const { status } = found;
      if (status !== 'TRASH' && !force) throw new InvalidInputError(PATH, 'NOT_IN_TRASH', { status });
      if (status !== 'TRASH' && !WITH_FILE.has(status)) {
        throw new InvalidInputError(PATH, 'COPY_NOT_READY', { status });
      }
      await requireUnused(tx, found);
      // Nobody is sent for it from here on; and should we never come back to it, the list tells whether it is there.
      const fileMoveSince = clock.now();
      await tx.imageReplica.update({
        where: { id: replicaId },
        data: { fileMoveSince, ...(status === 'TRASH' ? {} : { status: 'FAILED', fault: 'NOT_LISTED' }) },
      });
      return { ...found, fileMoveSince };
    });
    const { checksum, status, repositoryId, imageId } = replica;
    // Of a copy without a checksum there is nothing that the repository could be told to delete.
    const outcome: RepositoryOutcome<null> =
      checksum === null
        ? { outcome: 'unknown', message: 'The file’s checksum is not known.' }
        : await (status === 'TRASH'
            ? repositories.deleteFromTrash(targetOf(replica), checksum)
            : repositories.deleteImage(targetOf(replica), checksum, 'FOR_GOOD'));
    const isDone = await hasCome(collaborators, replica, outcome, null);
    const where = { id: replicaId, fileMoveSince: replica.fileMoveSince };
    if (isDone === false) {
      await db.imageReplica.updateMany({
        where,
        data: { status, fault: replica.fault, faultDetail: replica.faultDetail, fileMoveSince: null },
      });
    }
    if (isDone !== true) throw failure(replica, outcome);
    // One that was captured or copied anew meanwhile is another file.
    await db.imageReplica.deleteMany({ where });
    log.warn({ replicaId, repositoryId, imageId, by: principal.name }, 'image file deleted for good');
    return { repositoryId, imageId };
  };
}

/**
 * Whether a file is where it was to go (`place` null: nowhere). What the repository did not plainly say is looked up in its list: an answer
 * that was lost, and a refusal because it had been done before.
 *
 * @returns null where that cannot be known: the call may have arrived, and the list cannot be had.
 */
async function hasCome(
  { db, repositories, clock }: FileCollaborators,
  replica: PlacedReplica,
  outcome: RepositoryOutcome<null>,
  place: 'images' | 'trash' | null,
): Promise<boolean | null> {
  await recordContact(db, replica.repositoryId, outcome, clock.now());
  if (outcome.outcome === 'done') return true;
  if (outcome.outcome === 'not-sent') return false;
  const listed = await repositories.listImages(targetOf(replica));
  if (listed.outcome !== 'done') return outcome.outcome === 'refused' ? false : null;
  const files = listed.value.images.filter(({ checksum, name }) =>
    replica.checksum === null ? name === replica.image.name : checksum === replica.checksum,
  );
  return place === null ? files.length === 0 : files.some((file) => file.place === place);
}

function failure(replica: PlacedReplica, outcome: RepositoryOutcome<null>): Error {
  if (outcome.outcome === 'done') throw new Error('a call that succeeded has not failed');
  return toRepositoryFailure(PATH, replica.repository.name, outcome);
}
