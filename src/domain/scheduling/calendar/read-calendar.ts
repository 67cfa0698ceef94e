import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { CalendarRefusedError } from '#domain/errors.ts';
import type { CalendarFaultPlace } from '#domain/errors.ts';
import type { CalendarFault } from './calendar-faults.ts';
import type { CalendarOptions, CalendarReading } from './read-file.ts';

/** What the thread that reads is given. */
export interface CalendarTask {
  source: string;
  options: CalendarOptions;
  /** One cell: the line of the event that it is at. */
  line: Int32Array<SharedArrayBuffer>;
}

/** What it says. */
export type CalendarAnswer = { reading: CalendarReading } | { fault: CalendarFault; place: CalendarFaultPlace };

/** Longer than reading itself allows for between events, with the start of the thread: one event went on and on. */
const LIMIT_MS = 20_000;
/** Many times what the largest calendar takes. */
const MEMORY = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };

/** Calendars are read one at a time: each keeps a processor busy that others want too. */
const turn = pLimit(1);

/**
 * Reads a calendar file in a thread of its own, so that requests and reports go on meanwhile whatever the file makes of its reader. One
 * event may be worked on for seconds, and the library that does it cannot be interrupted otherwise.
 *
 * @throws {CalendarRefusedError} also where the thread had to be ended for the time or the memory that it took.
 */
export function readCalendar(
  source: string,
  options: CalendarOptions,
  { limitMs = LIMIT_MS }: { limitMs?: number } = {},
): Promise<CalendarReading> {
  return turn(async () => {
    const line = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const task: CalendarTask = { source, options, line };
    const worker = new Worker(new URL('calendar-worker.ts', import.meta.url), {
      workerData: task,
      resourceLimits: MEMORY,
    });
    const isTooMuch = () =>
      new CalendarRefusedError('CALENDAR_TOO_COMPLEX', { line: Math.max(Atomics.load(line, 0), 1), property: 'RRULE' });
    // What it still says once nobody listens is no news.
    worker.on('error', () => {});
    try {
      const [answer] = (await once(worker, 'message', { signal: AbortSignal.timeout(limitMs) })) as [CalendarAnswer];
      if ('fault' in answer) throw new CalendarRefusedError(answer.fault, answer.place);
      return answer.reading;
    } catch (error) {
      throw isLimit(error) ? isTooMuch() : error;
    } finally {
      await worker.terminate();
    }
  });
}

/** Whether a thread was ended by its limits, and not by a mistake of ours. */
function isLimit(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'AbortError' || ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY');
}
