import type { Principal } from '#domain/access/principal.ts';
import { InvalidInputError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { recordContact } from './record-contact.ts';
import type { RepositoryGateway } from './repository-gateway.ts';
import { requireChecksum, requireReplica, targetOf, toRepositoryFailure } from './require-replica.ts';

export type CheckImageIntegrity = (replicaId: string, principal: Principal) => Promise<{ isIntact: boolean }>;

/**
 * Has a repository look whether a file still fits its checksum, which takes as long as reading it. A READY copy that does not fit is CORRUPT
 * from then on, and a CORRUPT one that does is READY.
 *
 * @throws {NotFoundError | InvalidInputError | RepositoryFailedError}
 */
export function createCheckImageIntegrity({
  db,
  repositories,
  clock,
  log,
}: {
  db: Storage;
  repositories: Pick<RepositoryGateway, 'checkIntegrity'>;
  clock: Clock;
  log: Logger;
}): CheckImageIntegrity {
  return async (replicaId, principal) => {
    const replica = await requireReplica(db, replicaId);
    const { status, repositoryId } = replica;
    if (status !== 'READY' && status !== 'CORRUPT') {
      throw new InvalidInputError(['input', 'replicaId'], 'COPY_NOT_READY', { status });
    }
    const checksum = requireChecksum(replica);
    const outcome = await repositories.checkIntegrity(targetOf(replica), checksum);
    await recordContact(db, repositoryId, outcome, clock.now());
    if (outcome.outcome !== 'done') throw toRepositoryFailure(['input', 'replicaId'], replica.repository.name, outcome);
    const { isIntact } = outcome.value;
    // The file may be another one by now; what was found out is about the one with that checksum.
    const where = { id: replicaId, checksum };
    await (isIntact
      ? db.imageReplica.updateMany({
          where: { ...where, status: 'CORRUPT' },
          data: { status: 'READY', fault: null, faultDetail: null },
        })
      : db.imageReplica.updateMany({
          where: { ...where, status: { in: ['READY', 'CORRUPT'] } },
          data: { status: 'CORRUPT', fault: 'NOT_INTACT', faultDetail: null },
        }));
    log.info({ replicaId, repositoryId, isIntact, by: principal.name }, 'image file checked');
    return { isIntact };
  };
}
