import type { ClientRow } from '#domain/inventory/set-client-status.ts';
import type { Transaction } from '#domain/storage.ts';
import { applyTraceFact } from './apply-trace-fact.ts';
import type { EventDraft } from './event.ts';
import type { TraceStep } from './trace-machine.ts';

/** Longest output kept of a job: what comes first is what tells where it went wrong, so what comes after is left out. */
const MAX_OUTPUT_LENGTH = 500_000;

/** Adds what a job says while it runs to its output. It is a sign of life as any progress is; after the end it changes nothing. */
export async function appendJobLog(
  tx: Transaction,
  client: ClientRow,
  traceId: string,
  { jobId, text }: { jobId: string; text: string },
  now: Date,
): Promise<{ step: TraceStep; events: EventDraft[] }> {
  const trace = await tx.trace.findUniqueOrThrow({
    where: { id: traceId },
    select: { status: true, progress: true, jobId: true, output: true },
  });
  const applied = await applyTraceFact(tx, client, traceId, { fact: 'progress', jobId, percent: trace.progress }, now);
  if (applied.step.outcome !== 'moved' && applied.step.outcome !== 'repeat') return applied;
  const output = `${trace.output ?? ''}${text}`.slice(0, MAX_OUTPUT_LENGTH).toWellFormed().replaceAll('\0', ' ');
  await tx.trace.update({ where: { id: traceId }, data: { output } });
  if (applied.step.outcome === 'moved') return applied;
  const { status, progress, jobId: name } = trace;
  const state = { status, progress, jobId: name };
  return { step: { outcome: 'moved', kind: 'PROGRESS', state, error: null, message: null }, events: applied.events };
}
