const HOUR_MS = 3_600_000;

/** An event as a calendar file has it; an hour long where nothing else is said. */
export interface IcalEvent {
  uid: string;
  startsAt: Date;
  endsAt?: Date;
  /** Further lines, such as a rule. */
  more?: readonly string[];
}

/** A calendar file. */
export function ical(...events: readonly IcalEvent[]): string {
  const lines = events.flatMap(({ uid, startsAt, endsAt = new Date(startsAt.getTime() + HOUR_MS), more = [] }) => [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `SUMMARY:${uid}`,
    `DTSTART:${toUtc(startsAt)}`,
    `DTEND:${toUtc(endsAt)}`,
    ...more,
    'END:VEVENT',
  ]);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR'].join('\r\n');
}

function toUtc(at: Date): string {
  return at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
