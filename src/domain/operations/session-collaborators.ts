import type { RepositoryGateway, RepositoryTarget, Transfer } from '#domain/imaging/repository-gateway.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { MulticastSession, Prisma } from '#prisma/generated/client/client.ts';
import type { BeginCancel } from './cancel-trace.ts';

export interface SessionCollaborators {
  db: Storage;
  repositories: Pick<RepositoryGateway, 'longestCallMs' | 'startTransfer' | 'listTransfers' | 'cancelTransfer'>;
  beginCancel: BeginCancel;
  clock: Clock;
  log: Logger;
  /** How long an agent may take to answer: after that nobody waits for it any more. */
  gatherMs: number;
}

/** What is left to do of a step once it is on record: calls, for which nothing else waits. */
export type SessionWork = () => Promise<void>;

export function targetOf({ repositoryId, repositoryIp }: MulticastSession): RepositoryTarget {
  return { repositoryId: repositoryId ?? '', ip: repositoryIp };
}

/** What a server may need beyond a call itself, between claiming it and making it. */
const CALL_MARGIN_MS = 1000;

/** Whether a call that was claimed at that time may still be under way, on this server or another one. */
export function mayBeUnderWay(
  { repositories: { longestCallMs } }: Pick<SessionCollaborators, 'repositories'>,
  askedAt: Date | null,
  now: Date,
): boolean {
  return askedAt !== null && now.getTime() - askedAt.getTime() < longestCallMs + CALL_MARGIN_MS;
}

/** Until the transaction ends, nobody else claims a call that has this repository begin or stop to send. */
export async function lockStreams(tx: Transaction, repositoryIp: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`streams ${repositoryIp}`}, 7301954))`;
}

/** The sessions that one call to stop would end together: P2P knows only all of a repository, the others all of one image. */
export function sharedStream({
  id,
  repositoryIp,
  method,
  checksum,
}: MulticastSession): Prisma.MulticastSessionWhereInput {
  return { id: { not: id }, repositoryIp, method, ...(method === 'P2P' ? {} : { checksum }) };
}

/** Whether the repository sends a session’s stream, by its own word. No answer says nothing, and P2P has no list. */
export async function isSending(
  { repositories }: SessionCollaborators,
  session: MulticastSession,
): Promise<'yes' | 'no' | 'unknown'> {
  if (session.method === 'P2P') return 'unknown';
  const list = await repositories.listTransfers(targetOf(session), session.method);
  if (list.outcome !== 'done') return 'unknown';
  // Some list their transfers without the port.
  const isThis = ({ port, checksum }: Transfer) =>
    port === null ? checksum === session.checksum : port === session.port;
  return list.value.some(isThis) ? 'yes' : 'no';
}
