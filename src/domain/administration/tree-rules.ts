import { InvalidInputError } from '#domain/errors.ts';
import type { Transaction } from '#domain/storage.ts';
import { Prisma } from '#prisma/generated/client/client.ts';
import { REFERENCE_TABLES } from './reference-types.ts';

/** Two moves at once could close a circle that neither of them sees: one move at a time. */
const TREE_LOCK = 7_301_954n;

/**
 * The rules of a group that is in another group: both belong to the same owner, and none is inside of itself.
 *
 * @param id the group's own id; null for one that is being made.
 * @throws {InvalidInputError} at `input.parentId`
 */
export async function checkParent(
  tx: Transaction,
  type: 'RoomGroup' | 'ClientGroup',
  { id, parentId, ownerColumn, ownerId }: { id: string | null; parentId: string; ownerColumn: string; ownerId: string },
): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${TREE_LOCK})::text`;
  const table = Prisma.raw(`"${REFERENCE_TABLES[type]}"`);
  const owner = Prisma.raw(`"${ownerColumn}"`);
  const above = await tx.$queryRaw<{ id: string; owner_id: string }[]>`
    WITH RECURSIVE above AS (
      SELECT id, parent_id, ${owner} AS owner_id FROM ${table} WHERE id = ${parentId}::uuid
      UNION
      SELECT g.id, g.parent_id, g.${owner} FROM ${table} g JOIN above ON g.id = above.parent_id
    )
    SELECT id, owner_id FROM above`;
  if (above.some((group) => group.id === id)) throw new InvalidInputError(['input', 'parentId'], 'OWN_DESCENDANT');
  if (above.some((group) => group.owner_id !== ownerId)) {
    throw new InvalidInputError(['input', 'parentId'], 'OF_ANOTHER_PARENT', {
      parent: type === 'RoomGroup' ? 'Center' : 'Room',
    });
  }
}
