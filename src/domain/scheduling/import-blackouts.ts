import type { Principal } from '#domain/access/principal.ts';
import type { Target } from '#domain/administration/administer.ts';
import { checkFields } from '#domain/administration/check-fields.ts';
import { name } from '#domain/administration/field-rules.ts';
import { transact } from '#domain/administration/transact.ts';
import { NotFoundError, StaleVersionError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { replaceEntries } from './calendar-entries.ts';
import { readCalendar } from './calendar/read-calendar.ts';
import { timeZone as timeZoneRule } from './schedule-fields.ts';

/** How far ahead the events of a calendar are written out as blackouts: a year, and time to notice when that stops. */
export const HORIZON_MS = 400 * 86_400_000;

export interface ImportBlackoutsRequest {
  roomId: string;
  name: string;
  ical: string;
  /** Zone of the times that name none; null for the calendar's own. */
  timeZone: string | null;
}

export interface ImportedBlackouts {
  calendarId: string;
  /** How many blackouts the calendar gives from now on. */
  blackoutCount: number;
  /** How many it gave before. */
  replacedCount: number;
}

export type ImportBlackouts = (request: ImportBlackoutsRequest, principal: Principal) => Promise<ImportedBlackouts>;

/**
 * Takes a room's calendar from an iCalendar file. What the calendar of that name gave before makes way, other than what is over: where the
 * file says something else. What it says again stays the row that it is, and importing a file twice is importing it once.
 *
 * @throws {CalendarRefusedError | InvalidInputError | NotFoundError} and nothing has changed.
 */
export function createImportBlackouts({ db, clock, log }: { db: Storage; clock: Clock; log: Logger }): ImportBlackouts {
  return async ({ roomId, ical, ...given }, principal) => {
    const { data } = checkFields({ name: name(), timeZone: timeZoneRule() }, given, 'create');
    const { name: calendarName, timeZone: askedZone } = data as { name: string; timeZone: string | null };
    const now = clock.now();
    const until = new Date(now.getTime() + HORIZON_MS);
    const { entries, timeZone } = await readCalendar(ical, { from: now, until, timeZone: askedZone });

    const imported = await transact(db, async (tx) => {
      const room = await tx.$queryRaw<unknown[]>`SELECT 1 FROM rooms WHERE id = ${roomId}::uuid FOR KEY SHARE`;
      if (room.length === 0) throw new NotFoundError(['input', 'roomId'], 'Room');
      const columns = { source: ical, timeZone, importedAt: now, expandedUntil: until };
      const where = { roomId_name: { roomId, name: calendarName } };
      const before = await tx.blackoutCalendar.findUnique({ where, select: { source: true, timeZone: true } });
      const { id, recordVersion } = await tx.blackoutCalendar.upsert({
        where,
        create: { roomId, name: calendarName, ...columns, createdBy: principal.name },
        update: columns,
        select: { id: true, recordVersion: true },
      });
      const calendar = { id, roomId, name: calendarName, createdBy: principal.name };
      const { replaced, added } = await replaceEntries(tx, calendar, entries, now);
      const isSame = before?.source === ical && before.timeZone === timeZone && replaced + added === 0;
      if (before !== null && !isSame) {
        await tx.blackoutCalendar.update({ where: { id }, data: { recordVersion: recordVersion + 1 } });
      }
      return { calendarId: id, blackoutCount: entries.length, replacedCount: replaced };
    });
    log.info({ type: 'BlackoutCalendar', room: roomId, by: principal.name, ...imported }, 'imported');
    return imported;
  };
}

/** Deletes a calendar with the blackouts that it gave. @throws {NotFoundError | StaleVersionError} */
export type DeleteBlackoutCalendar = (target: Target, principal: Principal) => Promise<void>;

export function createDeleteBlackoutCalendar({ db, log }: { db: Storage; log: Logger }): DeleteBlackoutCalendar {
  return async ({ id, expectedVersion }, principal) => {
    await transact(db, async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM blackout_calendars WHERE id = ${id}::uuid FOR UPDATE`;
      const calendar = await tx.blackoutCalendar.findUnique({ where: { id }, select: { recordVersion: true } });
      if (calendar === null) throw new NotFoundError(['input', 'id'], 'BlackoutCalendar');
      if (expectedVersion !== null && expectedVersion !== calendar.recordVersion) {
        throw new StaleVersionError(['input', 'expectedVersion'], expectedVersion, calendar.recordVersion);
      }
      await tx.blackoutCalendar.delete({ where: { id } });
    });
    log.info({ type: 'BlackoutCalendar', id, by: principal.name }, 'deleted');
  };
}
