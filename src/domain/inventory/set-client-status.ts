import type { Transaction } from '#domain/storage.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import type { ClientStatus } from './client-status.ts';

export interface ClientRow {
  id: string;
  roomId: string;
  status: ClientStatus;
}

/**
 * Locks a client's row until the transaction ends, so that reports and orders about one machine take turns.
 * Every transaction that touches a client or its traces does this first: one order of locks, no deadlock.
 */
export async function lockClient(tx: Transaction, clientId: string): Promise<ClientRow> {
  await tx.$executeRaw`SELECT 1 FROM clients WHERE id = ${clientId}::uuid FOR NO KEY UPDATE`;
  return tx.client.findUniqueOrThrow({ where: { id: clientId }, select: { id: true, roomId: true, status: true } });
}

/**
 * Records what state a client is in, and that it was heard of where `heardAt` is given.
 *
 * @returns the event to append; none when nothing that a subscriber sees has changed.
 */
export async function setClientStatus(
  tx: Transaction,
  client: ClientRow,
  status: ClientStatus,
  { heardAt, agentVersion }: { heardAt?: Date; agentVersion?: string } = {},
): Promise<EventDraft[]> {
  await tx.client.update({
    where: { id: client.id },
    data: {
      status,
      ...(heardAt === undefined ? {} : { lastSeenAt: heardAt }),
      ...(agentVersion === undefined ? {} : { agentVersion }),
    },
  });
  if (client.status === status) return [];
  client.status = status;
  return [{ kind: 'CLIENT_STATUS', clientId: client.id, roomId: client.roomId, clientStatus: status }];
}
