import type { Transaction } from '#domain/storage.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import type { SessionEnd } from '#prisma/generated/client/enums.ts';
import { systemOf } from './client-status.ts';
import type { ClientStatus, ClientSystem } from './client-status.ts';
import { endSessions, startSystems } from './session-log.ts';

export interface ClientRow {
  id: string;
  roomId: string;
  status: ClientStatus;
  /** What runs on it, as far as is known, and since when. */
  runningSystem: ClientSystem | null;
  runningSince: Date | null;
}

/**
 * Locks a client's row until the transaction ends, so that reports and orders about one machine take turns.
 * Every transaction that touches a client or its traces does this first: one order of locks, no deadlock.
 */
export async function lockClient(tx: Transaction, clientId: string): Promise<ClientRow> {
  const [client] = await lockClients(tx, [clientId]);
  if (client === undefined) throw new Error('there is no such client any more');
  return client;
}

/** The same of several at once, in the one order in which all that lock several do it. Those that are gone are left out. */
export async function lockClients(tx: Transaction, clientIds: readonly string[]): Promise<ClientRow[]> {
  return tx.$queryRaw<ClientRow[]>`
    SELECT id, room_id AS "roomId", status::text AS status,
      running_system::text AS "runningSystem", running_since AS "runningSince"
    FROM clients WHERE id = ANY(${[...clientIds]}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
}

/** How a state came to be known. */
export interface StatusFacts {
  at: Date;
  /** Whether the machine itself said something; only then was it seen. */
  isHeard: boolean;
  /** Whether what runs on it has started anew, although the same ran before. */
  isStart?: boolean;
  /** Why what ran on it does not any more, where that is known better than by the new state. */
  ended?: SessionEnd;
  /** What else is to be written into its row. */
  also?: {
    agentVersion?: string;
    agentStartSecretSha256?: string | null;
    installedSecret?: string | null;
    serialNumber?: string;
  };
}

/**
 * Records what state a client is in, with what that says of its session log.
 *
 * @returns the event to append; none when nothing that a subscriber sees has changed.
 */
export async function setClientStatus(
  tx: Transaction,
  client: ClientRow,
  status: ClientStatus,
  facts: StatusFacts,
): Promise<EventDraft[]> {
  return setClientStatuses(tx, [client], status, facts);
}

/** The same of several clients that are in one state. Their rows are locked. */
export async function setClientStatuses(
  tx: Transaction,
  clients: readonly ClientRow[],
  status: ClientStatus,
  { at, isHeard, isStart = false, ended, also = {} }: StatusFacts,
): Promise<EventDraft[]> {
  const system = systemOf(status);
  const isOther = (client: ClientRow) => system !== undefined && (isStart || client.runningSystem !== system);
  const data = { status, ...(isHeard ? { lastSeenAt: at } : {}), ...also };
  const same = clients.filter((client) => !isOther(client)).map(({ id }) => id);
  if (same.length > 0) await tx.client.updateMany({ where: { id: { in: same } }, data });

  const others = clients.filter(isOther);
  if (others.length > 0 && system !== undefined) {
    const running = { runningSystem: system, runningSince: system === null ? null : at };
    const ids = others.map(({ id }) => id);
    await tx.client.updateMany({ where: { id: { in: ids } }, data: { ...data, ...running } });
    const wereOn = others.filter(({ runningSystem }) => runningSystem !== null).map(({ id }) => id);
    const reason = ended ?? (system === null ? 'STOPPED' : 'RESTARTED');
    if (wereOn.length > 0) await endSessions(tx, wereOn, { reason, at: reason === 'NOT_KNOWN' ? null : at });
    if (system !== null) await startSystems(tx, ids, system, at);
    for (const client of others) Object.assign(client, running);
  }

  const changed = clients.filter((client) => client.status !== status);
  for (const client of changed) client.status = status;
  return changed.map(({ id, roomId }) => ({ kind: 'CLIENT_STATUS', clientId: id, roomId, clientStatus: status }));
}
