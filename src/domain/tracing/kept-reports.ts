import type { ClientRow } from '#domain/inventory/set-client-status.ts';
import type { Action } from '#domain/operations/action.ts';
import type { Transaction } from '#domain/storage.ts';
import { applyJobReport, REPORT_STATE } from './apply-job-report.ts';
import type { EventDraft } from './event.ts';
import type { JobReport } from './job-report.ts';

/** Turns a kept body back into the report it was; null for one that no longer parses. */
export type ParseKeptReport = (body: unknown, sender: string) => JobReport | null;

/** Lets two transactions about the same job name take turns, also while no trace carries that name yet. */
export async function lockJob(tx: Transaction, jobId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${jobId}, 7301953))`;
}

/** Applies, in the order they came, the reports that were quicker than the agent's answer which now gave the job its name. */
export async function applyKeptReports(
  tx: Transaction,
  {
    client,
    traceId,
    jobId,
    parse,
    now,
  }: { client: ClientRow; traceId: string; jobId: string; parse: ParseKeptReport; now: Date },
): Promise<EventDraft[]> {
  const kept = await tx.agentReport.findMany({
    where: { jobId, state: 'KEPT', OR: [{ clientId: client.id }, { clientId: null }] },
    orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }],
  });
  const events: EventDraft[] = [];
  for (const row of kept) {
    const report = parse(row.body, row.sender);
    if (report === null) continue;
    const applied = await applyJobReport(tx, client, traceId, report, now);
    await tx.agentReport.update({
      where: { id: row.id },
      data: { state: REPORT_STATE[applied.step.outcome], traceId, clientId: client.id },
    });
    events.push(...applied.events);
  }
  return events;
}

/**
 * The name under which a job whose order was never answered has been reporting: the one kept since it was sent, of the
 * same action, from the same client. Null when there is none, or more than one.
 */
export async function findKeptJobId(
  tx: Transaction,
  { clientId, action, since, parse }: { clientId: string; action: Action; since: Date; parse: ParseKeptReport },
): Promise<string | null> {
  const kept = await tx.agentReport.findMany({
    where: { clientId, state: 'KEPT', receivedAt: { gte: since } },
    select: { jobId: true, body: true, sender: true },
  });
  const jobIds = new Set(
    kept.filter(({ body, sender }) => parse(body, sender)?.action === action).map(({ jobId }) => jobId),
  );
  return jobIds.size === 1 ? ([...jobIds][0] ?? null) : null;
}
