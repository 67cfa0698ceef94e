import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { OverloadedError } from '#lib/turnstile.ts';
import { applyProgress, isProgressReport } from './apply-progress.ts';
import type { BelieveAtOnce, ProgressReport } from './apply-progress.ts';
import type { JobReport } from './job-report.ts';
import type { ReceiveJobReport, ReportOutcome } from './receive-job-report.ts';

/** Most reports that one transaction takes in. */
const BATCH = 500;

/** Most reports that wait, for the memory's sake. */
const MAX_WAITING = 4000;

/**
 * How long the first in line may have waited when another one comes: agents give up after five seconds, and one more in line is answered no
 * sooner. Progress that is turned away is made up for by the next; nothing else is turned away for this.
 */
const MAX_WAIT_MS = 2500;

/** Takes a report in, with those that come at the same time or by `takeAlone`. */
export type TakeTogether = (report: JobReport, takeAlone: ReceiveJobReport) => Promise<ReportOutcome>;

interface Waiting {
  since: number;
  report: ProgressReport;
  takeAlone: ReceiveJobReport;
  resolve: (outcome: ReportOutcome | PromiseLike<ReportOutcome>) => void;
}

/**
 * Takes in what agents report of their jobs, however many speak at once. Progress is written together: while one batch is being written the
 * next one fills, so that an idle server answers at once and a busy one gets cheaper with each report. Everything else, and whatever a
 * batch left out or broke on, is taken by itself.
 *
 * A report is answered once it is stored, never before. More than can be stored in time is turned away.
 *
 * @throws {OverloadedError}
 */
export function createReportIntake({
  db,
  clock,
  log,
  believes,
}: {
  db: Storage;
  clock: Clock;
  log: Logger;
  believes: BelieveAtOnce;
}): TakeTogether {
  let waiting: Waiting[] = [];
  let isWriting = false;

  async function write(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      const reports = batch.map(({ report }) => report);
      const outcomes = await db
        .$transaction((tx) => applyProgress(tx, reports, clock.now(), believes))
        .catch((error: unknown) => {
          log.warn({ err: error, reports: reports.length }, 'reports could not be stored together; each by itself now');
          return reports.map(() => null);
        });
      for (const [index, { report, takeAlone, resolve }] of batch.entries()) {
        resolve(outcomes[index] ?? takeAlone(report));
      }
    }
    isWriting = false;
  }

  return (report, takeAlone) => {
    if (!isProgressReport(report)) return takeAlone(report);
    const now = clock.now().getTime();
    const waited = now - (waiting[0]?.since ?? now);
    if (waiting.length >= MAX_WAITING || waited > MAX_WAIT_MS) return Promise.reject(new OverloadedError());
    return new Promise((resolve) => {
      waiting.push({ since: now, report, takeAlone, resolve });
      // In a moment, not now: what arrived in the same breath goes along.
      if (!isWriting) {
        isWriting = true;
        setImmediate(() => void write());
      }
    });
  };
}
