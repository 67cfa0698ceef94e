import type { Principal } from '#domain/access/principal.ts';
import { InvalidInputError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import type { Logger } from '#lib/logger.ts';
import { NO_JOBS } from './image-jobs.ts';
import { lockReplica } from './require-replica.ts';

export type RetryAuxiliaryFiles = (replicaId: string, principal: Principal) => Promise<void>;

/**
 * Lets a copy wait for its checksum and torrent anew, and has the repository asked at once. For those of which it has said that it cannot
 * make them, and for those that wait for a repository that is back.
 *
 * @throws {NotFoundError} @throws {InvalidInputError} for a copy in another state, and for a file that was never written to its end.
 */
export function createRetryAuxiliaryFiles({
  db,
  nudge,
  log,
}: {
  db: Storage;
  nudge: () => void;
  log: Logger;
}): RetryAuxiliaryFiles {
  return async (replicaId, principal) => {
    await db.$transaction(async (tx) => {
      const { status, fault } = await lockReplica(tx, replicaId);
      const isRetried = status === 'AUXILIARY_FILES_PENDING' || (status === 'FAILED' && fault !== 'CAPTURE_FAILED');
      if (!isRetried) throw new InvalidInputError(['input', 'replicaId'], 'COPY_NOT_READY', { status });
      await tx.imageReplica.update({
        where: { id: replicaId },
        data: { ...NO_JOBS, status: 'AUXILIARY_FILES_PENDING', fault: null, faultDetail: null },
      });
    });
    log.info({ replicaId, by: principal.name }, 'auxiliary files are made anew');
    nudge();
  };
}
