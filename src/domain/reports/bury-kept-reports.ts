import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { DeadLetters } from './dead-letters.ts';

/** How long a report may wait for its job to be known: longer than any call to an agent takes, with all its tries. */
const UNKNOWN_JOB_AFTER_MS = 15 * 60_000;

const BATCH = 100;

/**
 * Makes letters of reports that were kept for a job which has not come in all that time. Each moves in one transaction, so that it is in
 * one of the two places and never in both.
 */
export function createBuryKeptReports({
  db,
  clock,
  deadLetters,
  routeOf,
  afterMs = UNKNOWN_JOB_AFTER_MS,
}: {
  db: Storage;
  clock: Clock;
  deadLetters: DeadLetters;
  /** Where a report of this body was sent to. */
  routeOf: (body: unknown) => string;
  afterMs?: number;
}): () => Promise<void> {
  return async () => {
    for (;;) {
      const before = new Date(clock.now().getTime() - afterMs);
      const moved = await db.$transaction(async (tx) => {
        const rows = await tx.$queryRaw<{ id: string }[]>`
          SELECT id FROM agent_reports WHERE state = 'KEPT' AND received_at < ${before}
          ORDER BY received_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
        const reports = await tx.agentReport.findMany({ where: { id: { in: rows.map(({ id }) => id) } } });
        for (const { id, sender, clientId, jobId, body } of reports) {
          await deadLetters.fileWithin(tx, {
            reason: 'UNKNOWN_JOB',
            route: routeOf(body),
            sender,
            clientId,
            jobId,
            detail: 'no job of this name was ever heard of',
            body: JSON.stringify(body),
          });
          await tx.agentReport.delete({ where: { id } });
        }
        return reports.length;
      });
      if (moved < BATCH) return;
    }
  };
}
