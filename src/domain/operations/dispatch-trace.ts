import { lockClient } from '#domain/inventory/set-client-status.ts';
import type { FindBlackouts } from '#domain/scheduling/find-blackouts.ts';
import type { Storage } from '#domain/storage.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import { applyTraceFact } from '#domain/tracing/apply-trace-fact.ts';
import { applyKeptReports, findKeptJobId, lockJob } from '#domain/tracing/kept-reports.ts';
import type { ParseKeptReport } from '#domain/tracing/kept-reports.ts';
import type { TraceFact } from '#domain/tracing/trace-machine.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { SecretBox } from '#lib/secret-box.ts';
import type { AgentGateway } from './agent-gateway.ts';
import { claimTrace } from './claim-trace.ts';
import type { OrderOutcome } from './order-outcome.ts';
import { ANNOUNCED_PERCENT } from './power-actions.ts';
import { parseTraceInput } from './trace-input.ts';
import type { TraceInput } from './trace-input.ts';
import type { Wake } from './wake.ts';

export type DispatchTrace = (traceId: string) => Promise<void>;

export interface DispatchCollaborators {
  db: Storage;
  agents: AgentGateway;
  wake: Wake;
  clock: Clock;
  log: Logger;
  parseKeptReport: ParseKeptReport;
  findBlackouts: FindBlackouts;
  secretBox: Pick<SecretBox, 'open'>;
}

/**
 * Sends one trace's order to its agent, at most once.
 *
 * SENDING is committed before the first byte leaves, and only a trace that is still PENDING becomes SENDING: whoever finds
 * it further on – a second worker, the same job handed out again after a crash – does nothing. The order destroys data and
 * carries no key by which an agent could know a repeat, so nothing here ever sends twice.
 */
export function createDispatchTrace(collaborators: DispatchCollaborators): DispatchTrace {
  const { db, agents, wake, secretBox, log } = collaborators;
  return async (traceId) => {
    const trace = await db.trace.findUnique({
      where: { id: traceId },
      select: {
        clientId: true,
        agentIp: true,
        action: true,
        input: true,
        client: {
          select: {
            agentCertificateSha256: true,
            installedCertificateSha256: true,
            installedSecret: true,
            agentVersion: true,
          },
        },
      },
    });
    if (trace === null || !(await claimTrace(collaborators, traceId, trace.clientId))) return;

    const order = parseTraceInput(trace.action, trace.input);
    const { clientId, agentIp: ip, client } = trace;
    const pin = isThroughInstalled(order) ? 'installedCertificateSha256' : 'agentCertificateSha256';
    const secret = client.installedSecret === null ? null : secretBox.open(client.installedSecret, clientId);
    const { agentVersion } = client;
    const target = {
      clientId,
      ip,
      agentVersion,
      certificateSha256: client[pin],
      ...(secret === null ? {} : { secret }),
    };
    const outcome = order.action === 'POWER_ON' ? await wake(order) : await agents.send(target, order);
    log.info(
      {
        traceId,
        agent: trace.agentIp,
        outcome: outcome.outcome,
        jobId: outcome.outcome === 'accepted' ? (outcome.jobId ?? undefined) : undefined,
      },
      'order sent',
    );
    await recordAnswer(collaborators, traceId, clientId, order, outcome);
  };
}

/** Writes down what the agent answered, and applies what it may have reported before it did. */
async function recordAnswer(
  { db, agents, clock, parseKeptReport }: DispatchCollaborators,
  traceId: string,
  clientId: string,
  order: TraceInput,
  outcome: OrderOutcome,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const now = clock.now();
    const client = await lockClient(tx, clientId);
    if (outcome.outcome === 'accepted') {
      if (outcome.jobId !== null) await lockJob(tx, outcome.jobId);
      if (agents.pinsCertificates && outcome.certificateSha256 !== null) {
        const pin = isThroughInstalled(order) ? 'installedCertificateSha256' : 'agentCertificateSha256';
        await tx.client.updateMany({
          where: { id: clientId, [pin]: null },
          data: { [pin]: outcome.certificateSha256 },
        });
      }
    }
    const { events } = await applyTraceFact(tx, client, traceId, toFact(outcome), now);
    if (outcome.outcome === 'accepted' && isThroughInstalled(order)) {
      // «Launched», says the agent of an installed system: what ogLive’s reports in a message of its own.
      const announced: TraceFact = { fact: 'progress', jobId: null, percent: ANNOUNCED_PERCENT };
      events.push(...(await applyTraceFact(tx, client, traceId, announced, now)).events);
    }
    if (outcome.outcome === 'accepted' && outcome.jobId !== null) {
      events.push(
        ...(await applyKeptReports(tx, { client, traceId, jobId: outcome.jobId, parse: parseKeptReport, now })),
      );
    }
    if (outcome.outcome === 'unknown') {
      const { sentAt, action } = await tx.trace.findUniqueOrThrow({
        where: { id: traceId },
        select: { sentAt: true, action: true },
      });
      const jobId = await findKeptJobId(tx, { clientId, action, since: sentAt ?? now, parse: parseKeptReport });
      if (jobId !== null) {
        events.push(...(await applyKeptReports(tx, { client, traceId, jobId, parse: parseKeptReport, now })));
      }
    }
    await appendEvents(tx, events);
  });
}

function isThroughInstalled(order: TraceInput): boolean {
  return 'through' in order && order.through === 'INSTALLED_SYSTEM';
}

function toFact(outcome: OrderOutcome): TraceFact {
  switch (outcome.outcome) {
    case 'accepted':
      return { fact: 'accepted', jobId: outcome.jobId };
    case 'refused':
      return { fact: 'refused', ...('code' in outcome ? { code: outcome.code } : {}), message: outcome.message };
    case 'not-sent':
      return { fact: 'not-sent', code: outcome.code, message: outcome.message };
    case 'unknown':
      return { fact: 'unanswered', message: outcome.message };
  }
}
