import type { Transaction } from '#domain/storage.ts';
import type { EventDraft } from './event.ts';

/** The channel on which the log's new head is announced, as a hint: the log itself is the truth. */
export const EVENTS_CHANNEL = 'oggraph_events';

const EVENT_LOG_LOCK = 7_301_953;

/**
 * Appends events to the log, in the caller's transaction.
 *
 * Call it last: it takes the one lock under which numbers are given out and keeps it until the transaction ends. So
 * numbers become visible in their order, and a reader that has seen one will never be shown a smaller one later – which
 * a plain sequence does not promise, since the later number may commit first.
 */
export async function appendEvents(tx: Transaction, events: readonly EventDraft[]): Promise<void> {
  if (events.length === 0) return;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${EVENT_LOG_LOCK})`;
  await tx.event.createMany({ data: [...events] });
  // Delivered when the transaction commits, and only then. One notice a transaction, however many events.
  await tx.$executeRaw`SELECT pg_notify(${EVENTS_CHANNEL}, '')`;
}

/** The newest number in the log as this transaction sees it; 0 for a log that has never had any. */
export async function readHead(tx: Transaction): Promise<bigint> {
  const newest = await tx.event.findFirst({ orderBy: { seq: 'desc' }, select: { seq: true } });
  return newest?.seq ?? readPruned(tx);
}

/** Up to which number events may have been thrown away: a reader that stands before it would have a hole. */
export async function readPruned(tx: Transaction): Promise<bigint> {
  const { prunedSeq } = await tx.eventLog.findFirstOrThrow({ select: { prunedSeq: true } });
  return prunedSeq;
}

/** Whether a number was ever given out by this database: one that was not is from another copy of it. */
export async function wasGivenOut(tx: Transaction, seq: bigint): Promise<boolean> {
  const [newest] = await tx.$queryRaw<{ last: bigint }[]>`SELECT last_value AS last FROM events_seq_seq`;
  return seq <= (newest?.last ?? 0n);
}
