import { CalendarRefusedError } from '#domain/errors.ts';

/** One line of a file as it was before it was folded. */
export interface CalendarLine {
  /** In capitals. */
  name: string;
  text: string;
  number: number;
}

/** A part of a calendar, with its own lines: parts within it, such as alarms, are left out. */
export interface CalendarPart {
  type: string;
  line: number;
  lines: CalendarLine[];
}

const CONTENT_LINE = /^([A-Za-z0-9-]{1,100})[;:]/;
/** Deeper than any calendar is. */
const MAX_DEPTH = 8;

/**
 * Takes a calendar file apart into its parts – events, time zones, and the calendar itself as `VCALENDAR` – without understanding any.
 *
 * @throws {CalendarRefusedError} at the line that is none, or where parts do not fit into one another.
 */
export function splitCalendar(source: string): CalendarPart[] {
  const parts: CalendarPart[] = [];
  const open: CalendarPart[] = [];
  let last = 0;
  for (const line of unfold(source)) {
    const { name, text, number } = line;
    last = number;
    const type =
      name === 'BEGIN' || name === 'END'
        ? text
            .slice(name.length + 1)
            .trim()
            .toUpperCase()
        : '';
    if (name === 'BEGIN') {
      const isMisplaced = (open.length === 0) !== (type === 'VCALENDAR') || open.length === MAX_DEPTH;
      if (isMisplaced) throw new CalendarRefusedError('CALENDAR_NOT_ICAL', { line: number });
      const part = { type, line: number, lines: [] };
      if (open.length < 2) parts.push(part);
      open.push(part);
    } else if (name === 'END') {
      if (open.pop()?.type !== type) throw new CalendarRefusedError('CALENDAR_NOT_ICAL', { line: number });
    } else {
      const part = open.at(-1);
      if (part === undefined) throw new CalendarRefusedError('CALENDAR_NOT_ICAL', { line: number });
      part.lines.push(line);
    }
  }
  if (open.length > 0 || parts.length === 0) throw new CalendarRefusedError('CALENDAR_NOT_ICAL', { line: last });
  return parts;
}

/** A line that begins with a space goes on the one before it. */
function unfold(source: string): CalendarLine[] {
  const lines: CalendarLine[] = [];
  for (const [index, raw] of source
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const number = index + 1;
    const previous = lines.at(-1);
    if (/^[ \t]/.test(raw) && previous !== undefined) {
      previous.text += raw.slice(1);
    } else if (raw.trim() !== '') {
      const [, name] = CONTENT_LINE.exec(raw) ?? [];
      if (name === undefined) throw new CalendarRefusedError('CALENDAR_BAD_LINE', { line: number });
      lines.push({ name: name.toUpperCase(), text: raw, number });
    }
  }
  return lines;
}
