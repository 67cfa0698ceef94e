import type { Transaction } from '#domain/storage.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { appendEvents } from './append-events.ts';
import { REPORT_STATE } from './apply-job-report.ts';
import type { EventDraft } from './event.ts';
import type { JobReport } from './job-report.ts';
import { digestOf } from './receive-job-report.ts';
import type { ReportOutcome } from './receive-job-report.ts';
import { stepTrace } from './trace-machine.ts';
import type { TraceStatus } from './trace-status.ts';

/** A report of nothing but how far a job is. */
export type ProgressReport = JobReport & { news: { kind: 'progress' } };

/** Whether to believe a report by where it came from. */
export type BelieveAtOnce = (sender: string, client: { ips: readonly string[]; mustSign: boolean }) => boolean;

export function isProgressReport(report: JobReport): report is ProgressReport {
  return report.news.kind === 'progress' && report.isNamed && report.output === null && report.layout === null;
}

interface RunningTrace {
  id: string;
  operationId: string;
  clientId: string;
  roomId: string;
  status: TraceStatus;
  progress: number;
  jobId: string;
  action: NonNullable<EventDraft['action']>;
}

/**
 * Takes in many progress reports with a handful of statements, whatever their number: a room that is being imaged says hardly anything
 * else, hundreds of times a second. (One transaction a report: some 450 a second on one core; these: see bench/RESULTS.md.)
 *
 * Each is stored as it came, and stepped by the same {@link stepTrace} as all others. What is not plainly about the one running job of its
 * name – an unknown or ambiguous job, a client that contradicts it, a state that more would follow from – is left out.
 *
 * @returns for each report what became of it; null for those left out, which have to be taken one by one.
 */
export async function applyProgress(
  tx: Transaction,
  reports: readonly ProgressReport[],
  now: Date,
  believes: BelieveAtOnce,
): Promise<readonly (ReportOutcome | null)[]> {
  const traces = await lockRunning(tx, await findPlainTraces(tx, reports, believes));
  const plain = reports.map((report) => {
    const trace = traces.get(report.jobId);
    return trace === undefined ? null : { report, trace, digest: digestOf(report, trace.clientId, trace.id) };
  });
  const known = await tx.agentReport.findMany({
    where: { digest: { in: plain.flatMap((each) => each?.digest ?? []) } },
    select: { digest: true },
  });

  const copies = new Map(known.map(({ digest }) => [digest, 0]));
  const rows: Prisma.AgentReportCreateManyInput[] = [];
  const events: EventDraft[] = [];
  const outcomes = plain.map((each): ReportOutcome | null => {
    if (each === null) return null;
    const { report, trace, digest } = each;
    const copy = copies.get(digest);
    if (copy !== undefined) {
      copies.set(digest, copy + 1);
      return 'repeat';
    }
    copies.set(digest, 0);
    const step = stepTrace(trace, { fact: 'progress', jobId: report.jobId, percent: report.news.percent });
    if (step.outcome === 'moved') {
      const { id: traceId, operationId, clientId, roomId, action } = trace;
      trace.progress = step.state.progress;
      const { status: traceStatus, progress } = step.state;
      events.push({ kind: step.kind, traceId, operationId, clientId, roomId, action, traceStatus, progress });
    }
    rows.push({
      digest,
      clientId: trace.clientId,
      traceId: trace.id,
      jobId: report.jobId,
      sender: report.client.sender,
      body: report.body,
      state: REPORT_STATE[step.outcome],
    });
    return step.outcome === 'moved' ? 'applied' : step.outcome === 'repeat' ? 'repeat' : 'late';
  });

  await tx.agentReport.createMany({ data: rows });
  for (const [digest, count] of copies) {
    if (count > 0) await tx.agentReport.update({ where: { digest }, data: { copies: { increment: count } } });
  }
  await storeProgress(tx, [...traces.values()], now);
  await appendEvents(tx, events);
  return outcomes;
}

/** The ids of the traces that the reports can only mean, by the job’s name: there is one of that name, and the sender’s words fit it. */
async function findPlainTraces(
  tx: Transaction,
  reports: readonly ProgressReport[],
  believes: BelieveAtOnce,
): Promise<readonly PlainTrace[]> {
  const named = await tx.trace.findMany({
    where: { jobId: { in: [...new Set(reports.map(({ jobId }) => jobId))] } },
    select: {
      id: true,
      jobId: true,
      clientId: true,
      agentIp: true,
      client: { select: { mac: true, ip: true, agentSecret: { select: { clientId: true } } } },
    },
  });
  const byJob = Map.groupBy(named, ({ jobId }) => jobId);
  const byReport = Map.groupBy(reports, ({ jobId }) => jobId);
  return [...byJob.values()].flatMap((some) => {
    const [trace] = some;
    if (trace === undefined || some.length > 1) return [];
    const fits = (byReport.get(trace.jobId ?? '') ?? []).every(({ client }) => isSaidBy(client, trace, believes));
    return fits ? [trace] : [];
  });
}

interface PlainTrace {
  id: string;
  clientId: string;
  agentIp: string;
  client: { mac: string; ip: string; agentSecret: object | null };
}

/** Whether everything that a report says of its machine is true of this client, and it comes from where that one’s come from. */
function isSaidBy(
  { clientId, macs, ips, sender }: JobReport['client'],
  trace: PlainTrace,
  believes: BelieveAtOnce,
): boolean {
  const { agentIp, client } = trace;
  return (
    believes(sender, { ips: [client.ip, agentIp], mustSign: client.agentSecret !== null }) &&
    (clientId === null || clientId === trace.clientId) &&
    (macs.length === 0 || macs.includes(trace.client.mac)) &&
    (ips.length === 0 || ips.includes(trace.client.ip))
  );
}

/** Locks the clients, in one order as everybody who locks several, and reads again what is running on them, by the jobs’ names. */
async function lockRunning(tx: Transaction, plain: readonly PlainTrace[]): Promise<Map<string, RunningTrace>> {
  const clientIds = [...new Set(plain.map(({ clientId }) => clientId))].toSorted();
  if (clientIds.length === 0) return new Map();
  await tx.$executeRaw`SELECT 1 FROM clients WHERE id = ANY(${clientIds}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
  const rows = await tx.trace.findMany({
    where: {
      id: { in: plain.map(({ id }) => id) },
      status: { in: ['RUNNING', 'CANCELLING'] },
      client: { status: { not: 'OGLIVE' } },
    },
    select: {
      id: true,
      operationId: true,
      clientId: true,
      action: true,
      status: true,
      progress: true,
      jobId: true,
      client: { select: { roomId: true } },
    },
  });
  return new Map(
    rows.flatMap(({ client, jobId, ...row }) =>
      jobId === null ? [] : [[jobId, { ...row, jobId, roomId: client.roomId }] as const],
    ),
  );
}

/** Late or not, the agent speaks: it is not silent. */
async function storeProgress(tx: Transaction, traces: readonly RunningTrace[], now: Date): Promise<void> {
  if (traces.length === 0) return;
  const ids = traces.map(({ id }) => id);
  const percents = traces.map(({ progress }) => progress);
  await tx.$executeRaw`
    UPDATE traces SET progress = said.progress, last_heard_at = ${now}, missing_since = NULL
    FROM unnest(${ids}::uuid[], ${percents}::int[]) AS said(id, progress) WHERE traces.id = said.id`;
}
