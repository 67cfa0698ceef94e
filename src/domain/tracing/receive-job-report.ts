import { readAgentFile } from '#domain/inventory/agent-files.ts';
import { findReportingClient } from '#domain/inventory/find-reporting-client.ts';
import { lockClient } from '#domain/inventory/set-client-status.ts';
import type { Action } from '#domain/operations/action.ts';
import { prepareCatalogue } from '#domain/profiles/record-inventory.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { hashOf } from '#lib/canonical-json.ts';
import type { Clock } from '#lib/clock.ts';
import { appendEvents } from './append-events.ts';
import { applyJobReport, REPORT_STATE } from './apply-job-report.ts';
import type { JobReport } from './job-report.ts';
import { lockJob } from './kept-reports.ts';
import type { TraceStep } from './trace-machine.ts';
import { SENT_STATUSES } from './trace-status.ts';

/**
 * What became of a report. `kept`: it fits no job yet – the agent may have been quicker than its own answer to us – and
 * waits in the database until it does.
 */
export type ReportOutcome = 'applied' | 'repeat' | 'late' | 'kept';

export type ReceiveJobReport = (report: JobReport) => Promise<ReportOutcome>;

/**
 * Takes in what an agent says of a job.
 *
 * One transaction stores the report as it came, applies it and appends the events; so an answer of ours means that it is
 * safe, a failure of ours leaves nothing behind, and the sender may simply say it again.
 */
export function createReceiveJobReport({ db, clock }: { db: Storage; clock: Clock }): ReceiveJobReport {
  const receive = (report: JobReport): Promise<ReportOutcome | null> =>
    db.$transaction(async (tx) => {
      const now = clock.now();
      const named = await findReportingClient(tx, report.client);
      const match = await findTrace(tx, report, named);
      const clientId = match?.clientId ?? named;
      // The client's row first, then the job's name: whoever records the agent's answer to our order takes the same two,
      // so a report that comes at that very moment is either seen by it or sees what it wrote.
      const client = clientId === null ? null : await lockClient(tx, clientId);
      await lockJob(tx, report.jobId);
      const found = await findTrace(tx, report, clientId);
      // The job was given its name while we waited: now its client is known, and has to be locked first.
      if (found !== null && client === null) return null;
      const traceId = found?.id ?? (clientId === null ? null : await findUnansweredTrace(tx, clientId, report));

      const stored = await storeReport(tx, report, { clientId, traceId });
      if (stored.repeated) return stored.state === 'KEPT' ? 'kept' : 'repeat';
      if (traceId === null || client === null) return 'kept';

      const { step, events } = await applyJobReport(tx, client, traceId, report, now);
      await tx.agentReport.update({ where: { id: stored.id }, data: { state: REPORT_STATE[step.outcome], traceId } });
      await appendEvents(tx, events);
      return REPORT_OUTCOME[step.outcome];
    });
  return async (report) => {
    await prepareLists(db, report);
    for (;;) {
      const outcome = await receive(report);
      if (outcome !== null) return outcome;
    }
  };
}

const REPORT_OUTCOME: Record<TraceStep['outcome'], ReportOutcome> = {
  moved: 'applied',
  repeat: 'repeat',
  late: 'late',
  contradiction: 'late',
};

const LISTS: ReadonlySet<Action> = new Set<Action>(['HARDWARE_INVENTORY', 'SOFTWARE_INVENTORY', 'CREATE_IMAGE']);

/** What a list names is added before anything is locked, and only for a list that somebody asked for. */
async function prepareLists(
  db: Storage,
  { jobId, isNamed, action, news, output, outputFile }: JobReport,
): Promise<void> {
  if (!isNamed || action === null || !LISTS.has(action) || news.kind !== 'succeeded') return;
  const trace = await db.trace.findFirst({
    where: { jobId, action, status: { in: [...SENT_STATUSES] } },
    select: { clientId: true },
  });
  if (trace === null) return;
  const text = output ?? (outputFile === null ? null : await readAgentFile(db, trace.clientId, outputFile));
  if (text !== null) await prepareCatalogue(db, action, text);
}

/**
 * By client and job where the client is known; by the job alone only while that can mean no other machine. An order that was fetched, and
 * a trace that the agent was told of, have names of ours; those are found by them.
 */
async function findTrace(
  tx: Transaction,
  { jobId, isNamed, orderNumber, traceId, action }: JobReport,
  clientId: string | null,
): Promise<{ id: string; clientId: string } | null> {
  // Numbers can be guessed: they count only together with the client that fetched the order.
  const ours =
    traceId === null
      ? orderNumber === null || clientId === null
        ? null
        : { number: orderNumber, handedOverAt: { not: null } }
      : { id: traceId };
  if (ours !== null) {
    const found = await tx.trace.findFirst({
      where: {
        ...ours,
        ...(clientId === null ? {} : { clientId }),
        ...(action === null ? {} : { action }),
        status: { not: 'PENDING' },
        // A job that has a name of its own goes by that.
        ...(isNamed ? { OR: [{ jobId: null }, { jobId }] } : {}),
      },
      select: { id: true, clientId: true },
    });
    if (found !== null) return found;
  }
  if (!isNamed) return null;
  const traces = await tx.trace.findMany({
    where: { jobId, ...(clientId === null ? {} : { clientId }) },
    orderBy: { createdAt: 'desc' },
    select: { id: true, clientId: true },
    take: 2,
  });
  return traces.length === 1 || clientId !== null ? (traces[0] ?? null) : null;
}

/**
 * The client's newest job, where its agent has given it no name: a report of the same action under a new name, or under none, can only
 * be about it, also after it was given up for lost.
 */
async function findUnansweredTrace(
  tx: Transaction,
  clientId: string,
  { action, orderNumber }: JobReport,
): Promise<string | null> {
  const newest = await tx.trace.findFirst({
    where: { clientId, status: { not: 'PENDING' } },
    orderBy: { id: 'desc' },
    select: { id: true, action: true, status: true, jobId: true, number: true, handedOverAt: true },
  });
  // Undefined where there is none at all.
  if (newest?.jobId !== null) return null;
  if (orderNumber !== null && orderNumber !== newest.number) return null;
  const isFetched = newest.handedOverAt !== null && (newest.status === 'RUNNING' || newest.status === 'CANCELLING');
  const isUnanswered = isFetched || newest.status === 'UNKNOWN' || newest.status === 'LOST';
  return isUnanswered && newest.action === action ? newest.id : null;
}

/** The same words about the same job are one report. */
export function digestOf({ jobId, body }: JobReport, clientId: string | null, traceId: string | null): string {
  return hashOf([clientId, traceId, jobId, body]);
}

async function storeReport(
  tx: Transaction,
  report: JobReport,
  { clientId, traceId }: { clientId: string | null; traceId: string | null },
): Promise<{ id: string; state: string; repeated: boolean }> {
  const { jobId, body, client } = report;
  const digest = digestOf(report, clientId, traceId);
  const known = await tx.agentReport.findUnique({ where: { digest }, select: { id: true, state: true } });
  if (known !== null) {
    await tx.agentReport.update({ where: { digest }, data: { copies: { increment: 1 } } });
    return { ...known, repeated: true };
  }
  const stored = await tx.agentReport.create({
    data: { digest, clientId, traceId, jobId, sender: client.sender, body },
    select: { id: true, state: true },
  });
  return { ...stored, repeated: false };
}
