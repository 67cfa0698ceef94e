import type { Transaction } from '#domain/storage.ts';

/** A time in which a room is not to be disturbed. */
export interface ActiveBlackout {
  blackoutId: string;
  name: string;
  /** When the room is free again: the end of the last one that follows without a gap. */
  until: Date;
}

/** The rooms among those given that are not to be disturbed at a moment. */
export type FindBlackouts = (
  tx: Transaction,
  roomIds: readonly string[],
  at: Date,
) => Promise<ReadonlyMap<string, ActiveBlackout>>;

interface Row {
  room_id: string;
  id: string;
  name: string;
  until: Date;
}

/**
 * Asks the database once, whatever the number of rooms and however long they stay closed.
 *
 * Of several blackouts at once, the one that ends last is what the room waits for. From its end on, those that follow are looked at two days
 * at a time, each by its beginning, and further only where the room stays closed to the end of these two days: a calendar has a year of them.
 */
export const findBlackouts: FindBlackouts = async (tx, roomIds, at) => {
  if (roomIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<Row[]>`
    WITH RECURSIVE block AS (
      SELECT * FROM (
        SELECT DISTINCT ON (room_id) room_id, id, name, ends_at::timestamptz AS until,
          ${at}::timestamptz AS seen, ends_at + interval '2 days' AS horizon, true AS is_open
        FROM blackouts
        WHERE room_id = ANY(${[...new Set(roomIds)]}::uuid[]) AND starts_at <= ${at} AND ends_at > ${at}
        ORDER BY room_id, ends_at DESC, id DESC
      ) AS current
      UNION ALL
      SELECT block.room_id, block.id, block.name, following.until,
        block.horizon, following.until + interval '2 days', following.until > block.horizon
      FROM block CROSS JOIN LATERAL (
        SELECT coalesce(max(reach) FILTER (WHERE NOT is_apart), block.until) AS until
        FROM (
          SELECT greatest(block.until, ends_at::timestamptz) AS reach,
            bool_or(starts_at > reach_before) OVER (ORDER BY starts_at, id) AS is_apart
          FROM (
            SELECT id, starts_at, ends_at, greatest(block.until, max(ends_at::timestamptz)
              OVER (ORDER BY starts_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS reach_before
            FROM blackouts
            WHERE room_id = block.room_id AND starts_at > block.seen AND starts_at <= block.horizon
          ) AS ordered
        ) AS reaching
      ) AS following
      WHERE block.is_open
    )
    SELECT DISTINCT ON (room_id) room_id, id, name, until FROM block ORDER BY room_id, until DESC`;
  return new Map(rows.map(({ room_id: roomId, id, name, until }) => [roomId, { blackoutId: id, name, until }]));
};
