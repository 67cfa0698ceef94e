import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { CalendarRefusedError } from '#domain/errors.ts';
import type { CalendarTime, ParsedEvent } from './parse-event.ts';

export interface Occurrence {
  startsAt: Date;
  endsAt: Date;
}

export interface Window {
  from: Date;
  until: Date;
}

/** Classes are held on days; whatever repeats faster is a mistake or an attack. */
const SUPPORTED_RULE = /^FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;|$)|;FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;|$)/;
const UNSUPPORTED_PART = /(?:^|;)(?:BYSECOND|BYMINUTE|RSCALE|SKIP)=/;
const MAX_RULE_LENGTH = 500;
/** Days of 27 years, which is as far back as a class can have begun. */
const MAX_PERIODS = 10_000;
const MAX_CANDIDATES = 100_000;

/**
 * The occurrences of an event that touch a window, in no order. Times of day stay what they are on the wall when summer time comes or goes.
 *
 * @param zone of days, which have none of their own.
 * @param replaced occurrences that other events of the calendar take the place of.
 * @throws {CalendarRefusedError}
 */
export function expandEvent(
  event: ParsedEvent,
  { from, until }: Window,
  zone: string,
  replaced: readonly CalendarTime[],
): Occurrence[] {
  if (event.length === 0) return [];
  if (event.rules.length > MAX_RULES || event.added.length + event.left.length > MAX_DATES) {
    throw new CalendarRefusedError('CALENDAR_TOO_COMPLEX', { line: event.line, event: event.uid, property: 'RRULE' });
  }
  const { start, length } = event;
  const first = toMoment(start, zone);
  const endOf = (moment: Temporal.ZonedDateTime) =>
    start.kind === 'day' ? moment.add({ days: length }) : moment.add({ milliseconds: length });
  // A little earlier than a day's length says: one of 25 hours may reach into the window.
  const lengthMs = endOf(first).epochMilliseconds - first.epochMilliseconds + (start.kind === 'day' ? 7_200_000 : 0);
  const earliest = new Date(from.getTime() - lengthMs);
  const moments = [
    first,
    ...event.rules.flatMap((rule) => expandRule(event, first, rule, { from: earliest, until })),
    ...event.added.map((time) => toMoment(time, zone)),
  ];
  const isLeftOut = toMatcher([...event.left, ...replaced]);
  const starts = new Map(moments.map((moment) => [moment.epochMilliseconds, moment]));
  return [...starts.values()]
    .filter((moment) => !isLeftOut(moment.withTimeZone(first.timeZoneId)))
    .map((moment) => ({
      startsAt: new Date(moment.epochMilliseconds),
      endsAt: new Date(endOf(moment).epochMilliseconds),
    }))
    .filter(({ startsAt, endsAt }) => endsAt > from && startsAt < until);
}

/** One event has one rule as a rule, and as many dates as it has weeks: each costs time that everybody else waits. */
const MAX_RULES = 5;
const MAX_DATES = 3000;

function expandRule(
  { line, uid }: ParsedEvent,
  first: Temporal.ZonedDateTime,
  written: string,
  { from, until }: Window,
): Temporal.ZonedDateTime[] {
  const rule = written.toUpperCase();
  const refuse = (fault: 'CALENDAR_UNSUPPORTED_RULE' | 'CALENDAR_TOO_COMPLEX') =>
    new CalendarRefusedError(fault, { line, event: uid, property: 'RRULE' });
  if (rule.length > MAX_RULE_LENGTH || !SUPPORTED_RULE.test(rule) || UNSUPPORTED_PART.test(rule)) {
    throw refuse('CALENDAR_UNSUPPORTED_RULE');
  }
  const start = first.toPlainDateTime().toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '');
  try {
    const recurrence = new RRuleTemporal({
      rruleString: `DTSTART;TZID=${first.timeZoneId}:${start}\nRRULE:${rule}`,
      maxIterations: MAX_PERIODS,
      maxCandidateEvaluations: MAX_CANDIDATES,
    });
    return recurrence.between(from, until, true).map((each) => toOurs(each));
  } catch (error) {
    // The library has no other sign for having reached its limits.
    const isTooMuch = error instanceof Error && error.message.startsWith('Maximum ');
    throw refuse(isTooMuch ? 'CALENDAR_TOO_COMPLEX' : 'CALENDAR_UNSUPPORTED_RULE');
  }
}

/** Out of the copy of Temporal that the library brings with it. */
function toOurs({
  epochMilliseconds,
  timeZoneId,
}: {
  epochMilliseconds: number;
  timeZoneId: string;
}): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toZonedDateTimeISO(timeZoneId);
}

function toMoment(time: CalendarTime, zone: string): Temporal.ZonedDateTime {
  return time.kind === 'day' ? time.day.toZonedDateTime(zone) : time.moment;
}

/** Whether a moment is one of these, or on one of these days. */
function toMatcher(times: readonly CalendarTime[]): (moment: Temporal.ZonedDateTime) => boolean {
  const days = new Set(times.flatMap((time) => (time.kind === 'day' ? [time.day.toString()] : [])));
  const moments = new Set(times.flatMap((time) => (time.kind === 'moment' ? [time.moment.epochMilliseconds] : [])));
  return (moment) => moments.has(moment.epochMilliseconds) || days.has(moment.toPlainDate().toString());
}
