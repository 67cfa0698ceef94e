import type { Transaction } from '#domain/storage.ts';
import { applyTraceFact } from '#domain/tracing/apply-trace-fact.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import { SENT_STATUSES } from '#domain/tracing/trace-status.ts';
import type { ClientRow } from './set-client-status.ts';

/** A machine that speaks is on, whatever it says: what was to switch it on has come to its end. */
export async function endPowerOn(tx: Transaction, client: ClientRow, now: Date): Promise<EventDraft[]> {
  const traces = await tx.trace.findMany({
    where: { clientId: client.id, action: 'POWER_ON', status: { in: [...SENT_STATUSES] } },
    orderBy: { id: 'asc' },
    select: { id: true, jobId: true },
  });
  const events: EventDraft[] = [];
  for (const { id, jobId } of traces) {
    events.push(...(await applyTraceFact(tx, client, id, { fact: 'finished', jobId, succeeded: true }, now)).events);
  }
  return events;
}
