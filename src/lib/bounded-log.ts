import type { Clock } from './clock.ts';

/** Writes a line where there is room for one; told how many lines there was no room for since the last. */
export type BoundedLog = (write: (omitted: number) => void) => void;

const MINUTE_MS = 60_000;

/** Bounds what others can have us write into the log: so many lines a minute, and with the first of the next how many were left out. */
export function createBoundedLog(perMinute: number, clock: Clock): BoundedLog {
  let minute = -1;
  let written = 0;
  let omitted = 0;
  return (write) => {
    const current = Math.floor(clock.now().getTime() / MINUTE_MS);
    if (current !== minute) written = 0;
    minute = current;
    if (written >= perMinute) {
      omitted += 1;
      return;
    }
    written += 1;
    write(omitted);
    omitted = 0;
  };
}
