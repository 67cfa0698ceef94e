import type { Transaction } from '#domain/storage.ts';
import type { SessionMethod, SessionStatus } from '#prisma/generated/client/enums.ts';
import { LIVE_SESSIONS, describeFailure } from './session-status.ts';

/** Whether a client may still be told to receive with the others of a session. */
export async function mayJoinSession(tx: Transaction, sessionId: string): Promise<boolean> {
  return (await findJoinObstacle(tx, sessionId)) === null;
}

/**
 * Why a client can no longer be told to receive with the others of a session; null where it can. Keeps the session as it is until the
 * transaction ends: it must not begin to send between this look and the order.
 */
export async function findJoinObstacle(tx: Transaction, sessionId: string): Promise<string | null> {
  const [session] = await tx.$queryRaw<
    { status: SessionStatus; method: SessionMethod; errorMessage: string | null }[]
  >`SELECT status::text, method::text, error_message AS "errorMessage"
    FROM multicast_sessions WHERE id = ${sessionId}::uuid FOR SHARE`;
  if (session?.status === 'GATHERING') return null;
  // Peers come and go: who comes later gets the pieces too.
  const isLive = LIVE_SESSIONS.some((status) => status === session?.status);
  if (isLive && session?.method === 'P2P') return null;
  if (session?.status === 'FAILED') return describeFailure(session.errorMessage);
  return 'The stream has begun, or is over, without this client.';
}
