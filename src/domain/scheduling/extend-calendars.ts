import { DomainError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { addEntries } from './calendar-entries.ts';
import { readCalendar } from './calendar/read-calendar.ts';
import { HORIZON_MS } from './import-blackouts.ts';

export type ExtendCalendars = () => Promise<void>;

/** How much of the horizon may have been used up before it is looked further ahead. */
const SLACK_MS = 30 * 86_400_000;

/**
 * Writes out what has come within the horizon of calendars that were imported before. What was written out already is left alone: somebody
 * may have changed it by hand. Servers that do this at once write each blackout once.
 */
export function createExtendCalendars({ db, clock, log }: { db: Storage; clock: Clock; log: Logger }): ExtendCalendars {
  return async () => {
    const now = clock.now();
    const until = new Date(now.getTime() + HORIZON_MS);
    const short = await db.blackoutCalendar.findMany({
      where: { expandedUntil: { lt: new Date(until.getTime() - SLACK_MS) } },
      orderBy: { expandedUntil: 'asc' },
      select: { id: true },
    });
    for (const { id: calendarId } of short) {
      const calendar = await db.blackoutCalendar.findUnique({ where: { id: calendarId } });
      if (calendar === null) continue;
      const { id, source, timeZone, expandedUntil: from } = calendar;
      try {
        const { entries } = await readCalendar(source, { from, until, timeZone });
        await db.$transaction(async (tx) => {
          const unchanged = { id, expandedUntil: from, recordVersion: calendar.recordVersion };
          const { count } = await tx.blackoutCalendar.updateMany({ where: unchanged, data: { expandedUntil: until } });
          // Somebody else has done it, or has imported another file meanwhile.
          if (count === 0) return;
          const begun = entries.filter(({ startsAt }) => startsAt >= from);
          await addEntries(tx, calendar, begun);
          log.info({ calendar: id, blackouts: begun.length, until }, 'calendar written out further');
        });
      } catch (error) {
        // It was read once: by an earlier version, then. The others must not wait for it, and it is tried again with each version.
        if (!(error instanceof DomainError)) throw error;
        log.error({ calendar: id, code: error.messageKey, params: error.params }, 'a calendar cannot be read any more');
      }
    }
  };
}
