import { Cron } from 'croner';

export const DEFAULT_TIME_ZONE = 'Europe/Madrid';

/** Fields of minutes, hours, days, months and weekdays; `?` is left out, which means another thing in every program. */
const CRON_LINE = /^[\dA-Za-z*,/#-]{1,60}(?: [\dA-Za-z*,/#-]{1,60}){4}$/;

/** A cron line in its one spelling; null for text that is none. */
export function parseCron(text: string): string | null {
  const line = text.trim().replaceAll(/\s+/g, ' ').toUpperCase();
  if (!CRON_LINE.test(line)) return null;
  try {
    readCron(line, 'UTC');
    return line;
  } catch {
    return null;
  }
}

/** The name of a time zone in its one spelling; null for one that there is not. Bare offsets are none: they know no summer. */
export function parseTimeZone(text: string): string | null {
  if (!/^[A-Za-z]/.test(text)) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/**
 * The first time after an instant at which a cron line comes due; null where it never does.
 *
 * On the wall's clock of the zone: a time of day that a change to summer time leaves out comes due at the end of the gap, and one that a
 * change to winter time repeats comes due the first time only. Lines that repeat within the hour or the day by `*` or a step go by time
 * that passes: they leave nothing out and run in both of the hours that have one name.
 */
export function nextRun(cron: string, timeZone: string, after: Date): Date | null {
  return readCron(cron, timeZone).nextRun(after);
}

/** The last time at which a cron line came due, up to and including an instant; null where it never had. */
export function lastRun(cron: string, timeZone: string, upTo: Date): Date | null {
  // The library looks at what is before a whole second.
  const nextSecond = new Date(Math.floor(upTo.getTime() / 1000) * 1000 + 1000);
  return readCron(cron, timeZone).previousRuns(1, nextSecond)[0] ?? null;
}

function readCron(cron: string, timeZone: string): Cron {
  return new Cron(cron, { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard' });
}
