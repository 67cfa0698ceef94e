import { always, comments, integer, name, notNull } from '#domain/administration/field-rules.ts';
import type { FieldRule, FieldTable } from '#domain/administration/field-rules.ts';
import { InvalidInputError } from '#domain/errors.ts';
import { parseCron, parseTimeZone } from './next-run.ts';

const DAY_MINUTES = 24 * 60;

const cron = (): FieldRule => ({
  presence: 'optional',
  check: (value, path) => {
    const line = parseCron(String(value));
    if (line === null) throw new InvalidInputError(path, 'BAD_CRON');
    return line;
  },
});

export const timeZone = (): FieldRule => ({
  presence: 'optional',
  check: (value, path) => {
    const zone = parseTimeZone(String(value).trim());
    if (zone === null) throw new InvalidInputError(path, 'BAD_TIME_ZONE');
    return zone;
  },
});

const FIRST_INSTANT = Date.parse('1970-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('2200-01-01T00:00:00Z');

/** An instant that somebody could mean. */
const instant = (): FieldRule => ({
  presence: 'optional',
  check: (value, path) => {
    const at = value as Date;
    const isMeant = at.getTime() >= FIRST_INSTANT && at.getTime() < LAST_INSTANT;
    if (!isMeant) throw new InvalidInputError(path, 'OUT_OF_RANGE', { min: 1970, max: 2199 });
    return at;
  },
});

/** What administrators say of a schedule besides its operation. */
export const SCHEDULE_FIELDS: FieldTable = {
  name: name(),
  cron: cron(),
  runAt: instant(),
  timeZone: notNull(timeZone()),
  graceMinutes: notNull(integer(1, 7 * DAY_MINUTES)),
  comments: comments(),
};

/** What administrators say of a blackout. */
export const BLACKOUT_FIELDS: FieldTable = {
  name: name(),
  startsAt: always(instant()),
  endsAt: always(instant()),
  comments: comments(),
};
