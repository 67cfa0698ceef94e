import type { Transaction } from '#domain/storage.ts';
import { SENT_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Action } from './action.ts';

/** Statuses in which a job may be at work on its machine. */
const IN_HAND = ['SENDING', ...SENT_STATUSES] as const;

/** What takes no place: switching on and off needs neither the network nor the repository for long. */
const WITHOUT_PLACE: readonly Action[] = ['POWER_ON', 'POWER_OFF', 'REBOOT'];

const TAKES_PLACE = { status: { in: [...IN_HAND] }, action: { notIn: [...WITHOUT_PLACE] } };

interface Candidate {
  action: Action;
  roomId: string;
  repositoryId: string | null;
  /** A client that receives what others receive too costs its repository nothing. */
  sessionId: string | null;
}

/**
 * Which limit keeps an order waiting: so many jobs at once in its room, so many transfers at once of its repository; null for none.
 *
 * Takes the limit's lock until the transaction ends, so that two orders do not both take the last place.
 */
export async function findLimit(
  tx: Transaction,
  { action, roomId, repositoryId, sessionId }: Candidate,
): Promise<'ROOM_LIMIT' | 'REPOSITORY_LIMIT' | null> {
  if (WITHOUT_PLACE.includes(action) || sessionId !== null) return null;
  const room = await tx.room.findUniqueOrThrow({ where: { id: roomId }, select: { jobLimit: true } });
  if (room.jobLimit !== null) {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`room ${roomId}`}, 7301954))`;
    const count = await countJobs(tx, roomId);
    if (count >= room.jobLimit) return 'ROOM_LIMIT';
  }
  const repository =
    repositoryId === null
      ? null
      : await tx.repository.findUnique({ where: { id: repositoryId }, select: { transferLimit: true } });
  if (repositoryId !== null && typeof repository?.transferLimit === 'number') {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`repository ${repositoryId}`}, 7301954))`;
    const count = await countTransfers(tx, repositoryId);
    if (count >= repository.transferLimit) return 'REPOSITORY_LIMIT';
  }
  return null;
}

/** How many more may go; only a hint, for {@link findLimit} decides. */
export async function countPlaces(
  tx: Transaction,
  { roomId, repositoryId }: Pick<Candidate, 'roomId' | 'repositoryId'>,
): Promise<number> {
  const room = await tx.room.findUnique({ where: { id: roomId }, select: { jobLimit: true } });
  const jobs = await countJobs(tx, roomId);
  const inRoom = (room?.jobLimit ?? Number.POSITIVE_INFINITY) - jobs;
  if (repositoryId === null) return Math.max(0, inRoom);
  const repository = await tx.repository.findUnique({ where: { id: repositoryId }, select: { transferLimit: true } });
  const transfers = await countTransfers(tx, repositoryId);
  return Math.max(0, Math.min(inRoom, (repository?.transferLimit ?? Number.POSITIVE_INFINITY) - transfers));
}

function countJobs(tx: Transaction, roomId: string): Promise<number> {
  return tx.trace.count({ where: { ...TAKES_PLACE, client: { roomId } } });
}

function countTransfers(tx: Transaction, repositoryId: string): Promise<number> {
  return tx.trace.count({ where: { ...TAKES_PLACE, repositoryId, sessionId: null } });
}
