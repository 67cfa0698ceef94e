import type { Locale } from '#lib/locale.ts';

/** What can be wrong with a calendar file, each with its sentence. */
export const CALENDAR_SENTENCES = {
  CALENDAR_TOO_LARGE: {
    es: 'El calendario ocupa más de {max} bytes.',
    en: 'The calendar is larger than {max} bytes.',
  },
  CALENDAR_NOT_ICAL: {
    es: 'No es un fichero iCalendar completo (línea {line}).',
    en: 'It is no complete iCalendar file (line {line}).',
  },
  CALENDAR_BAD_LINE: {
    es: 'La línea {line} no se entiende.',
    en: 'Line {line} cannot be understood.',
  },
  CALENDAR_BAD_EVENT: {
    es: 'El evento de la línea {line} no se entiende ({property}).',
    en: 'The event on line {line} cannot be understood ({property}).',
  },
  CALENDAR_UNKNOWN_TIME_ZONE: {
    es: 'El evento de la línea {line} usa una zona horaria desconocida: {timeZone}.',
    en: 'The event on line {line} uses an unknown time zone: {timeZone}.',
  },
  CALENDAR_UNSUPPORTED_RULE: {
    es: 'El evento de la línea {line} se repite de una forma no admitida ({property}).',
    en: 'The event on line {line} repeats in a way that is not supported ({property}).',
  },
  CALENDAR_TOO_MANY_EVENTS: {
    es: 'El calendario tiene más de {max} eventos.',
    en: 'The calendar has more than {max} events.',
  },
  CALENDAR_TOO_COMPLEX: {
    es: 'Las repeticiones del evento de la línea {line} son demasiadas.',
    en: 'The event on line {line} repeats too often.',
  },
} as const satisfies Record<string, Readonly<Record<Locale, string>>>;

export type CalendarFault = keyof typeof CALENDAR_SENTENCES;
