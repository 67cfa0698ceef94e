import { randomUUID } from 'node:crypto';
import type { Storage } from '#domain/storage.ts';
import { appendEvents, readHead } from '#domain/tracing/append-events.ts';
import { formatCursor, parseCursor } from '#domain/tracing/cursor.ts';
import type { EventDraft } from '#domain/tracing/event.ts';

/** Where the log stands now. */
export async function currentCursor(db: Storage): Promise<string> {
  return cursorAt(db, await readHead(db));
}

export async function cursorAt(db: Storage, seq: bigint): Promise<string> {
  const { epoch } = await db.eventLog.findFirstOrThrow();
  return formatCursor({ epoch, seq });
}

export function seqAt(cursor: string): bigint {
  return parseCursor(cursor)?.seq ?? -1n;
}

/** Changes of state of clients that nobody else has: one a transaction, or many. */
export async function appendChanges(db: Storage, count: number, drafts: Partial<EventDraft> = {}): Promise<void> {
  const events = Array.from({ length: count }, () => change(drafts));
  await db.$transaction((tx) => appendEvents(tx, events));
}

function change(draft: Partial<EventDraft>): EventDraft {
  return { kind: 'CLIENT_STATUS', clientId: randomUUID(), clientStatus: 'OGLIVE', ...draft };
}

/** What a subscriber to every change of state must have seen, in order. */
export async function changesAfter(db: Storage, cursor: string): Promise<bigint[]> {
  const rows = await db.event.findMany({
    where: { kind: 'CLIENT_STATUS', seq: { gt: seqAt(cursor) } },
    orderBy: { seq: 'asc' },
    select: { seq: true },
  });
  return rows.map(({ seq }) => seq);
}
