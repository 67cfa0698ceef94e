import type { Transaction } from '#domain/storage.ts';
import type { MulticastSession } from '#prisma/generated/client/client.ts';
import { failSession, stopLateStream } from './end-session.ts';
import { isSending, lockStreams, mayBeUnderWay, sharedStream, targetOf } from './session-collaborators.ts';
import type { SessionCollaborators, SessionWork } from './session-collaborators.ts';
import { RECEIVER_FIELDS, countAgreed, hasReceived, isGathered } from './session-rules.ts';
import type { StreamReceiver } from './session-rules.ts';

/** How long a stream is tried that the repository says it does not send: the agents that wait for it give up at about that time. */
const START_LIMIT_MS = 90_000;

/** Claims the first start, once each agent has answered or is too late: in doubt as many as have agreed are enough. */
export async function startWhenGathered(
  collaborators: SessionCollaborators,
  session: MulticastSession,
  receivers: readonly StreamReceiver[],
): Promise<SessionWork | null> {
  const { db, clock, gatherMs } = collaborators;
  const now = clock.now();
  const countReady = (all: readonly StreamReceiver[]) => (isGathered(all, now, gatherMs) ? countAgreed(all) : 0);
  if (countReady(receivers) === 0) return null;
  const agreed = await db.$transaction(async (tx) => {
    await lockStreams(tx, session.repositoryIp);
    // Whoever is about to be told to receive comes first, and is counted.
    const [row] = await tx.$queryRaw<{ status: string }[]>`
      SELECT status::text FROM multicast_sessions WHERE id = ${session.id}::uuid FOR UPDATE`;
    if (row?.status !== 'GATHERING' || (await isBeingStopped(collaborators, tx, session, now))) return 0;
    const count = countReady(await tx.trace.findMany({ where: { sessionId: session.id }, select: RECEIVER_FIELDS }));
    if (count === 0) return 0;
    await tx.multicastSession.update({
      where: { id: session.id },
      data: { status: 'STARTING', startedAt: now, startAskedAt: now },
    });
    return count;
  });
  if (agreed === 0) return null;
  return async () => {
    const outcome = await start(collaborators, session, agreed);
    // Whether it sends is looked up later; nothing was started before that could be.
    if (outcome.outcome === 'refused' || outcome.outcome === 'not-sent') {
      await failSession(collaborators, session, outcome.message, { mayBeSending: false });
    }
  };
}

/**
 * Takes a start further of which nobody knows what became, once no call can be under way any more. The repository’s list decides, and
 * nothing is started or given up while that is not known: the agents give up by themselves where nothing comes.
 */
export async function findOutStart(
  collaborators: SessionCollaborators,
  session: MulticastSession,
  receivers: readonly StreamReceiver[],
): Promise<SessionWork | null> {
  if (mayBeUnderWay(collaborators, session.startAskedAt, collaborators.clock.now())) return null;
  if (hasReceived(receivers)) {
    await markSending(collaborators, session, null);
    return null;
  }
  const looked = await claimAgain(collaborators, session);
  if (looked === null) return null;
  return async () => {
    const found = await isSending(collaborators, looked);
    if (found === 'yes') return markSending(collaborators, looked, null);
    const isOverdue = collaborators.clock.now().getTime() - (session.startedAt?.getTime() ?? 0) >= START_LIMIT_MS;
    if (isOverdue && found === 'no') {
      return failSession(collaborators, looked, 'The repository did not answer.', { mayBeSending: true });
    }
    // A second seeder of the same pieces harms nobody.
    const mayStart = !isOverdue && (found === 'no' || session.method === 'P2P');
    const agreed = countAgreed(receivers);
    const again = mayStart && agreed > 0 ? await claimAgain(collaborators, looked) : null;
    if (again !== null) await startAgain(collaborators, again, agreed);
  };
}

/** What is refused the second time may be refused because it runs. */
async function startAgain(
  collaborators: SessionCollaborators,
  session: MulticastSession,
  agreed: number,
): Promise<void> {
  const outcome = await start(collaborators, session, agreed);
  if (outcome.outcome !== 'refused') return;
  const found = await isSending(collaborators, session);
  if (found === 'yes') await markSending(collaborators, session, null);
  if (found === 'no') await failSession(collaborators, session, outcome.message, { mayBeSending: true });
}

/** Only one of several that look at once gets it. @returns the session as claimed. */
function claimAgain(collaborators: SessionCollaborators, session: MulticastSession): Promise<MulticastSession | null> {
  const { db, clock } = collaborators;
  return db.$transaction(async (tx) => {
    await lockStreams(tx, session.repositoryIp);
    const now = clock.now();
    if (await isBeingStopped(collaborators, tx, session, now)) return null;
    // Later than before in any case: two claims within one millisecond are two.
    const startAskedAt = new Date(Math.max(now.getTime(), (session.startAskedAt?.getTime() ?? 0) + 1));
    const { count } = await tx.multicastSession.updateMany({
      where: { id: session.id, status: 'STARTING', startAskedAt: session.startAskedAt },
      data: { startAskedAt },
    });
    return count === 0 ? null : { ...session, startAskedAt };
  });
}

/** Whether a call is under way that would end this stream together with the one that it is for. */
async function isBeingStopped(
  collaborators: SessionCollaborators,
  tx: Transaction,
  session: MulticastSession,
  now: Date,
): Promise<boolean> {
  const stopping = await tx.multicastSession.findMany({
    where: { ...sharedStream(session), stopUntil: { not: null }, stopAskedAt: { not: null } },
    select: { stopAskedAt: true },
  });
  return stopping.some(({ stopAskedAt }) => mayBeUnderWay(collaborators, stopAskedAt, now));
}

async function start(collaborators: SessionCollaborators, session: MulticastSession, agreed: number) {
  const { method, checksum, port, address, mode, speedMbps, maxWaitSeconds } = session;
  const outcome = await collaborators.repositories.startTransfer(targetOf(session), {
    method,
    checksum,
    port,
    address,
    mode,
    speedMbps,
    clientCount: method === 'P2P' ? null : Math.min(agreed, session.maxClients),
    maxWaitSeconds: method === 'P2P' ? null : maxWaitSeconds,
  });
  if (outcome.outcome === 'done') await markSending(collaborators, session, outcome.value.transferId);
  return outcome;
}

async function markSending(
  collaborators: SessionCollaborators,
  session: MulticastSession,
  transferId: string | null,
): Promise<void> {
  const { count } = await collaborators.db.multicastSession.updateMany({
    where: { id: session.id, status: 'STARTING' },
    data: { status: 'SENDING', startAskedAt: null, ...(transferId === null ? {} : { transferId }) },
  });
  if (count === 0) await stopLateStream(collaborators, session);
}
