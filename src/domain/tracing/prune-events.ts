import { setTimeout as delay } from 'node:timers/promises';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { readHead, readPruned } from './append-events.ts';

export interface EventRetention {
  /** Days that an event is kept; 0 for ever. */
  days: number;
  /** How many of the newest numbers are kept; 0 for all. */
  rows: number;
}

const PRUNE_LOCK = 7_301_954;
const BATCH = 1000;
/** Between two batches: whoever waits for the disk goes first. */
const PAUSE_MS = 50;
const DAY_MS = 86_400_000;

/**
 * Throws away events that need not be kept, oldest first, in small batches and by one server at a time. Up to where the log was cut is
 * written with each batch, so that no reader takes what is left for all there was. The newest event always stays.
 */
export function createPruneEvents({
  db,
  clock,
  log,
  retention,
}: {
  db: Storage;
  clock: Clock;
  log: Logger;
  retention: EventRetention;
}): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    let total = 0;
    for (;;) {
      const count = await db.$transaction((tx) => pruneBatch(tx, retention, clock.now()));
      total += count;
      if (count < BATCH || signal.aborted) break;
      await delay(PAUSE_MS, undefined, { signal, ref: false }).catch(() => {});
    }
    if (total > 0) log.info({ events: total }, 'old events thrown away');
  };
}

/** @returns how many were thrown away; none while another server is at it. */
async function pruneBatch(tx: Transaction, { days, rows }: EventRetention, now: Date): Promise<number> {
  if (days === 0 && rows === 0) return 0;
  const [lock] = await tx.$queryRaw<{ taken: boolean }[]>`SELECT pg_try_advisory_xact_lock(${PRUNE_LOCK}) AS taken`;
  if (lock?.taken !== true) return 0;
  const head = await readHead(tx);
  const oldest = await tx.event.findMany({
    where: { seq: { lt: head } },
    orderBy: { seq: 'asc' },
    take: BATCH,
    select: { seq: true, at: true },
  });
  const keptFrom = days === 0 ? null : new Date(now.getTime() - days * DAY_MS);
  const isOld = ({ seq, at }: { seq: bigint; at: Date }) =>
    (keptFrom !== null && at < keptFrom) || (rows > 0 && seq <= head - BigInt(rows));
  // Only from the oldest on without a gap: what is left must be all there was after some number.
  const firstKept = oldest.findIndex((event) => !isOld(event));
  const last = oldest.at(firstKept === -1 ? -1 : firstKept - 1);
  if (last === undefined || firstKept === 0) return 0;
  if (last.seq > (await readPruned(tx))) await tx.eventLog.updateMany({ data: { prunedSeq: last.seq } });
  const { count } = await tx.event.deleteMany({ where: { seq: { lte: last.seq } } });
  return count;
}
