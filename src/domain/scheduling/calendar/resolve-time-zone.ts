import { parseTimeZone } from '#domain/scheduling/next-run.ts';

/** What Windows calls the zones that calendars here come from. */
const WINDOWS_ZONES: Readonly<Record<string, string>> = {
  'Romance Standard Time': 'Europe/Madrid',
  'W. Europe Standard Time': 'Europe/Berlin',
  'Central Europe Standard Time': 'Europe/Budapest',
  'Central European Standard Time': 'Europe/Warsaw',
  'GMT Standard Time': 'Europe/London',
  'Greenwich Standard Time': 'Atlantic/Reykjavik',
  'Morocco Standard Time': 'Africa/Casablanca',
  'E. South America Standard Time': 'America/Sao_Paulo',
  UTC: 'UTC',
};

/**
 * The zone that a calendar means by a name: one of the world's own names, alone or at the end of a program's, one of Windows, or what the
 * calendar says the name stands for. Null for one that nobody can know.
 */
export function resolveTimeZone(tzid: string, locations: ReadonlyMap<string, string>): string | null {
  const path = tzid.split('/');
  const ends = [path.slice(-2), path.slice(-3)].map((words) => words.join('/'));
  const candidates = [tzid, ...ends, WINDOWS_ZONES[tzid], locations.get(tzid)];
  for (const candidate of candidates) {
    const zone = candidate === undefined ? null : parseTimeZone(candidate);
    if (zone !== null) return zone;
  }
  return null;
}
