import { InUseError, InvalidInputError, NotFoundError, RepositoryFailedError } from '#domain/errors.ts';
import type { Transaction } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { RepositoryOutcome, RepositoryTarget } from './repository-gateway.ts';

const WITH_PLACE = {
  image: { select: { name: true } },
  repository: { select: { ip: true, name: true } },
} satisfies Prisma.ImageReplicaInclude;

/** A copy with what it takes to speak to its repository about it. */
export type PlacedReplica = Prisma.ImageReplicaGetPayload<{ include: typeof WITH_PLACE }>;

const PATH = ['input', 'replicaId'];

/** @throws {NotFoundError} */
export async function requireReplica(tx: Transaction, id: string): Promise<PlacedReplica> {
  const replica = await tx.imageReplica.findUnique({ where: { id }, include: WITH_PLACE });
  if (replica === null) throw new NotFoundError(PATH, 'ImageReplica');
  return replica;
}

/** Keeps others from changing the copy before the transaction ends, and reads it. @throws {NotFoundError} */
export async function lockReplica(tx: Transaction, id: string): Promise<PlacedReplica> {
  await tx.$queryRaw`SELECT 1 FROM image_replicas WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  return requireReplica(tx, id);
}

export function targetOf({ repositoryId, repository }: PlacedReplica): RepositoryTarget {
  return { repositoryId, ip: repository.ip };
}

/** @throws {InvalidInputError} where the repository has nothing that could be named to it. */
export function requireChecksum({ checksum }: Pick<PlacedReplica, 'checksum'>): string {
  if (checksum === null) throw new InvalidInputError(PATH, 'COPY_HAS_NO_FILE');
  return checksum;
}

/** @throws {InUseError} while a job that has not ended fetches the copy, or writes it. */
export async function requireUnused(
  tx: Transaction,
  { imageId, repositoryId }: Pick<PlacedReplica, 'imageId' | 'repositoryId'>,
): Promise<void> {
  const count = await tx.trace.count({
    where: { repositoryId, status: { in: [...ACTIVE_STATUSES] }, input: { path: ['imageId'], equals: imageId } },
  });
  if (count > 0) throw new InUseError(PATH, 'ImageReplica', [{ type: 'ActiveTrace', count }], false);
}

/** The error that a call which did not succeed is told by. */
export function toRepositoryFailure(
  path: readonly string[],
  repository: string,
  outcome: Exclude<RepositoryOutcome<unknown>, { outcome: 'done' }>,
): RepositoryFailedError {
  return new RepositoryFailedError(path, repository, outcome.message, outcome.outcome !== 'not-sent');
}
