import type { Transaction } from '#domain/storage.ts';
import type { ClientStatus } from './client-status.ts';

export interface StateCount {
  status: ClientStatus;
  count: number;
}

/** How many clients of a group of rooms, and of the groups inside of it, are in each state: one statement for any number of groups. */
export async function countStatesByRoomGroup(db: Transaction, ids: readonly string[]): Promise<StateCount[][]> {
  // UNION, not UNION ALL: it ends even where groups were made to stand inside of one another.
  const rows = await db.$queryRaw<(StateCount & { groupId: string })[]>`
    WITH RECURSIVE inside (group_id, id) AS (
      SELECT id, id FROM room_groups WHERE id = ANY(${ids}::uuid[])
      UNION
      SELECT inside.group_id, g.id FROM room_groups g JOIN inside ON g.parent_id = inside.id
    )
    SELECT inside.group_id AS "groupId", c.status::text AS "status", count(*)::int AS "count"
    FROM inside JOIN rooms r ON r.room_group_id = inside.id JOIN clients c ON c.room_id = r.id
    GROUP BY inside.group_id, c.status
    ORDER BY c.status`;
  const byGroup = Map.groupBy(rows, ({ groupId }) => groupId);
  return ids.map((id) => byGroup.get(id) ?? []);
}
