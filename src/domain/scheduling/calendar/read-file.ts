import { CalendarRefusedError } from '#domain/errors.ts';
import { DEFAULT_TIME_ZONE } from '#domain/scheduling/next-run.ts';
import { expandEvent } from './expand-event.ts';
import type { Window } from './expand-event.ts';
import { parseEvent } from './parse-event.ts';
import type { CalendarTime } from './parse-event.ts';
import { resolveTimeZone } from './resolve-time-zone.ts';
import { splitCalendar } from './split-calendar.ts';
import type { CalendarPart } from './split-calendar.ts';

/** A time that a calendar says the room is taken. */
export interface CalendarEntry {
  uid: string;
  name: string | null;
  startsAt: Date;
  endsAt: Date;
}

export interface CalendarReading {
  entries: readonly CalendarEntry[];
  /** Zone of the times that name none. */
  timeZone: string;
}

export interface CalendarOptions extends Window {
  /** Zone of the times that name none; null for the one that the calendar says, else Madrid's. */
  timeZone: string | null;
}

const MAX_CALENDAR_BYTES = 1024 * 1024;
const MAX_EVENTS = 5000;
const MAX_ENTRIES = 20_000;
/** How long reading may take in all, looked at after each event. */
const MAX_TOTAL_MS = 10_000;

/**
 * What a calendar file says of a window of time, in the order of the beginnings. Events that were called off, or that leave the room free,
 * are left out. Takes up to seconds at a stretch, so a server has it done by `createReadCalendar`.
 *
 * @param onEvent told the line of each event before its repetitions are worked out.
 * @throws {CalendarRefusedError} with the line and the event that is at fault: a calendar is read as a whole, or not at all.
 */
export function readCalendarFile(
  source: string,
  options: CalendarOptions,
  onEvent: (line: number) => void = () => {},
): CalendarReading {
  if (Buffer.byteLength(source) > MAX_CALENDAR_BYTES) {
    throw new CalendarRefusedError('CALENDAR_TOO_LARGE', { max: MAX_CALENDAR_BYTES });
  }
  const parts = splitCalendar(source);
  const eventParts = parts.filter(({ type }) => type === 'VEVENT');
  if (eventParts.length > MAX_EVENTS) throw new CalendarRefusedError('CALENDAR_TOO_MANY_EVENTS', { max: MAX_EVENTS });

  const locations = locationsOf(parts);
  const said = valueOf(
    parts.find(({ type }) => type === 'VCALENDAR'),
    'X-WR-TIMEZONE',
  );
  const timeZone = options.timeZone ?? (said === null ? null : resolveTimeZone(said, locations)) ?? DEFAULT_TIME_ZONE;
  const events = eventParts.map((part) =>
    parseEvent(part, (tzid) => (tzid === null ? timeZone : resolveTimeZone(tzid, locations))),
  );
  const replaced = new Map<string, CalendarTime[]>();
  for (const { uid, replaces } of events) {
    if (replaces === null) continue;
    const others = replaced.get(uid);
    if (others === undefined) replaced.set(uid, [replaces]);
    else others.push(replaces);
  }

  const entries = new Map<string, CalendarEntry>();
  const checkTime = createTimeLimit();
  for (const event of events) {
    if (event.isFree) continue;
    checkTime(event.line, event.uid);
    onEvent(event.line);
    const others = event.replaces === null ? (replaced.get(event.uid) ?? []) : [];
    for (const occurrence of expandEvent(event, options, timeZone, others)) {
      const key = `${occurrence.startsAt.getTime()} ${event.uid}`;
      const twin = entries.get(key);
      if (twin !== undefined && twin.endsAt >= occurrence.endsAt) continue;
      entries.set(key, { uid: event.uid, name: toName(event.summary), ...occurrence });
    }
    if (entries.size > MAX_ENTRIES) throw new CalendarRefusedError('CALENDAR_TOO_MANY_EVENTS', { max: MAX_ENTRIES });
  }
  return {
    entries: [...entries.values()].toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime()),
    timeZone,
  };
}

function createTimeLimit(): (line: number, event: string) => void {
  const began = performance.now();
  return (line, event) => {
    const isOver = performance.now() - began > MAX_TOTAL_MS;
    if (isOver) throw new CalendarRefusedError('CALENDAR_TOO_COMPLEX', { line, event });
  };
}

/** What calendars say that the names of their own zones stand for. */
function locationsOf(parts: readonly CalendarPart[]): ReadonlyMap<string, string> {
  return new Map(
    parts
      .filter(({ type }) => type === 'VTIMEZONE')
      .map((part) => [valueOf(part, 'TZID') ?? '', valueOf(part, 'X-LIC-LOCATION') ?? '']),
  );
}

function valueOf(part: CalendarPart | undefined, name: string): string | null {
  const line = part?.lines.find((each) => each.name === name);
  return line === undefined ? null : line.text.slice(line.text.indexOf(':') + 1).trim();
}

const MAX_NAME_LENGTH = 100;

/** The summary as a name can be: one line of what can be shown; null for none. */
function toName(summary: string | null): string | null {
  const name = (summary ?? '')
    .normalize('NFC')
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029\uFFFD]+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME_LENGTH)
    .toWellFormed()
    .replace(/\uFFFD$/, '')
    .trim();
  return name === '' ? null : name;
}
