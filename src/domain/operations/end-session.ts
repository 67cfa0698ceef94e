import { ACTIVE_STATUSES, SENT_STATUSES } from '#domain/tracing/trace-status.ts';
import type { MulticastSession } from '#prisma/generated/client/client.ts';
import { isSending, lockStreams, mayBeUnderWay, sharedStream, targetOf } from './session-collaborators.ts';
import type { SessionCollaborators, SessionWork } from './session-collaborators.ts';
import { ENDED_SESSIONS, LIVE_SESSIONS, STARTED_SESSIONS } from './session-status.ts';

/** How long a repository is told to stop a stream, beyond the time after which one that nobody joins ends by itself. */
const STOP_LIMIT_MS = 120_000;

const SENT = ['SENDING', ...SENT_STATUSES] as const;

/** Ends a session whose receivers have all ended. Without them the stream would go on waiting, on a port that others could use. */
export async function finishSession(
  collaborators: SessionCollaborators,
  session: MulticastSession,
): Promise<SessionWork | null> {
  const { db, clock } = collaborators;
  const { id, startedAt } = session;
  const now = clock.now();
  const succeeded = await db.trace.count({ where: { sessionId: id, status: 'SUCCEEDED' } });
  const isStopped = succeeded > 0 || startedAt === null;
  const { count } = await db.multicastSession.updateMany({
    where: { id, status: { in: [...LIVE_SESSIONS] }, startedAt },
    data: {
      status: succeeded > 0 ? 'FINISHED' : 'CANCELLED',
      finishedAt: now,
      stopUntil: isStopped ? null : findStopLimit(session, now),
    },
  });
  return count > 0 && !isStopped ? () => stopStream(collaborators, session, { isFirst: true }) : null;
}

/**
 * Nobody will send: the agents that wait for it are told to stop, rather than left to wait. That they are to be told is on record
 * together with the failure, and those that have not been told when this server dies are told by the next one.
 */
export async function failSession(
  collaborators: SessionCollaborators,
  session: MulticastSession,
  message: string,
  { mayBeSending }: { mayBeSending: boolean },
): Promise<void> {
  const { db, clock } = collaborators;
  const { id } = session;
  const hasFailed = await db.$transaction(async (tx) => {
    const now = clock.now();
    const { count } = await tx.multicastSession.updateMany({
      where: { id, status: { in: [...LIVE_SESSIONS] } },
      data: {
        status: 'FAILED',
        errorMessage: message,
        finishedAt: now,
        ...(mayBeSending ? { stopUntil: findStopLimit(session, now) } : { startAskedAt: null }),
      },
    });
    if (count === 0) return false;
    await tx.trace.updateMany({
      // Not those whose agents have agreed already to end them.
      where: { sessionId: id, status: { in: [...SENT] }, killedAt: null },
      data: { cancelAskedAt: now },
    });
    return true;
  });
  if (!hasFailed) return;
  await cancelReceivers(collaborators, session);
  if (mayBeSending) await stopStream(collaborators, session, { isFirst: true });
}

/** The sessions that have ended, but not with all that belongs to them. */
export function findUnsettled({ db }: SessionCollaborators): Promise<MulticastSession[]> {
  return db.multicastSession.findMany({
    where: {
      OR: [
        { stopUntil: { not: null } },
        { status: { in: ['FAILED', 'CANCELLED'] }, traces: { some: { status: { in: [...ACTIVE_STATUSES] } } } },
      ],
    },
  });
}

export async function settleSession(collaborators: SessionCollaborators, session: MulticastSession): Promise<void> {
  if (session.status !== 'FINISHED') await cancelReceivers(collaborators, session);
  if (session.stopUntil !== null) await stopStream(collaborators, session, { isFirst: false });
}

/** Those whose order is about to be sent are left out: it will not be, and they say why. Does not wait for the agents. */
async function cancelReceivers({ db, beginCancel }: SessionCollaborators, { id }: MulticastSession): Promise<void> {
  const traces = await db.trace.findMany({
    where: {
      sessionId: id,
      OR: [
        { status: 'PENDING', waitsFor: { not: null } },
        // One whose agent could not be asked, or would not, goes on until somebody says again that it should end.
        { status: { in: [...SENT] }, events: { none: { kind: 'CANCEL_FAILED' } }, killedAt: null },
      ],
    },
    select: { id: true },
  });
  for (const trace of traces) await beginCancel(trace.id);
}

/** A repository that began to send for a session that was over by then. */
export async function stopLateStream(collaborators: SessionCollaborators, session: MulticastSession): Promise<void> {
  const { count } = await collaborators.db.multicastSession.updateMany({
    where: { id: session.id, status: { in: [...ENDED_SESSIONS] } },
    data: { startAskedAt: null, stopAskedAt: null, stopUntil: findStopLimit(session, collaborators.clock.now()) },
  });
  if (count > 0) await stopStream(collaborators, session, { isFirst: true });
}

function findStopLimit({ maxWaitSeconds }: MulticastSession, now: Date): Date {
  return new Date(now.getTime() + maxWaitSeconds * 1000 + STOP_LIMIT_MS);
}

/** Has the repository stop sending, unless that would end another stream too. Tried again by {@link settleSession} where need be. */
async function stopStream(
  collaborators: SessionCollaborators,
  session: MulticastSession,
  { isFirst }: { isFirst: boolean },
): Promise<void> {
  const { db, repositories, log } = collaborators;
  const about = { sessionId: session.id, repositoryId: session.repositoryId };
  const claim = await claimStop(collaborators, session);
  if (claim === 'shared' && isFirst) {
    log.info(about, 'another stream would end with this one: the repository is left to send');
  }
  if (claim === 'given-up') log.warn(about, 'the repository was not brought to stop sending');
  if (typeof claim === 'string') return;
  const outcome = await repositories.cancelTransfer(targetOf(session), session.method, session.checksum);
  // Refused where there was nothing to stop, which only the list tells from other causes; P2P has none.
  const isStopped =
    outcome.outcome === 'done' ||
    (outcome.outcome === 'refused' && (session.method === 'P2P' || (await isSending(collaborators, session)) === 'no'));
  if (outcome.outcome !== 'done') log.warn({ ...about, ...outcome }, 'the repository did not stop sending');
  // A start that was under way may have arrived after it.
  if (!isStopped || mayBeUnderWay(collaborators, claim.startAskedAt, claim.askedAt)) return;
  await db.multicastSession.updateMany({
    where: { id: session.id, stopAskedAt: claim.askedAt },
    data: { stopUntil: null },
  });
}

type StopClaim = 'not-now' | 'shared' | 'given-up' | { askedAt: Date; startAskedAt: Date | null };

function claimStop(collaborators: SessionCollaborators, session: MulticastSession): Promise<StopClaim> {
  const { db, clock } = collaborators;
  const { id } = session;
  return db.$transaction(async (tx) => {
    await lockStreams(tx, session.repositoryIp);
    const now = clock.now();
    const current = await tx.multicastSession.findUnique({
      where: { id },
      select: { stopUntil: true, stopAskedAt: true, startAskedAt: true },
    });
    if (!current?.stopUntil) return 'not-now';
    if (mayBeUnderWay(collaborators, current.stopAskedAt, now)) return 'not-now';
    if (now >= current.stopUntil) {
      await tx.multicastSession.update({ where: { id }, data: { stopUntil: null } });
      return 'given-up';
    }
    const others = await tx.multicastSession.count({
      where: { ...sharedStream(session), status: { in: [...STARTED_SESSIONS] } },
    });
    if (others > 0) return 'shared';
    await tx.multicastSession.update({ where: { id }, data: { stopAskedAt: now } });
    return { askedAt: now, startAskedAt: current.startAskedAt };
  });
}
