import { createHash } from 'node:crypto';
import type { ClientHints } from '#domain/inventory/find-reporting-client.ts';
import { findReportingClient } from '#domain/inventory/find-reporting-client.ts';
import type { ClientNews, ReportedClient } from '#domain/inventory/receive-client-report.ts';
import type { Storage } from '#domain/storage.ts';
import type { BelieveAtOnce } from '#domain/tracing/apply-progress.ts';
import type { TakeTogether } from '#domain/tracing/create-report-intake.ts';
import type { JobReport } from '#domain/tracing/job-report.ts';
import type { ReportOutcome } from '#domain/tracing/receive-job-report.ts';
import type { Turnstile } from '#lib/turnstile.ts';
import { judgeSender } from './judge-sender.ts';
import type { SenderPolicy, SenderRefusal } from './judge-sender.ts';
import type { Receivers, ReceiversOn } from './receivers.ts';

/** A report that is not believed. Nothing was changed. */
export class ReportRefusedError extends Error {
  readonly refusal: SenderRefusal;
  readonly clientId: string | null;
  readonly jobId: string | null;

  constructor(refusal: SenderRefusal, clientId: string | null, jobId: string | null) {
    super();
    this.name = 'ReportRefusedError';
    this.refusal = refusal;
    this.clientId = clientId;
    this.jobId = jobId;
  }
}

/** Where agents are: the addresses that they call from, which a gateway or a simulator may make others than their own. */
export interface AgentAddresses {
  /** From where a client of this address calls. */
  of: (ip: string) => string;
  /** The clients' addresses that this sender may stand for; `everyone` where any client may be behind it. */
  behind: (sender: string) => { ips: readonly string[]; everyone: boolean };
}

interface Parts {
  db: Storage;
  receiversOn: ReceiversOn;
  /** Writes what is plain together with what comes at the same time, and gives everything else to who takes it alone. */
  takeTogether: TakeTogether;
  turnstile: Turnstile;
  policy: SenderPolicy;
  addresses: AgentAddresses;
}

/** What one unsigned report carries besides what it says. */
export interface Credentials {
  secret: string | null;
}

/** Receivers for one unsigned report, which refuse it where it is not believed. */
export interface BelievingReceivers extends Receivers {
  /** The same of what an agent asks for. @throws {ReportRefusedError} */
  settle: (hints: ClientHints) => Promise<ClientHints>;
}

export type BelieveReports = (credentials: Credentials) => BelievingReceivers;

/** Whether a report without a secret is believed that came from an address; for who looks up many clients at once. */
export function createBelieveAtOnce({ policy, addresses }: Pick<Parts, 'policy' | 'addresses'>): BelieveAtOnce {
  return (sender, { ips, mustSign }) =>
    judgeSender({ policy, sender, addresses: ips.map(addresses.of), mustSign, secret: 'not-told' }) === null;
}

/**
 * Puts whom to believe before what is reported. The client that a report would change is settled first, by what the report says, by its job
 * or by where it came from, and the report then reaches that client or none.
 *
 * The receivers throw {@link ReportRefusedError}.
 */
export function createBelieveReports({
  db,
  receiversOn,
  takeTogether,
  turnstile,
  policy,
  addresses,
}: Parts): BelieveReports {
  const { receiveJobReport, receiveClientReport } = receiversOn(db);

  async function check(
    { sender }: ClientHints,
    { clientId, jobId, agentIp }: { clientId: string; jobId: string | null; agentIp: string | null },
    secret: SenderSecret,
  ): Promise<void> {
    const client = await db.client.findUniqueOrThrow({
      where: { id: clientId },
      select: { ip: true, agentStartSecretSha256: true, agentSecret: { select: { clientId: true } } },
    });
    const refusal = judgeSender({
      policy,
      sender,
      // The order went to where the agent was then: it goes on reporting from there, whatever the client's record says since.
      addresses: [client.ip, ...(agentIp === null ? [] : [agentIp])].map(addresses.of),
      mustSign: client.agentSecret !== null,
      secret: compareSecrets(secret, client.agentStartSecretSha256),
    });
    if (refusal !== null) throw new ReportRefusedError(refusal, clientId, jobId);
  }

  async function takeJobReport(report: JobReport, secret: string | null): Promise<ReportOutcome> {
    const named = await findReportingClient(db, report.client);
    const trace = await findTrace(db, report.jobId, named);
    const clientId = named ?? trace?.clientId ?? (await findByAddress(report.client.sender, report.jobId));
    if (clientId === null) return receiveJobReport(report);
    await check(
      report.client,
      { clientId, jobId: report.jobId, agentIp: trace?.agentIp ?? null },
      { told: secret, isStart: false },
    );
    return receiveJobReport({ ...report, client: { ...report.client, clientId } });
  }

  async function takeClientReport(
    hints: ClientHints,
    news: ClientNews,
    secret: string | null,
  ): Promise<ReportedClient | null> {
    const isStart = news.kind === 'oglive-started' || news.kind === 'system-started';
    return receiveClientReport(hints, news, {
      // Judged by what its own transaction has locked: what it is judged by cannot change before it is stored.
      check({ id, ip, mustSign, startSecretSha256 }) {
        const refusal = judgeSender({
          policy,
          sender: hints.sender,
          addresses: [addresses.of(ip)],
          mustSign,
          secret: compareSecrets({ told: secret, isStart }, startSecretSha256),
        });
        if (refusal !== null) throw new ReportRefusedError(refusal, id, null);
      },
      secretSha256: secret === null ? null : sha256(secret),
    });
  }

  return ({ secret }) => ({
    receiveJobReport(report) {
      const takeAlone = (one: JobReport) => turnstile(() => takeJobReport(one, secret));
      return secret === null ? takeTogether(report, takeAlone) : takeAlone(report);
    },
    receiveClientReport: (hints, news) => turnstile(() => takeClientReport(hints, news, secret)),
    async settle(hints) {
      const clientId = await findReportingClient(db, hints);
      if (clientId === null) return hints;
      await check(hints, { clientId, jobId: null, agentIp: null }, { told: secret, isStart: false });
      return { ...hints, clientId };
    },
  });

  /** The one client that calls from an address. Null where several do; nobody's address is nobody to believe. */
  async function findByAddress(sender: string, jobId: string): Promise<string | null> {
    if (policy === 'any') return null;
    const { ips, everyone } = addresses.behind(sender);
    if (everyone) return null;
    const found = await db.client.findMany({ where: { ip: { in: [...ips] } }, select: { id: true }, take: 2 });
    if (found.length === 0) throw new ReportRefusedError('NOT_ITS_ADDRESS', null, jobId);
    return found.length === 1 ? (found[0]?.id ?? null) : null;
  }
}

interface SenderSecret {
  told: string | null;
  /** An agent makes a new secret at each start: the one that a start tells is not compared. */
  isStart: boolean;
}

function compareSecrets({ told, isStart }: SenderSecret, known: string | null): 'not-told' | 'its-own' | 'another' {
  if (isStart || told === null || known === null) return 'not-told';
  return sha256(told) === known ? 'its-own' : 'another';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function findTrace(
  db: Storage,
  jobId: string,
  clientId: string | null,
): Promise<{ clientId: string; agentIp: string } | null> {
  const traces = await db.trace.findMany({
    where: { jobId, ...(clientId === null ? {} : { clientId }) },
    orderBy: { createdAt: 'desc' },
    select: { clientId: true, agentIp: true },
    take: 2,
  });
  return traces.length === 1 || clientId !== null ? (traces[0] ?? null) : null;
}
