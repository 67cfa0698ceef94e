import { isFinal } from '#domain/tracing/trace-status.ts';
import type { MulticastSession } from '#prisma/generated/client/client.ts';
import { findUnsettled, finishSession, settleSession } from './end-session.ts';
import type { SessionCollaborators, SessionWork } from './session-collaborators.ts';
import { RECEIVER_FIELDS } from './session-rules.ts';
import { LIVE_SESSIONS } from './session-status.ts';
import { findOutStart, startWhenGathered } from './start-session.ts';

export interface DriveSessions {
  /** Resolves when the steps are claimed; `again`: also sees to what the end of sessions has left over. */
  look: (options: { again: boolean }) => Promise<void>;
  /** Waits until no repository is being called. */
  settle: () => Promise<void>;
}

/**
 * Takes every live session a step further: has the repository send once each agent has answered, to as many as have agreed, so that one
 * that refused makes nobody wait; ends it when the last receiver has ended.
 *
 * Works on what is stored, so it may run at any time, twice at once, on several servers, and after a crash: each call to a repository is
 * claimed before it is made. No session waits for the repository of another one.
 */
export function createDriveSessions(collaborators: SessionCollaborators): DriveSessions {
  const { db, log } = collaborators;
  const inHand = new Set<Promise<unknown>>();

  async function orTellOf<T>({ id }: MulticastSession, run: () => Promise<T>): Promise<T | null> {
    try {
      return await run();
    } catch (error) {
      log.error({ err: error, sessionId: id }, 'cannot drive this multicast session; trying again');
      return null;
    }
  }

  function doLater(session: MulticastSession, work: SessionWork): void {
    const done = orTellOf(session, work).finally(() => inHand.delete(done));
    inHand.add(done);
  }

  return {
    async look({ again }) {
      const sessions = await db.multicastSession.findMany({ where: { status: { in: [...LIVE_SESSIONS] } } });
      const unsettled = again ? await findUnsettled(collaborators) : [];
      for (const session of unsettled) doLater(session, () => settleSession(collaborators, session));
      await Promise.all(
        sessions.map(async (session) => {
          const work = await orTellOf(session, () => takeStep(collaborators, session));
          if (work !== null) doLater(session, work);
        }),
      );
    },
    async settle() {
      while (inHand.size > 0) await Promise.all(inHand);
    },
  };
}

async function takeStep(collaborators: SessionCollaborators, session: MulticastSession): Promise<SessionWork | null> {
  const receivers = await collaborators.db.trace.findMany({
    where: { sessionId: session.id },
    select: RECEIVER_FIELDS,
  });
  if (receivers.every(({ status }) => isFinal(status))) return finishSession(collaborators, session);
  if (session.status === 'GATHERING') return startWhenGathered(collaborators, session, receivers);
  return session.status === 'STARTING' ? findOutStart(collaborators, session, receivers) : null;
}
