import { setTimeout as delay } from 'node:timers/promises';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';

/** Kept of one client, however young they are: an agent that starts over and over fills no disk. */
const KEPT_OF_A_CLIENT = 500;

const BATCH = 1000;
/** Between two batches: whoever waits for the disk goes first. */
const PAUSE_MS = 50;
const DAY_MS = 86_400_000;

/** Throws away sessions that need not be kept: what ended before `days`, 0 for ever, and what is too much of one client. */
export function createPruneSessions({
  db,
  clock,
  log,
  days,
}: {
  db: Storage;
  clock: Clock;
  log: Logger;
  days: number;
}): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    let total = 0;
    for (const batch of [
      () => (days === 0 ? Promise.resolve(0) : pruneOld(db, new Date(clock.now().getTime() - days * DAY_MS))),
      () => pruneSurplus(db),
    ]) {
      let count = BATCH;
      while (count === BATCH && !signal.aborted) {
        count = await batch();
        total += count;
        if (count === BATCH) await delay(PAUSE_MS, undefined, { signal, ref: false }).catch(() => {});
      }
    }
    if (total > 0) log.info({ sessions: total }, 'old sessions thrown away');
  };
}

function pruneOld(db: Storage, before: Date): Promise<number> {
  return db.$executeRaw`
    DELETE FROM client_sessions WHERE id IN (
      SELECT id FROM client_sessions WHERE started_at < ${before}::timestamptz AND end_reason IS NOT NULL
      ORDER BY started_at LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)`;
}

function pruneSurplus(db: Storage): Promise<number> {
  return db.$executeRaw`
    DELETE FROM client_sessions WHERE id IN (
      SELECT surplus.id
      FROM (SELECT client_id FROM client_sessions GROUP BY client_id HAVING count(*) > ${KEPT_OF_A_CLIENT}::int) AS full_logs
      CROSS JOIN LATERAL (
        SELECT id FROM client_sessions WHERE client_id = full_logs.client_id
        ORDER BY started_at DESC, id DESC OFFSET ${KEPT_OF_A_CLIENT}::int) AS surplus
      LIMIT ${BATCH}::int)`;
}
