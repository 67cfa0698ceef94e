import { lockClient } from '#domain/inventory/set-client-status.ts';
import type { Storage } from '#domain/storage.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import { applyTraceFact } from '#domain/tracing/apply-trace-fact.ts';
import { applyKeptReports, findKeptJobId, lockJob } from '#domain/tracing/kept-reports.ts';
import type { ParseKeptReport } from '#domain/tracing/kept-reports.ts';
import type { TraceFact } from '#domain/tracing/trace-machine.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { AgentGateway, AgentOrderOutcome } from './agent-gateway.ts';
import { parseDeployTraceInput } from './deploy-trace-input.ts';

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
      select: { clientId: true, agentIp: true, input: true, client: { select: { agentCertificateSha256: true } } },
    });
    if (trace === null || !(await claim(db, clock, traceId, trace.clientId))) return;

    const target = {
      clientId: trace.clientId,
      ip: trace.agentIp,
      certificateSha256: trace.client.agentCertificateSha256,
    };
    const outcome = await agents.restoreImage(target, parseDeployTraceInput(trace.input));
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

async function claim(db: Storage, clock: Clock, traceId: string, clientId: string): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const client = await lockClient(tx, clientId);
    const { step, events } = await applyTraceFact(tx, client, traceId, { fact: 'sending' }, clock.now());
    await appendEvents(tx, events);
    return step.outcome === 'moved';
  });
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
