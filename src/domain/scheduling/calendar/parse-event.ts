import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { CalendarRefusedError } from '#domain/errors.ts';
import type { CalendarLine, CalendarPart } from './split-calendar.ts';

/** A day as such, or a moment of a zone. */
export type CalendarTime =
  | { kind: 'day'; day: Temporal.PlainDate }
  | { kind: 'moment'; moment: Temporal.ZonedDateTime };

/** An event as the file has it. */
export interface ParsedEvent {
  line: number;
  uid: string;
  summary: string | null;
  start: CalendarTime;
  /** Days of an event of whole days; milliseconds of any other. */
  length: number;
  /** The rules as they were written. */
  rules: readonly string[];
  added: readonly CalendarTime[];
  left: readonly CalendarTime[];
  /** The one occurrence of an earlier event that this one takes the place of. */
  replaces: CalendarTime | null;
  /** Called off, or of a kind that leaves the room free. */
  isFree: boolean;
}

/** What is read of an event; whatever else stands there may be as odd as it likes. */
const KNOWN = new Set([
  'UID',
  'SUMMARY',
  'DTSTART',
  'DTEND',
  'DURATION',
  'RRULE',
  'EXRULE',
  'RDATE',
  'EXDATE',
  'RECURRENCE-ID',
  'STATUS',
  'TRANSP',
]);

const MAX_UID_LENGTH = 255;
const MIN_YEAR = 1970;
const MAX_YEAR = 2199;

type Property = [name: string, params: Record<string, unknown>, type: string, ...values: unknown[]];

/**
 * Reads one event of a calendar.
 *
 * @param zoneOf the zone of a name; without a name, that of times which name none.
 * @throws {CalendarRefusedError} with its line, its UID and the property at fault.
 */
export function parseEvent({ line, lines }: CalendarPart, zoneOf: (tzid: string | null) => string | null): ParsedEvent {
  const own = lines.filter(({ name }) => KNOWN.has(name));
  const event = uidOf(own);
  const refuse = (property: string): never => {
    throw new CalendarRefusedError('CALENDAR_BAD_EVENT', { line, event, property });
  };
  const unsupported = (property: string): never => {
    throw new CalendarRefusedError('CALENDAR_UNSUPPORTED_RULE', { line, event, property });
  };
  if (event === null) return refuse('UID');

  const properties = own.map((each) => parseLine(each) ?? refuse(each.name));
  const all = (name: string) => properties.filter(([its]) => its === name.toLowerCase());
  const one = (name: string): Property | null => {
    const found = all(name);
    return found.length > 1 ? refuse(name) : (found[0] ?? null);
  };
  const times = (name: string, property: Property | null): CalendarTime[] => {
    if (property === null) return [];
    const [, params, type, ...values] = property;
    if (type === 'period') return unsupported(name);
    return values.map((value) => {
      const tzid = typeof params['tzid'] === 'string' ? params['tzid'] : null;
      const zone = zoneOf(tzid);
      if (zone === null) {
        throw new CalendarRefusedError('CALENDAR_UNKNOWN_TIME_ZONE', { line, event, timeZone: tzid ?? '' });
      }
      return parseTime(String(value), type, zone) ?? refuse(name);
    });
  };

  if (all('EXRULE').length > 0) return unsupported('EXRULE');
  const replaced = one('RECURRENCE-ID');
  if (replaced?.[1]['range'] !== undefined) return unsupported('RECURRENCE-ID');
  const [start] = times('DTSTART', one('DTSTART'));
  if (start === undefined) return refuse('DTSTART');
  const [end] = times('DTEND', one('DTEND'));
  const duration = one('DURATION');
  if (end !== undefined && duration !== null) return refuse('DURATION');
  const status = textOf(one('STATUS'))?.toUpperCase();
  const transparency = textOf(one('TRANSP'))?.toUpperCase();
  return {
    line,
    uid: event,
    summary: textOf(one('SUMMARY')),
    start,
    length: lengthOf(start, end, duration) ?? refuse(end === undefined ? 'DURATION' : 'DTEND'),
    rules: own.filter(({ name }) => name === 'RRULE').map(({ text }) => text.slice(text.indexOf(':') + 1).trim()),
    added: all('RDATE').flatMap((property) => times('RDATE', property)),
    left: all('EXDATE').flatMap((property) => times('EXDATE', property)),
    replaces: times('RECURRENCE-ID', replaced)[0] ?? null,
    isFree: status === 'CANCELLED' || transparency === 'TRANSPARENT',
  };
}

function textOf(property: Property | null): string | null {
  const value = property?.[3];
  return typeof value === 'string' ? value : null;
}

function uidOf(lines: readonly CalendarLine[]): string | null {
  const text = lines.find(({ name }) => name === 'UID')?.text ?? '';
  const uid = text.slice(text.indexOf(':') + 1).trim();
  const isUsable = uid !== '' && uid.length <= MAX_UID_LENGTH && !/\p{Cc}/u.test(uid) && uid.isWellFormed();
  return isUsable ? uid : null;
}

/** Null for a line that the library cannot read; it says so in several ways. */
function parseLine({ text }: CalendarLine): Property | null {
  try {
    const [, properties] = ICAL.parse(`BEGIN:VEVENT\r\n${text}\r\nEND:VEVENT`) as [string, Property[]];
    return properties[0] ?? null;
  } catch {
    return null;
  }
}

function parseTime(text: string, type: string, zone: string): CalendarTime | null {
  try {
    if (type === 'date') {
      const day = Temporal.PlainDate.from(text);
      return isMeant(day.year) ? { kind: 'day', day } : null;
    }
    if (type !== 'date-time') return null;
    const isUtc = text.endsWith('Z');
    const moment = Temporal.PlainDateTime.from(isUtc ? text.slice(0, -1) : text).toZonedDateTime(isUtc ? 'UTC' : zone);
    return isMeant(moment.year) ? { kind: 'moment', moment } : null;
  } catch {
    return null;
  }
}

function isMeant(year: number): boolean {
  return year >= MIN_YEAR && year <= MAX_YEAR;
}

/** Null for an end before the beginning, or of another kind than it. */
function lengthOf(start: CalendarTime, end: CalendarTime | undefined, duration: Property | null): number | null {
  if (end !== undefined) {
    if (start.kind === 'day' && end.kind === 'day') return within(MAX_DAYS, start.day.until(end.day).days);
    if (start.kind === 'moment' && end.kind === 'moment') {
      return within(MAX_DAYS * DAY_MS, end.moment.epochMilliseconds - start.moment.epochMilliseconds);
    }
    return null;
  }
  if (duration === null) return start.kind === 'day' ? 1 : 0;
  try {
    const length = Temporal.Duration.from(textOf(duration) ?? '');
    if (start.kind === 'day') return within(MAX_DAYS, length.total({ unit: 'days', relativeTo: start.day }));
    return within(MAX_DAYS * DAY_MS, start.moment.add(length).epochMilliseconds - start.moment.epochMilliseconds);
  } catch {
    return null;
  }
}

/** No class is longer than a year; an end in a year of five digits could not even be read back. */
const MAX_DAYS = 366;
const DAY_MS = 86_400_000;

function within(max: number, length: number): number | null {
  return length >= 0 && length <= max && Number.isInteger(length) ? length : null;
}
