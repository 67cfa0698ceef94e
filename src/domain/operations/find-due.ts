import type { FindBlackouts } from '#domain/scheduling/find-blackouts.ts';
import type { Storage } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import { countPlaces } from './limits.ts';

export interface WaitingTrace {
  id: string;
  clientId: string;
}

const SELECT = { id: true, clientId: true } as const;

/** Most orders that one look lets go for one limit, where the limit itself was lifted. */
const AT_ONCE = 1000;

/**
 * The waiting orders whose turn may have come. The database chooses: thousands may wait, and few of them can go. Only a hint, for who lets
 * one go looks again under the client’s lock.
 */
export async function findDue(db: Storage, findBlackouts: FindBlackouts, now: Date): Promise<WaitingTrace[]> {
  return [
    ...(await findBehindEndedJobs(db)),
    ...(await findInFreeRooms(db, findBlackouts, now)),
    ...(await findWithPlace(db)),
  ];
}

/** The first of each client’s queue, where nothing goes before it any more. */
function findBehindEndedJobs(db: Storage): Promise<WaitingTrace[]> {
  return db.$queryRaw<WaitingTrace[]>`
    SELECT DISTINCT ON (waiting.client_id) waiting.id, waiting.client_id AS "clientId"
    FROM traces waiting
    WHERE waiting.status = 'PENDING' AND waiting.waits_for = 'EARLIER_JOB'
      AND NOT EXISTS (
        SELECT 1 FROM traces before
        WHERE before.client_id = waiting.client_id AND before.status::text = ANY(${[...ACTIVE_STATUSES]})
          AND before.waits_for IS DISTINCT FROM 'EARLIER_JOB'
      )
    ORDER BY waiting.client_id, waiting.id`;
}

async function findInFreeRooms(db: Storage, findBlackouts: FindBlackouts, now: Date): Promise<WaitingTrace[]> {
  const held = { status: 'PENDING', waitsFor: 'BLACKOUT' } as const;
  const rooms = await db.room.findMany({
    where: { clients: { some: { traces: { some: held } } } },
    select: { id: true },
  });
  if (rooms.length === 0) return [];
  const ids = rooms.map(({ id }) => id);
  const blackouts = await findBlackouts(db, ids, now);
  const free = ids.filter((id) => !blackouts.has(id));
  if (free.length === 0) return [];
  return db.trace.findMany({
    where: { ...held, client: { roomId: { in: free } } },
    orderBy: { id: 'asc' },
    select: SELECT,
  });
}

/** As many as there are places for, the longest waiting first. */
async function findWithPlace(db: Storage): Promise<WaitingTrace[]> {
  const groups = await db.$queryRaw<{ roomId: string; repositoryId: string | null }[]>`
    SELECT DISTINCT clients.room_id AS "roomId", traces.repository_id AS "repositoryId"
    FROM traces JOIN clients ON clients.id = traces.client_id
    WHERE traces.status = 'PENDING' AND traces.waits_for IN ('ROOM_LIMIT', 'REPOSITORY_LIMIT')`;
  const due: WaitingTrace[] = [];
  for (const { roomId, repositoryId } of groups) {
    const places = Math.min(AT_ONCE, await countPlaces(db, { roomId, repositoryId }));
    if (places === 0) continue;
    const longest = await db.trace.findMany({
      where: {
        status: 'PENDING',
        waitsFor: { in: ['ROOM_LIMIT', 'REPOSITORY_LIMIT'] },
        repositoryId,
        client: { roomId },
      },
      orderBy: { id: 'asc' },
      take: places,
      select: SELECT,
    });
    due.push(...longest);
  }
  return due;
}
