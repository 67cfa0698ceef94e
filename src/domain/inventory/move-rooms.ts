import type { Principal } from '#domain/access/principal.ts';
import { transact } from '#domain/administration/transact.ts';
import { AlreadyExistsError, InvalidInputError, NotFoundError } from '#domain/errors.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { Logger } from '#lib/logger.ts';
import { checkCount, requireAll } from './move-clients.ts';

export interface MoveRoomsRequest {
  roomIds: readonly string[];
  centerId: string;
  /** Group of rooms of that center; null for none. */
  roomGroupId: string | null;
}

export type MoveRooms = (request: MoveRoomsRequest, principal: Principal) => Promise<{ movedCount: number }>;

/**
 * Puts rooms, with their clients, into a center and into a group of it. All of them move or none does.
 *
 * @throws {NotFoundError} at the id that names nothing. @throws {InvalidInputError} for a group of another center, or too many at once.
 * @throws {AlreadyExistsError} at a room whose name the center has already.
 */
export function createMoveRooms({ db, log }: { db: Storage; log: Logger }): MoveRooms {
  return async ({ roomIds, centerId, roomGroupId }, principal) => {
    checkCount(roomIds, 'roomIds');
    const movedCount = await transact(db, async (tx) => {
      await requireCenterAndGroup(tx, centerId, roomGroupId);
      // Their clients get another center with them: locked in the order in which everybody locks clients.
      await tx.$queryRaw`
        SELECT id FROM clients WHERE room_id = ANY(${[...roomIds]}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
      await requireAll(
        roomIds,
        'Room',
        'roomIds',
        (ids) =>
          tx.$queryRaw<
            { id: string }[]
          >`SELECT id FROM rooms WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
      );
      await requireFreeNames(tx, roomIds, centerId);
      const { count } = await tx.room.updateMany({
        where: { id: { in: [...roomIds] } },
        data: { centerId, roomGroupId, recordVersion: { increment: 1 } },
      });
      return count;
    });
    log.info({ centerId, roomGroupId, count: movedCount, by: principal.name }, 'rooms moved');
    return { movedCount };
  };
}

async function requireCenterAndGroup(tx: Transaction, centerId: string, groupId: string | null): Promise<void> {
  // One at a time into a center, so that two cannot bring the same name.
  const center = await tx.$queryRaw<unknown[]>`SELECT 1 FROM centers WHERE id = ${centerId}::uuid FOR NO KEY UPDATE`;
  if (center.length === 0) throw new NotFoundError(['input', 'centerId'], 'Center');
  if (groupId === null) return;
  const group = await tx.$queryRaw<{ center_id: string }[]>`
    SELECT center_id FROM room_groups WHERE id = ${groupId}::uuid FOR KEY SHARE`;
  if (group[0] === undefined) throw new NotFoundError(['input', 'roomGroupId'], 'RoomGroup');
  if (group[0].center_id !== centerId) {
    throw new InvalidInputError(['input', 'roomGroupId'], 'OF_ANOTHER_PARENT', { parent: 'Center' });
  }
}

async function requireFreeNames(tx: Transaction, roomIds: readonly string[], centerId: string): Promise<void> {
  const moving = await tx.room.findMany({ where: { id: { in: [...roomIds] } }, select: { id: true, name: true } });
  const staying = await tx.room.findMany({
    where: { centerId, id: { notIn: [...roomIds] }, name: { in: moving.map(({ name }) => name) } },
    select: { id: true, name: true },
  });
  const taken = new Map(staying.map(({ id, name }) => [name, id]));
  const inOrder = roomIds.map((id) => moving.find((room) => room.id === id));
  for (const [index, room] of inOrder.entries()) {
    if (room === undefined) continue;
    const existing = taken.get(room.name);
    if (existing !== undefined && existing !== room.id) {
      throw new AlreadyExistsError(['input', 'roomIds', String(index)], 'Room', room.name, existing);
    }
    taken.set(room.name, room.id);
  }
}
