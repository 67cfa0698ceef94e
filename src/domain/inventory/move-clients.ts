import type { Principal } from '#domain/access/principal.ts';
import { transact } from '#domain/administration/transact.ts';
import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { Logger } from '#lib/logger.ts';

/** Most things moved at once. */
const MAX_MOVED = 5000;

export interface MoveClientsRequest {
  clientIds: readonly string[];
  roomId: string;
  /** Group of that room; null for none. */
  groupId: string | null;
}

export type MoveClients = (request: MoveClientsRequest, principal: Principal) => Promise<{ movedCount: number }>;

/**
 * Puts clients into a room, and into a group of it. All of them move or none does; those that are there already count as not moved.
 *
 * @throws {NotFoundError} at the id that names nothing. @throws {InvalidInputError} for a group of another room, or too many at once.
 */
export function createMoveClients({ db, log }: { db: Storage; log: Logger }): MoveClients {
  return async ({ clientIds, roomId, groupId }, principal) => {
    checkCount(clientIds, 'clientIds');
    const movedCount = await transact(db, async (tx) => {
      await requireRoomAndGroup(tx, roomId, groupId);
      await requireAll(
        clientIds,
        'Client',
        'clientIds',
        (ids) =>
          tx.$queryRaw<{ id: string }[]>`
          SELECT id FROM clients WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
      );
      const { count } = await tx.client.updateMany({
        where: {
          id: { in: [...clientIds] },
          NOT: {
            AND: [
              { roomId },
              groupId === null ? { groupId: null } : { AND: [{ groupId: { not: null } }, { groupId }] },
            ],
          },
        },
        data: { roomId, groupId, recordVersion: { increment: 1 } },
      });
      // A room's teacher's machine is one of its own.
      await tx.room.updateMany({
        where: { teacherClientId: { in: [...clientIds] }, id: { not: roomId } },
        data: { teacherClientId: null },
      });
      return count;
    });
    log.info({ roomId, groupId, count: movedCount, by: principal.name }, 'clients moved');
    return { movedCount };
  };
}

async function requireRoomAndGroup(tx: Transaction, roomId: string, groupId: string | null): Promise<void> {
  const room = await tx.$queryRaw<unknown[]>`SELECT 1 FROM rooms WHERE id = ${roomId}::uuid FOR KEY SHARE`;
  if (room.length === 0) throw new NotFoundError(['input', 'roomId'], 'Room');
  if (groupId === null) return;
  const group = await tx.$queryRaw<{ room_id: string }[]>`
    SELECT room_id FROM client_groups WHERE id = ${groupId}::uuid FOR KEY SHARE`;
  if (group[0] === undefined) throw new NotFoundError(['input', 'groupId'], 'ClientGroup');
  if (group[0].room_id !== roomId) {
    throw new InvalidInputError(['input', 'groupId'], 'OF_ANOTHER_PARENT', { parent: 'Room' });
  }
}

/** @throws {InvalidInputError} for none at all and for too many. */
export function checkCount(ids: readonly string[], field: string): void {
  if (ids.length === 0) throw new InvalidInputError(['input', field], 'EMPTY');
  if (ids.length > MAX_MOVED) throw new InvalidInputError(['input', field], 'TOO_MANY', { max: MAX_MOVED });
}

/** Finds and locks rows in the order of their ids, so that two who do it at once wait for one another and never both. */
export async function requireAll(
  ids: readonly string[],
  type: string,
  field: string,
  lock: (ids: string[]) => Promise<{ id: string }[]>,
): Promise<void> {
  const found = new Set((await lock([...new Set(ids)])).map(({ id }) => id));
  const missing = ids.findIndex((id) => !found.has(id));
  if (missing !== -1) throw new NotFoundError(['input', field, String(missing)], type);
}
