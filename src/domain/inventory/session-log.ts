import type { Transaction } from '#domain/storage.ts';
import { createId } from '#lib/create-id.ts';
import type { SessionEnd } from '#prisma/generated/client/enums.ts';
import type { ClientSystem } from './client-status.ts';

/** Names are as agents report them: whoever writes a novel into one is cut off. */
export const MAX_USER_LENGTH = 120;

/** Why something ended, and when; null where nobody knows when. */
export interface Ending {
  reason: SessionEnd;
  at: Date | null;
}

/** Ends all that is open in the logs of these clients: what ran, and who was logged in to it. */
export async function endSessions(
  tx: Transaction,
  clientIds: readonly string[],
  { reason, at }: Ending,
): Promise<void> {
  await tx.clientSession.updateMany({
    where: { clientId: { in: [...clientIds] }, endReason: null },
    data: { endReason: reason, endedAt: at },
  });
}

/** Writes that a system runs on these clients since an instant. */
export async function startSystems(
  tx: Transaction,
  clientIds: readonly string[],
  system: ClientSystem,
  startedAt: Date,
): Promise<void> {
  await tx.clientSession.createMany({ data: clientIds.map((clientId) => ({ clientId, system, startedAt })) });
}

/** Writes that somebody is logged in; nothing where that is written already: agents repeat themselves. */
export async function logIn(
  tx: Transaction,
  clientId: string,
  system: ClientSystem,
  user: string,
  at: Date,
): Promise<void> {
  const name = user.slice(0, MAX_USER_LENGTH).toWellFormed();
  await tx.$executeRaw`
    INSERT INTO client_sessions (id, client_id, system, user_name, started_at)
    SELECT ${createId()}::uuid, ${clientId}::uuid, ${system}::client_system, ${name}, ${at}::timestamptz
    WHERE NOT EXISTS (
      SELECT 1 FROM client_sessions WHERE client_id = ${clientId}::uuid AND end_reason IS NULL AND user_name = ${name})`;
}

/**
 * Writes that somebody has logged out: the one who is named, or everybody where nobody is, or nobody known by that name.
 *
 * @returns whether somebody is still logged in.
 */
export async function logOut(tx: Transaction, clientId: string, user: string | null, at: Date): Promise<boolean> {
  const open = await tx.clientSession.findMany({
    where: { clientId, endReason: null, user: { not: null } },
    select: { id: true, user: true },
  });
  const named = open.filter((session) => session.user === user?.slice(0, MAX_USER_LENGTH).toWellFormed());
  const leaving = named.length > 0 ? named : open;
  if (leaving.length > 0) {
    await tx.clientSession.updateMany({
      where: { id: { in: leaving.map(({ id }) => id) } },
      data: { endReason: 'LOGGED_OUT', endedAt: at },
    });
  }
  return open.length > leaving.length;
}
