import pLimit from 'p-limit';
import { followAnswer } from '#domain/inventory/follow-answer.ts';
import { lockClient } from '#domain/inventory/set-client-status.ts';
import type { ClientRow } from '#domain/inventory/set-client-status.ts';
import type { Action } from '#domain/operations/action.ts';
import type { AgentGateway, AgentJobs } from '#domain/operations/agent-gateway.ts';
import type { DispatchQueue } from '#domain/operations/dispatch-queue.ts';
import { POWER_ACTIONS, isMachineGone, isPower, judgePowerAnswer } from '#domain/operations/power-actions.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { appendEvents } from './append-events.ts';
import { applyTraceFact } from './apply-trace-fact.ts';
import type { EventDraft } from './event.ts';
import { applyKeptReports, findKeptJobId } from './kept-reports.ts';
import type { ParseKeptReport } from './kept-reports.ts';
import { diedWithMachine } from './trace-machine.ts';
import type { TraceFact } from './trace-machine.ts';
import { SENT_STATUSES } from './trace-status.ts';
import type { TraceStatus } from './trace-status.ts';

export interface ReconcileTimes {
  /** How long a sender may hold a trace in SENDING; longer than any call to an agent can take. */
  sendingLeaseMs: number;
  /** Silence after which an agent is asked for its jobs. */
  askAfterMs: number;
  /** The same for a job that switches the machine off, on or over: its silence is the answer. */
  askPowerAfterMs: number;
  /** How long an agent must deny a job before it counts as forgotten: a last report may still be on its way. */
  forgottenAfterMs: number;
  /** Silence after which a trace is closed as LOST whatever the agent could say. */
  silenceLimitMs: number;
}

export const RECONCILE_TIMES: Omit<ReconcileTimes, 'sendingLeaseMs'> = {
  askAfterMs: 2 * 60_000,
  askPowerAfterMs: 5000,
  forgottenAfterMs: 15_000,
  silenceLimitMs: 2 * 60 * 60_000,
};

export interface ReconcileCollaborators {
  db: Storage;
  agents: AgentGateway;
  queue: DispatchQueue;
  clock: Clock;
  log: Logger;
  parseKeptReport: ParseKeptReport;
  /** The action that a job of this name carries out; null for names we do not know. */
  actionOfJob: (jobId: string) => Action | null;
  times: ReconcileTimes;
}

/** How long a PENDING trace that was handed to the queue again is left to it. */
const ENQUEUE_AGAIN_MS = 10 * 60_000;

/** `restarted`: this process has just started, so it cannot know what was said while no server ran. */
export type ReconcileTraces = (options?: { restarted?: boolean; onlyServer?: boolean }) => Promise<void>;

/**
 * Finds every trace whose job nobody is looking after any more and brings it to the truth.
 *
 * Works on what is stored, never on what was missed, so it may run at any time, twice at once, on several servers. A PENDING
 * trace is handed to the queue again (harmless: only one sender can claim it). One that was being sent when its server died
 * becomes UNKNOWN and is never sent again. A running one is checked with its agent, and closed as LOST when the agent does
 * not know it, or stays silent beyond the limit.
 */
export function createReconcileTraces(collaborators: ReconcileCollaborators): ReconcileTraces {
  const { db, clock, log, queue, times } = collaborators;
  const atOnce = pLimit(16);
  /** When this process last handed a trace to the queue again: while its turn has not come, once is enough. */
  const enqueuedAt = new Map<string, number>();

  /** One trace that cannot be settled must not keep the others from it. */
  async function orTellOf(traceId: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      log.error({ err: error, traceId }, 'cannot reconcile this trace; trying again');
    }
  }

  return async ({ restarted = false, onlyServer = false } = {}) => {
    const now = clock.now().getTime();
    const before = (ms: number) => new Date(now - ms);
    const select = { id: true, clientId: true } as const;

    const pending = await db.trace.findMany({
      where: { status: 'PENDING', waitsFor: null, ...(restarted ? {} : { dueAt: { lt: before(times.askAfterMs) } }) },
      select,
    });
    const waiting = new Set(pending.map(({ id }) => id));
    for (const id of enqueuedAt.keys()) if (!waiting.has(id)) enqueuedAt.delete(id);
    const unasked = [...waiting].filter((id) => now - (enqueuedAt.get(id) ?? 0) >= ENQUEUE_AGAIN_MS);
    for (const id of unasked) enqueuedAt.set(id, now);
    if (unasked.length > 0) await db.$transaction((tx) => queue.enqueue(tx, unasked));

    // The only server of an embedded database was the sender itself: no lease can still be running.
    const interrupted = await db.trace.findMany({
      where: {
        status: 'SENDING',
        ...(restarted && onlyServer ? {} : { sentAt: { lt: before(times.sendingLeaseMs) } }),
      },
      select,
    });
    for (const { id, clientId } of interrupted) {
      await orTellOf(id, () => settle(collaborators, id, clientId, { outcome: 'interrupted' }));
    }

    const quiet = restarted
      ? {}
      : {
          OR: [
            { lastHeardAt: null },
            { lastHeardAt: { lt: before(times.askAfterMs) } },
            { missingSince: { not: null } },
            { action: { in: [...POWER_ACTIONS] }, sentAt: { lt: before(times.askPowerAfterMs) } },
          ],
        };
    const unresolved = await db.trace.findMany({
      where: { status: { in: [...SENT_STATUSES] }, ...quiet },
      select: { ...select, agentIp: true, client: { select: { agentCertificateSha256: true, agentVersion: true } } },
    });
    await Promise.all(
      unresolved.map((trace) =>
        atOnce(async () => {
          const target = {
            clientId: trace.clientId,
            ip: trace.agentIp,
            certificateSha256: trace.client.agentCertificateSha256,
            agentVersion: trace.client.agentVersion,
          };
          const answer = await collaborators.agents.listJobs(target);
          await orTellOf(trace.id, () => settle(collaborators, trace.id, trace.clientId, answer));
        }),
      ),
    );
    const checked = pending.length + interrupted.length + unresolved.length;
    if (checked > 0) {
      log.debug(
        { pending: pending.length, interrupted: interrupted.length, unresolved: unresolved.length },
        'traces reconciled',
      );
    }
  };
}

interface UnresolvedTrace {
  id: string;
  action: Action;
  status: TraceStatus;
  progress: number;
  jobId: string | null;
  sentAt: Date | null;
  lastHeardAt: Date | null;
  missingSince: Date | null;
  killedAt: Date | null;
  cancelAskedAt: Date | null;
  handedOverAt: Date | null;
}

async function settle(
  collaborators: ReconcileCollaborators,
  traceId: string,
  clientId: string,
  answer: AgentJobs | { outcome: 'interrupted' },
): Promise<void> {
  const { db, clock, parseKeptReport: parse } = collaborators;
  await db.$transaction(async (tx) => {
    const now = clock.now();
    const client = await lockClient(tx, clientId);
    const trace: UnresolvedTrace = await tx.trace.findUniqueOrThrow({
      where: { id: traceId },
      select: {
        id: true,
        action: true,
        status: true,
        progress: true,
        jobId: true,
        sentAt: true,
        lastHeardAt: true,
        missingSince: true,
        killedAt: true,
        cancelAskedAt: true,
        handedOverAt: true,
      },
    });
    const events: EventDraft[] = [];
    if (answer.outcome === 'interrupted') {
      const message = 'The server stopped while the order was being sent: the agent may have received it.';
      events.push(...(await applyTraceFact(tx, client, traceId, { fact: 'unanswered', message }, now)).events);
    }
    if (trace.jobId === null) {
      const jobId = await findKeptJobId(tx, { clientId, action: trace.action, since: trace.sentAt ?? now, parse });
      if (jobId !== null) events.push(...(await applyKeptReports(tx, { client, traceId, jobId, parse, now })));
    }
    if (answer.outcome !== 'interrupted') events.push(...(await followAnswer(tx, client, answer, now)));
    if (events.every(({ kind }) => kind === 'CLIENT_STATUS') && answer.outcome !== 'interrupted') {
      events.push(...(await weighAnswer(collaborators, tx, client, trace, answer, now)));
    }
    await appendEvents(tx, events);
  });
}

/** What the agent's own word on its jobs, or its silence, means for one trace. */
async function weighAnswer(
  { times, actionOfJob }: ReconcileCollaborators,
  tx: Transaction,
  client: ClientRow,
  trace: UnresolvedTrace,
  answer: AgentJobs,
  now: Date,
): Promise<EventDraft[]> {
  const apply = async (fact: TraceFact) => (await applyTraceFact(tx, client, trace.id, fact, now)).events;
  if (isPower(trace.action)) {
    const silentMs = now.getTime() - (trace.lastHeardAt ?? trace.sentAt ?? now).getTime();
    const sentMs = now.getTime() - (trace.sentAt ?? now).getTime();
    const goneSince = isMachineGone(answer) ? (trace.missingSince ?? now) : null;
    const isGoneForLong = goneSince !== null && now.getTime() - goneSince.getTime() >= times.forgottenAfterMs;
    const fact = judgePowerAnswer(trace.action, { ...trace, silentMs, sentMs, isGoneForLong }, answer);
    if (fact !== null) return apply(fact);
    await tx.trace.update({ where: { id: trace.id }, data: { missingSince: goneSince } });
    return [];
  }
  // An agent that fetched its order runs it beside those it was sent, and may not list it.
  const mayBeUnlisted = trace.jobId === null && trace.handedOverAt !== null;
  if (answer.outcome === 'jobs') {
    if (trace.jobId !== null && answer.jobIds.includes(trace.jobId)) {
      await tx.trace.update({ where: { id: trace.id }, data: { lastHeardAt: now, missingSince: null } });
      return [];
    }
    const candidates = answer.jobIds.filter((jobId) => actionOfJob(jobId) === trace.action);
    const adoptable = trace.jobId === null ? await findUnclaimedJob(tx, client.id, candidates) : null;
    if (adoptable !== null) return apply({ fact: 'accepted', jobId: adoptable });
  }
  if (answer.outcome === 'jobs' && !mayBeUnlisted) {
    if (trace.missingSince === null) {
      await tx.trace.update({ where: { id: trace.id }, data: { missingSince: now } });
      return [];
    }
    if (now.getTime() - trace.missingSince.getTime() >= times.forgottenAfterMs) {
      // The agent agreed to kill it, and has it no more: its word on that is all that is missing.
      if (trace.status === 'CANCELLING' && trace.killedAt !== null) {
        return apply({
          fact: 'killed',
          message: 'The agent had agreed to stop the job, and does not have it any more.',
        });
      }
      // It was asked to kill the job, and may be about to say that it has.
      const askedMs = now.getTime() - (trace.cancelAskedAt?.getTime() ?? 0);
      if (trace.status === 'CANCELLING' && askedMs < times.sendingLeaseMs) return [];
      if (trace.sentAt !== null && client.runningSince !== null && client.runningSince > trace.sentAt) {
        const message = 'The machine restarted while the job was in hand: how far it came is not known.';
        const events = await apply(diedWithMachine(trace.status, message));
        // What it was at was not known for a moment; now it is.
        return [...events, ...(await followAnswer(tx, client, answer, now))];
      }
      const message = 'The agent does not know the job any more and never said how it ended.';
      return apply({ fact: 'lost', reason: 'AGENT_FORGOT_JOB', message });
    }
    return [];
  }
  const lastSign = trace.lastHeardAt ?? trace.sentAt;
  if (lastSign !== null && now.getTime() - lastSign.getTime() >= times.silenceLimitMs) {
    return apply({
      fact: 'lost',
      reason: 'AGENT_SILENT',
      message: 'The agent was silent for too long: how the job ended is not known.',
    });
  }
  return [];
}

/** The one job the agent names that no trace of this client carries: with an order unanswered, that is the order's. */
async function findUnclaimedJob(tx: Transaction, clientId: string, jobIds: readonly string[]): Promise<string | null> {
  const claimed = await tx.trace.findMany({ where: { clientId, jobId: { in: [...jobIds] } }, select: { jobId: true } });
  const free = jobIds.filter((jobId) => !claimed.some((trace) => trace.jobId === jobId));
  return free.length === 1 ? (free[0] ?? null) : null;
}
