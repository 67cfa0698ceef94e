import { readAgentFile } from '#domain/inventory/agent-files.ts';
import { applyDiskLayout } from '#domain/inventory/apply-disk-layout.ts';
import type { ClientRow } from '#domain/inventory/set-client-status.ts';
import type { Action } from '#domain/operations/action.ts';
import { ANNOUNCED_PERCENT, isPower } from '#domain/operations/power-actions.ts';
import { recordResult } from '#domain/operations/record-result.ts';
import { parseTraceInput } from '#domain/operations/trace-input.ts';
import type { Transaction } from '#domain/storage.ts';
import { appendJobLog } from './append-job-log.ts';
import { applyTraceFact } from './apply-trace-fact.ts';
import type { EventDraft } from './event.ts';
import type { JobReport } from './job-report.ts';
import type { TraceFact, TraceStep } from './trace-machine.ts';
import type { TraceStatus } from './trace-status.ts';

/** How a stored report is marked once it was applied. */
export const REPORT_STATE = {
  moved: 'APPLIED',
  repeat: 'REPEATED',
  late: 'LATE',
  contradiction: 'LATE',
} as const satisfies Record<TraceStep['outcome'], string>;

/**
 * Applies one agent report to the trace it belongs to, with its effects on the client's disks.
 *
 * Safe to repeat: a report already known, older than the trace's last one, or arriving after the trace ended changes
 * nothing. A failure changes the trace only; what it left on the disk is taken from the layout the agent sent, or stays.
 */
export async function applyJobReport(
  tx: Transaction,
  client: ClientRow,
  traceId: string,
  report: Omit<JobReport, 'action' | 'client' | 'body'>,
  now: Date,
): Promise<{ step: TraceStep; events: EventDraft[] }> {
  const { news, dataSizeBytes, layout, outputFile } = report;
  // Nothing that we made up in place of a name is one by which the agent could be asked.
  const jobId = report.isNamed ? report.jobId : null;
  if (news.kind === 'log') return appendJobLog(tx, client, traceId, { jobId: report.jobId, text: news.text }, now);
  const { action } = await tx.trace.findUniqueOrThrow({ where: { id: traceId }, select: { action: true } });
  const applied = await applyTraceFact(tx, client, traceId, toFact(action, jobId, news), now);
  if (applied.step.outcome !== 'moved' || !isEnd(applied.step.state.status)) return applied;
  if (applied.step.kind === 'RESOLVED' && (await hasNewerJob(tx, client.id, traceId))) return applied;
  const output = report.output ?? (outputFile === null ? null : await readAgentFile(tx, client.id, outputFile));
  if (output !== null) await tx.trace.update({ where: { id: traceId }, data: { output } });
  if (layout !== null) await applyDiskLayout(tx, client, layout);
  if (news.kind === 'succeeded') {
    const trace = await tx.trace.findUniqueOrThrow({ where: { id: traceId }, select: { action: true, input: true } });
    const origin = { clientId: client.id, traceId, now };
    await recordResult(tx, origin, parseTraceInput(trace.action, trace.input), { output, dataSizeBytes });
  }
  return applied;
}

function isEnd(status: TraceStatus): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELLED';
}

function toFact(action: Action, jobId: string | null, news: Exclude<JobReport['news'], { kind: 'log' }>): TraceFact {
  // Such a job is announced before it is done; whether it was done, the machine itself shows.
  if (news.kind === 'succeeded' && isPower(action)) return { fact: 'progress', jobId, percent: ANNOUNCED_PERCENT };
  switch (news.kind) {
    case 'progress':
      return { fact: 'progress', jobId, percent: news.percent };
    case 'succeeded':
      return { fact: 'finished', jobId, succeeded: true };
    case 'failed':
      return { fact: 'finished', jobId, succeeded: false, engineCode: news.engineCode, message: news.message };
    case 'killed':
      return { fact: 'killed', message: 'The agent killed the job.' };
    case 'not-killed':
      return { fact: 'cancel-failed', message: news.message };
  }
}

/** Whether another job was sent to the client since: what an older one says of the disks is then history. */
async function hasNewerJob(tx: Transaction, clientId: string, traceId: string): Promise<boolean> {
  const newer = await tx.trace.findFirst({
    where: { clientId, id: { gt: traceId }, sentAt: { not: null } },
    select: { id: true },
  });
  return newer !== null;
}
