import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Transaction } from '#domain/storage.ts';
import { createId } from '#lib/create-id.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { CalendarEntry } from './calendar/read-file.ts';
import { compareEntries } from './compare-entries.ts';
import type { StoredEntry } from './compare-entries.ts';

export interface CalendarRow {
  id: string;
  roomId: string;
  name: string;
  createdBy: string;
}

/** Rows that are written by one statement. Between two of them others get their turn, also where the database is part of this process. */
const CHUNK = 200;
/** Rows that are read by one statement. */
const PAGE = 1000;

/**
 * Writes down what a calendar says from now on. Rows that say the same already stay as they are, and so does what is over, unless the
 * calendar says that it goes on after all.
 *
 * @returns how many rows made way or were changed, and how many are new.
 */
export async function replaceEntries(
  tx: Transaction,
  calendar: CalendarRow,
  entries: readonly CalendarEntry[],
  now: Date,
): Promise<{ replaced: number; added: number }> {
  const named = entries.map((entry) => ({ ...entry, name: entry.name ?? calendar.name }));
  // What began earlier than the first of them can be none of theirs.
  const [first = { startsAt: now }] = named;
  const stored = await readEntries(tx, {
    calendarId: calendar.id,
    OR: [{ endsAt: { gt: now } }, { startsAt: { gte: first.startsAt } }],
  });
  const { gone, changed, added } = compareEntries(stored, named, now);
  for (const ids of chunksOf(gone)) await tx.blackout.deleteMany({ where: { id: { in: ids } } });
  for (const rows of chunksOf(changed)) {
    const ids = rows.map(({ id }) => id);
    const names = rows.map(({ name }) => name);
    const ends = rows.map(({ endsAt }) => endsAt.toISOString());
    await tx.$executeRaw`
      UPDATE blackouts SET name = said.name, ends_at = said.ends_at, record_version = record_version + 1, updated_at = ${now}
      FROM unnest(${ids}::uuid[], ${names}::text[], ${ends}::timestamptz[]) AS said (id, name, ends_at)
      WHERE blackouts.id = said.id`;
    await nextTurn();
  }
  await addEntries(tx, calendar, added);
  return { replaced: gone.length + changed.length, added: added.length };
}

async function readEntries(tx: Transaction, where: Prisma.BlackoutWhereInput): Promise<StoredEntry[]> {
  const all: StoredEntry[] = [];
  for (let page: StoredEntry[] | null = null; page === null || page.length === PAGE; await nextTurn()) {
    const last = all.at(-1);
    page = await tx.blackout.findMany({
      where: { AND: [where, last === undefined ? {} : { id: { gt: last.id } }] },
      orderBy: { id: 'asc' },
      take: PAGE,
      select: { id: true, uid: true, name: true, startsAt: true, endsAt: true },
    });
    all.push(...page);
  }
  return all;
}

/** Those that are there already are left as they are. */
export async function addEntries(
  tx: Transaction,
  { id, roomId, name: calendarName, createdBy }: CalendarRow,
  entries: readonly CalendarEntry[],
): Promise<void> {
  for (const rows of chunksOf(entries)) {
    const ids = rows.map(() => createId());
    const uids = rows.map(({ uid }) => uid);
    const names = rows.map(({ name }) => name ?? calendarName);
    const starts = rows.map(({ startsAt }) => startsAt.toISOString());
    const ends = rows.map(({ endsAt }) => endsAt.toISOString());
    // As lists: the client of the database takes twenty times as long to put together one value after the other.
    await tx.$executeRaw`
      INSERT INTO blackouts (id, calendar_id, room_id, created_by, uid, name, starts_at, ends_at)
      SELECT said.id, ${id}::uuid, ${roomId}::uuid, ${createdBy}, said.uid, said.name, said.starts_at, said.ends_at
      FROM unnest(${ids}::uuid[], ${uids}::text[], ${names}::text[], ${starts}::timestamptz[], ${ends}::timestamptz[])
        AS said (id, uid, name, starts_at, ends_at)
      ON CONFLICT (calendar_id, uid, starts_at) DO NOTHING`;
    await nextTurn();
  }
}

function chunksOf<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, n) => all.slice(n * CHUNK, (n + 1) * CHUNK));
}
