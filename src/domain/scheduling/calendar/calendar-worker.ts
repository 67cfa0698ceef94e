import { parentPort, workerData } from 'node:worker_threads';
import { CalendarRefusedError } from '#domain/errors.ts';
import type { CalendarAnswer, CalendarTask } from './read-calendar.ts';
import { readCalendarFile } from './read-file.ts';

const { source, options, line } = workerData as CalendarTask;

function answer(): CalendarAnswer {
  try {
    return { reading: readCalendarFile(source, options, (at) => Atomics.store(line, 0, at)) };
  } catch (error) {
    if (!(error instanceof CalendarRefusedError)) throw error;
    const { messageKey: fault, line: at, event, params } = error;
    return { fault, place: { ...params, line: at, event } };
  }
}

parentPort?.postMessage(answer());
