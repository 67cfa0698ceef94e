import { describe, expect, it } from 'vitest';
import { CalendarRefusedError } from '#domain/errors.ts';
import { readCalendarFile } from '#domain/scheduling/calendar/read-file.ts';
import type { CalendarOptions } from '#domain/scheduling/calendar/read-file.ts';

const WINDOW: CalendarOptions = {
  from: new Date('2026-10-01T00:00:00Z'),
  until: new Date('2027-10-01T00:00:00Z'),
  timeZone: null,
};

function calendar(...events: readonly string[][]): string {
  const lines = events.flatMap((event) => ['BEGIN:VEVENT', ...event, 'END:VEVENT']);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Facultad//ES', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

function read(source: string, options: Partial<CalendarOptions> = {}): string[] {
  const { entries } = readCalendarFile(source, { ...WINDOW, ...options });
  return entries.map(({ startsAt, endsAt }) => `${short(startsAt)}/${short(endsAt)}`);
}

const short = (at: Date) => at.toISOString().replace(':00.000Z', 'Z');

function refusal(source: string): object {
  try {
    readCalendarFile(source, WINDOW);
  } catch (error) {
    if (error instanceof CalendarRefusedError) {
      return { ...error.params, fault: error.messageKey, line: error.line, event: error.event };
    }
    throw error;
  }
  throw new Error('the calendar was read');
}

const CLASS = [
  'UID:redes',
  'SUMMARY:Redes',
  'DTSTART;TZID=Europe/Madrid:20261019T090000',
  'DTEND;TZID=Europe/Madrid:20261019T110000',
];

describe('what a calendar says', () => {
  it('a class each Monday stays at nine when winter time begins', () => {
    expect(read(calendar([...CLASS, 'RRULE:FREQ=WEEKLY;COUNT=3']))).toEqual([
      '2026-10-19T07:00Z/2026-10-19T09:00Z',
      '2026-10-26T08:00Z/2026-10-26T10:00Z',
      '2026-11-02T08:00Z/2026-11-02T10:00Z',
    ]);
  });

  it('UNTIL is the last moment, EXDATE leaves out, RDATE adds', () => {
    const event = [
      ...CLASS,
      'RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261028T080000Z',
      'EXDATE;TZID=Europe/Madrid:20261026T090000',
      'RDATE;TZID=Europe/Madrid:20261030T160000',
    ];
    expect(read(calendar(event))).toEqual([
      '2026-10-19T07:00Z/2026-10-19T09:00Z',
      '2026-10-21T07:00Z/2026-10-21T09:00Z',
      '2026-10-28T08:00Z/2026-10-28T10:00Z',
      '2026-10-30T15:00Z/2026-10-30T17:00Z',
    ]);
  });

  it('one that was moved takes the place of its occurrence, one that was called off leaves none', () => {
    const moved = [
      'UID:redes',
      'RECURRENCE-ID;TZID=Europe/Madrid:20261026T090000',
      'DTSTART;TZID=Europe/Madrid:20261027T120000',
      'DURATION:PT1H30M',
    ];
    const off = [
      'UID:redes',
      'RECURRENCE-ID:20261102T080000Z',
      'DTSTART:20261102T080000Z',
      'DTEND:20261102T100000Z',
      'STATUS:CANCELLED',
    ];
    expect(read(calendar([...CLASS, 'RRULE:FREQ=WEEKLY;COUNT=4'], moved, off))).toEqual([
      '2026-10-19T07:00Z/2026-10-19T09:00Z',
      '2026-10-27T11:00Z/2026-10-27T12:30Z',
      '2026-11-09T08:00Z/2026-11-09T10:00Z',
    ]);
  });

  it('whole days are days of the room, of 25 hours too', () => {
    const days = ['UID:puente', 'DTSTART;VALUE=DATE:20261024', 'DTEND;VALUE=DATE:20261026'];
    const one = ['UID:santo', 'DTSTART;VALUE=DATE:20261208', 'RRULE:FREQ=YEARLY', 'EXDATE;VALUE=DATE:20271208'];
    expect(read(calendar(days, one))).toEqual([
      '2026-10-23T22:00Z/2026-10-25T23:00Z',
      '2026-12-07T23:00Z/2026-12-08T23:00Z',
    ]);
    expect(read(calendar(one), { timeZone: 'Atlantic/Canary' })).toEqual(['2026-12-08T00:00Z/2026-12-09T00:00Z']);
  });

  it('times without a zone are of the calendar’s zone', () => {
    const event = ['UID:a', 'DTSTART:20261201T100000', 'DTEND:20261201T110000'];
    expect(read(calendar(event))).toEqual(['2026-12-01T09:00Z/2026-12-01T10:00Z']);
    const canary = calendar(event).replace('VERSION:2.0', 'VERSION:2.0\r\nX-WR-TIMEZONE:Atlantic/Canary');
    expect(read(canary)).toEqual(['2026-12-01T10:00Z/2026-12-01T11:00Z']);
  });

  it.each(['Romance Standard Time', '/freeassociation.sourceforge.net/Europe/Madrid', 'Facultad'])(
    'knows the zone %s',
    (tzid) => {
      const zone = [
        'BEGIN:VTIMEZONE',
        'TZID:Facultad',
        'X-LIC-LOCATION:Europe/Madrid',
        'BEGIN:STANDARD',
        'DTSTART:19700101T000000',
        'END:STANDARD',
        'END:VTIMEZONE',
      ];
      const event = ['UID:a', `DTSTART;TZID="${tzid}":20261201T100000`, 'DURATION:PT1H'];
      expect(read(calendar(event).replace('BEGIN:VEVENT', [...zone, 'BEGIN:VEVENT'].join('\r\n')))).toEqual([
        '2026-12-01T09:00Z/2026-12-01T10:00Z',
      ]);
    },
  );

  it('takes what lasts into the window, and nothing that is over', () => {
    const event = (uid: string, start: string, end: string) => [`UID:${uid}`, `DTSTART:${start}`, `DTEND:${end}`];
    const source = calendar(
      event('over', '20260930T080000Z', '20261001T000000Z'),
      event('into', '20260930T080000Z', '20261001T000001Z'),
      event('beyond', '20271001T000000Z', '20271001T010000Z'),
      ['UID:long', 'DTSTART:20260929T000000Z', 'DURATION:P2DT1H', 'RRULE:FREQ=DAILY;COUNT=2'],
    );
    const { entries } = readCalendarFile(source, WINDOW);
    expect(entries.map(({ uid }) => uid).toSorted()).toEqual(['into', 'long', 'long']);
  });

  it('leaves out what takes no time, and what leaves the room free; folded and escaped names are names', () => {
    const source = calendar(
      ['UID:moment', 'DTSTART:20261201T100000Z'],
      [...CLASS, 'TRANSP:TRANSPARENT'],
      [
        'UID:b',
        'SUMMARY:Sistemas\\, grupo',
        '  2\\n(práctica)',
        'DTSTART:20261201T100000Z',
        'DURATION:PT1H',
        'BEGIN:VALARM',
        'TRIGGER:nonsense',
        'END:VALARM',
        'X-ODD;A=":1',
      ],
    );
    const { entries } = readCalendarFile(source, WINDOW);
    expect(entries.map(({ name }) => name)).toEqual(['Sistemas, grupo 2 (práctica)']);
  });

  it('a day that a month has not is no day of it', () => {
    const event = ['UID:a', 'DTSTART:20261031T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3'];
    expect(read(calendar(event)).map((text) => text.slice(0, 10))).toEqual(['2026-10-31', '2026-12-31', '2027-01-31']);
  });

  it('an empty calendar says nothing', () => {
    expect(read(calendar())).toEqual([]);
  });
});

describe('what is no calendar', () => {
  it.each([
    ['', { fault: 'CALENDAR_NOT_ICAL' }],
    ['hola', { fault: 'CALENDAR_BAD_LINE', line: 1 }],
    ['SUMMARY:x', { fault: 'CALENDAR_NOT_ICAL', line: 1 }],
    ['BEGIN:VEVENT\nEND:VEVENT', { fault: 'CALENDAR_NOT_ICAL', line: 1 }],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a', { fault: 'CALENDAR_NOT_ICAL', line: 3 }],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT', { fault: 'CALENDAR_NOT_ICAL', line: 3 }],
    [`BEGIN:VCALENDAR\n${'BEGIN:VEVENT\n'.repeat(100_000 / 20)}`, { fault: 'CALENDAR_NOT_ICAL', line: 9 }],
    ['x'.repeat(1024 * 1024 + 1), { fault: 'CALENDAR_TOO_LARGE', line: null }],
    [calendar(...Array.from({ length: 5001 }, () => ['UID:a'])), { fault: 'CALENDAR_TOO_MANY_EVENTS' }],
  ])('%#', (source, expected) => {
    expect(refusal(source)).toMatchObject(expected);
  });
});

const START = 'DTSTART:20261201T100000Z';

describe('events at fault', () => {
  it.each([
    [[START], { fault: 'CALENDAR_BAD_EVENT', property: 'UID', event: null }],
    [['UID:a'], { property: 'DTSTART' }],
    [['UID:a', START, START], { property: 'DTSTART' }],
    [['UID:a', 'DTSTART:20261301T100000Z'], { property: 'DTSTART' }],
    [['UID:a', 'DTSTART:20261201'], { property: 'DTSTART' }],
    [['UID:a', 'DTSTART:00010101T000000Z'], { property: 'DTSTART' }],
    [['UID:a', START, 'DTEND:20261130T100000Z'], { property: 'DTEND' }],
    [['UID:a', START, 'DTEND;VALUE=DATE:20261202'], { property: 'DTEND' }],
    [['UID:a', START, 'DURATION:-PT1H'], { property: 'DURATION' }],
    [['UID:a', START, 'DURATION:mucho'], { property: 'DURATION' }],
    [['UID:a', START, 'DURATION:PT1H', 'EXDATE:nunca'], { property: 'EXDATE' }],
    [['UID:a', START, 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=x'], { property: 'RRULE' }],
    [
      ['UID:a', 'DTSTART;TZID=Marte/Olimpo:20261201T100000'],
      { fault: 'CALENDAR_UNKNOWN_TIME_ZONE', timeZone: 'Marte/Olimpo' },
    ],
    ...[
      'RRULE:FREQ=SECONDLY',
      'RRULE:FREQ=MINUTELY',
      'RRULE:FREQ=HOURLY',
      'RRULE:FREQ=DAILY;BYSECOND=1,2,3',
      'RRULE:FREQ=DAILY;INTERVAL=0',
      'EXRULE:FREQ=DAILY',
      'RDATE;VALUE=PERIOD:20261201T100000Z/PT1H',
    ].map((rule): [string[], object] => [['UID:a', START, 'DURATION:PT1H', rule], { event: 'a', line: 4 }]),
  ] as [string[], object][])('%j', (event, expected) => {
    expect(refusal(calendar(event))).toMatchObject({ line: 4, ...expected });
  });

  it('names the line of the event that is at fault', () => {
    expect(refusal(calendar(CLASS, ['UID:b', 'DTSTART:mañana']))).toMatchObject({ line: 10, event: 'b' });
  });

  it.each([
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;INTERVAL=1000000000',
    'FREQ=WEEKLY;COUNT=99999999999',
    `FREQ=DAILY;BYHOUR=${Array.from({ length: 24 }, (_, n) => n).join(',')};COUNT=9999999`,
  ])('does not go on for ever at %s', (rule) => {
    const began = performance.now();
    try {
      readCalendarFile(calendar([...CLASS, `RRULE:${rule}`]), WINDOW);
    } catch (error) {
      if (!(error instanceof CalendarRefusedError)) throw error;
    }
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
