import { lockClient } from '#domain/inventory/set-client-status.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import { applyTraceFact } from '#domain/tracing/apply-trace-fact.ts';
import { applyKeptReports, findKeptJobId, lockJob } from '#domain/tracing/kept-reports.ts';
import type { ParseKeptReport } from '#domain/tracing/kept-reports.ts';
import type { TraceFact } from '#domain/tracing/trace-machine.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { AgentGateway, AgentOrderOutcome } from './agent-gateway.ts';
import { parseTraceInput } from './trace-input.ts';

export type DispatchTrace = (traceId: string) => Promise<void>;

export interface DispatchCollaborators {
  db: Storage;
  agents: AgentGateway;
  clock: Clock;
  log: Logger;
  parseKeptReport: ParseKeptReport;
}

/**
 * Sends one trace's order to its agent, at most once.
 *
 * SENDING is committed before the first byte leaves, and only a trace that is still PENDING becomes SENDING: whoever finds
 * it further on – a second worker, the same job handed out again after a crash – does nothing. The order destroys data and
 * carries no key by which an agent could know a repeat, so nothing here ever sends twice.
 */
export function createDispatchTrace(collaborators: DispatchCollaborators): DispatchTrace {
  const { db, agents, clock, log } = collaborators;
  return async (traceId) => {
    const trace = await db.trace.findUnique({
      where: { id: traceId },
      select: {
        clientId: true,
        agentIp: true,
        action: true,
        input: true,
        client: { select: { agentCertificateSha256: true } },
      },
    });
    if (trace === null || !(await claim(db, clock, traceId, trace.clientId))) return;

    const target = {
      clientId: trace.clientId,
      ip: trace.agentIp,
      certificateSha256: trace.client.agentCertificateSha256,
    };
    const outcome = await agents.send(target, parseTraceInput(trace.action, trace.input));
    log.info(
      {
        traceId,
        agent: trace.agentIp,
        outcome: outcome.outcome,
        jobId: outcome.outcome === 'accepted' ? outcome.jobId : undefined,
      },
      'order sent',
    );
    await recordAnswer(collaborators, traceId, trace.clientId, outcome);
  };
}

/** How long an order may wait to be sent: what was right to wipe a quarter of an hour ago may be in a class now. */
const MAX_WAIT_MS = 15 * 60_000;

async function claim(db: Storage, clock: Clock, traceId: string, clientId: string): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const now = clock.now();
    const client = await lockClient(tx, clientId);
    const { step, events } = await applyTraceFact(tx, client, traceId, { fact: 'sending' }, now);
    const outdated = step.outcome === 'moved' ? await findChange(tx, traceId, now) : null;
    if (outdated !== null) {
      const fact = { fact: 'not-sent', code: 'ORDER_OUTDATED', message: outdated } as const;
      events.push(...(await applyTraceFact(tx, client, traceId, fact, now)).events);
    }
    await appendEvents(tx, events);
    return step.outcome === 'moved' && outdated === null;
  });
}

/** What has changed since the order was accepted that speaks against sending it now; null for nothing. */
async function findChange(tx: Transaction, traceId: string, now: Date): Promise<string | null> {
  const { createdAt, agentIp, client } = await tx.trace.findUniqueOrThrow({
    where: { id: traceId },
    select: { createdAt: true, agentIp: true, client: { select: { status: true, maintenance: true, ip: true } } },
  });
  if (now.getTime() - createdAt.getTime() > MAX_WAIT_MS) return 'The order waited for more than 15 minutes.';
  if (client.maintenance) return 'The client is under maintenance now.';
  if (client.ip !== agentIp) return 'The client has another address now.';
  if (client.status !== 'OGLIVE') return `The client is not on ogLive any more (${client.status}).`;
  return null;
}

/** Writes down what the agent answered, and applies what it may have reported before it did. */
async function recordAnswer(
  { db, agents, clock, parseKeptReport }: DispatchCollaborators,
  traceId: string,
  clientId: string,
  outcome: AgentOrderOutcome,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const now = clock.now();
    const client = await lockClient(tx, clientId);
    if (outcome.outcome === 'accepted') {
      await lockJob(tx, outcome.jobId);
      if (agents.pinsCertificates) {
        const agentCertificateSha256 = outcome.certificateSha256;
        await tx.client.updateMany({
          where: { id: clientId, agentCertificateSha256: null },
          data: { agentCertificateSha256 },
        });
      }
    }
    const { events } = await applyTraceFact(tx, client, traceId, toFact(outcome), now);
    if (outcome.outcome === 'accepted') {
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

function toFact(outcome: AgentOrderOutcome): TraceFact {
  switch (outcome.outcome) {
    case 'accepted':
      return { fact: 'accepted', jobId: outcome.jobId };
    case 'refused':
      return { fact: 'refused', message: outcome.message };
    case 'not-sent':
      return { fact: 'not-sent', code: outcome.code, message: outcome.message };
    case 'unknown':
      return { fact: 'unanswered', message: outcome.message };
  }
}
