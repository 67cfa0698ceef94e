import type { ClientRow } from '#domain/inventory/set-client-status.ts';
import type { Transaction } from '#domain/storage.ts';
import { applyTraceFact } from './apply-trace-fact.ts';
import type { EventDraft } from './event.ts';
import type { TraceStep } from './trace-machine.ts';

/** Longest output kept of a job: what comes first is what tells where it went wrong, so what comes after is left out. */
const MAX_OUTPUT_LENGTH = 500_000;

/** Longest line that an event quotes. */
const MAX_QUOTE_LENGTH = 500;

/**
 * Adds what a job says while it runs to its output. It is a sign of life as any progress is; after the end it changes nothing.
 *
 * Whoever follows the trace is told at most once a second, with the newest line: a job may print thousands, and every event is kept.
 */
export async function appendJobLog(
  tx: Transaction,
  client: ClientRow,
  traceId: string,
  { jobId, text }: { jobId: string; text: string },
  now: Date,
): Promise<{ step: TraceStep; events: EventDraft[] }> {
  const trace = await tx.trace.findUniqueOrThrow({
    where: { id: traceId },
    select: { status: true, progress: true, jobId: true, output: true, operationId: true, action: true },
  });
  const applied = await applyTraceFact(tx, client, traceId, { fact: 'progress', jobId, percent: trace.progress }, now);
  if (applied.step.outcome !== 'moved' && applied.step.outcome !== 'repeat') return applied;
  const before = trace.output ?? '';
  const output = `${before}${text}`.slice(0, MAX_OUTPUT_LENGTH).toWellFormed().replaceAll('\0', ' ');
  await tx.trace.update({ where: { id: traceId }, data: { output } });
  const { status, progress, jobId: name, operationId, action } = trace;
  const message = quoteLastLine(output.slice(before.length));
  const events = [...applied.events];
  if (message !== null && !(await wasJustTold(tx, traceId))) {
    const state = applied.step.outcome === 'moved' ? applied.step.state : trace;
    const about = { traceId, operationId, clientId: client.id, roomId: client.roomId, action };
    events.push({ ...about, kind: 'OUTPUT', traceStatus: state.status, progress: state.progress, message });
  }
  if (applied.step.outcome === 'moved') return { ...applied, events };
  const state = { status, progress, jobId: name };
  return { step: { outcome: 'moved', kind: 'OUTPUT', state, error: null, message }, events };
}

/** The newest line that says anything; null where nothing does. */
function quoteLastLine(text: string): string | null {
  const line = text
    .split(/[\n\r]+/)
    .findLast((each) => each.trim() !== '')
    ?.trim()
    .slice(0, MAX_QUOTE_LENGTH)
    .toWellFormed();
  return line ?? null;
}

async function wasJustTold(tx: Transaction, traceId: string): Promise<boolean> {
  const told = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM events
    WHERE trace_id = ${traceId}::uuid AND kind = 'OUTPUT' AND at > now() - interval '1 second'
    ORDER BY seq DESC LIMIT 1`;
  return told.length > 0;
}
