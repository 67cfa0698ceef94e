import { encodeGlobalID } from '@pothos/plugin-relay';
import { CalendarRefusedError, InvalidInputError, NotFoundError, StaleVersionError } from '#domain/errors.ts';
import type { CalendarFault } from '#domain/scheduling/calendar/calendar-faults.ts';
import type { ImportedBlackouts } from '#domain/scheduling/import-blackouts.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { describeValues } from '#schema/describe-values.ts';
import { ErrorInterface } from '#schema/errors.ts';
import { requireId } from '#schema/ids.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';

const FAULT_DESCRIPTIONS: Record<CalendarFault, string> = {
  CALENDAR_TOO_LARGE: 'The file is larger than 1 MiB.',
  CALENDAR_NOT_ICAL: 'It is no iCalendar file, or one that was cut off: its parts do not fit into one another.',
  CALENDAR_BAD_LINE: 'A line is none of iCalendar’s.',
  CALENDAR_BAD_EVENT: 'A property of an event is missing, there twice, or makes no sense; the message names it.',
  CALENDAR_UNKNOWN_TIME_ZONE: 'An event names a time zone that is not known; the message has its name.',
  CALENDAR_UNSUPPORTED_RULE:
    'An event repeats in a way that is not supported: more often than daily, by EXRULE, by periods, or by a rule that is none.',
  CALENDAR_TOO_MANY_EVENTS: 'There are more than 5000 events, or more than 20000 with their repetitions.',
  CALENDAR_TOO_COMPLEX:
    'The repetitions of an event take too long to be worked out: at most 5 rules and 3000 dates each, and seconds for all of them.',
};

const CalendarFaultEnum = builder.enumType('CalendarFault', {
  description: 'What can be wrong with a calendar file. Never translated.',
  values: describeValues(FAULT_DESCRIPTIONS),
});

builder.objectType(CalendarRefusedError, {
  name: 'CalendarRefusedError',
  interfaces: [ErrorInterface],
  description: 'The calendar cannot be read to its end. Nothing of it was taken; what was imported before stands.',
  fields: (t) => ({
    fault: t.field({
      type: CalendarFaultEnum,
      description: 'What is wrong, for programs.',
      resolve: ({ messageKey }) => messageKey,
    }),
    line: t.exposeInt('line', {
      nullable: true,
      description: 'Line of the file at fault, or on which the event at fault begins, from 1; null for all of it.',
    }),
    event: t.exposeString('event', {
      nullable: true,
      description: 'UID of the event at fault; null where none is, or where it has none.',
    }),
  }),
});

const ImportBlackoutsInput = builder.inputType('ImportBlackoutsInput', {
  description: 'Which calendar, and which room it is for.',
  fields: (t) => ({
    roomId: t.id({ required: true, description: 'Aula (Room) it is for.' }),
    name: t.string({
      required: true,
      description: 'Nombre, 1 to 100 characters. One that the room has a calendar of already is that calendar, anew.',
    }),
    ical: t.string({
      required: true,
      description:
        'The iCalendar file (RFC 5545), at most 1 MiB: events with RRULE, RDATE, EXDATE and RECURRENCE-ID, of whole days or not. Those CANCELLED or TRANSPARENT are left out.',
    }),
    timeZone: t.string({
      description:
        'Zona horaria of days and of times that name none, such as `Europe/Madrid`; the calendar’s own when left out, and Madrid’s where it has none.',
    }),
  }),
});

const ImportBlackoutsPayload = builder.objectRef<ImportedBlackouts>('ImportBlackoutsPayload').implement({
  description: 'The calendar is in.',
  fields: (t) => ({
    cursor: payloadCursor(t),
    calendar: t.prismaField({
      type: 'BlackoutCalendar',
      description: 'Calendario (BlackoutCalendar) with its blackouts.',
      resolve: (query, { calendarId }, _args, context) =>
        databaseOf(context).blackoutCalendar.findUniqueOrThrow({ ...query, where: { id: calendarId } }),
    }),
    blackoutCount: t.exposeInt('blackoutCount', {
      description: 'How many blackouts it gives in the 400 days from now; those that are over are not taken.',
    }),
    replacedCount: t.exposeInt('replacedCount', {
      description:
        'How many blackouts of the same calendar made way for them, or were changed; 0 where the file says what it said before.',
    }),
  }),
});

builder.mutationField('importBlackouts', (t) =>
  t.field({
    type: ImportBlackoutsPayload,
    args: {
      input: t.arg({ type: ImportBlackoutsInput, required: true, description: 'Which calendar, for which room.' }),
    },
    errors: {
      types: [InvalidInputError, NotFoundError, CalendarRefusedError],
      union: { name: 'ImportBlackoutsResult', description: 'The calendar, or why it was not taken.' },
    },
    description:
      'Importa (imports) a room’s calendar of classes as blackouts. Importing it again replaces what it gave before and is not over, where it says something else now: a class that is being held and goes on longer is that class, until its new end. What it says again keeps its id. Permission: administer.',
    resolve: (_root, { input }, { services, principal }) =>
      services.importBlackouts(
        {
          roomId: requireId(input.roomId, 'Room', ['input', 'roomId']),
          name: input.name,
          ical: input.ical,
          timeZone: input.timeZone ?? null,
        },
        principal,
      ),
  }),
);

const DeleteBlackoutCalendarInput = builder.inputType('DeleteBlackoutCalendarInput', {
  description: 'Which calendar to delete.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the BlackoutCalendar.' }),
    expectedVersion: t.int({
      description: 'The `recordVersion` that this was decided on; whatever it is when left out.',
    }),
  }),
});

const DeleteBlackoutCalendarPayload = builder.objectRef<{ id: string }>('DeleteBlackoutCalendarPayload').implement({
  description: 'The calendar is gone.',
  fields: (t) => ({
    cursor: payloadCursor(t),
    deletedId: t.id({
      description: 'The id that names nothing any more.',
      resolve: ({ id }) => encodeGlobalID('BlackoutCalendar', id),
    }),
  }),
});

builder.mutationField('deleteBlackoutCalendar', (t) =>
  t.field({
    type: DeleteBlackoutCalendarPayload,
    args: { input: t.arg({ type: DeleteBlackoutCalendarInput, required: true, description: 'Which one to delete.' }) },
    errors: {
      types: [InvalidInputError, NotFoundError, StaleVersionError],
      union: { name: 'DeleteBlackoutCalendarResult', description: 'That it is gone, or why it is not.' },
    },
    description:
      'Borra (deletes) a calendar with all blackouts that it gave, whether they are over or not. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const id = requireId(input.id, 'BlackoutCalendar', ['input', 'id']);
      await services.deleteBlackoutCalendar({ id, expectedVersion: input.expectedVersion ?? null }, principal);
      return { id };
    },
  }),
);
