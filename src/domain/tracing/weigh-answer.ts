import { followAnswer } from '#domain/inventory/follow-answer.ts';
import type { ClientRow } from '#domain/inventory/set-client-status.ts';
import type { Action } from '#domain/operations/action.ts';
import type { AgentJobs } from '#domain/operations/agent-gateway.ts';
import { isMachineGone, isPower, judgePowerAnswer } from '#domain/operations/power-actions.ts';
import type { Transaction } from '#domain/storage.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { applyTraceFact } from './apply-trace-fact.ts';
import type { EventDraft } from './event.ts';
import { findPassed } from './job-deadlines.ts';
import type { JobDeadlines } from './job-deadlines.ts';
import { diedWithMachine, gaveUp } from './trace-machine.ts';
import type { TraceFact } from './trace-machine.ts';
import { isFinal } from './trace-status.ts';

export interface WeighTimes {
  /** How long a sender may hold a trace in SENDING; longer than any call to an agent can take. */
  sendingLeaseMs: number;
  /** How long an agent must deny a job before it counts as forgotten: a last report may still be on its way. */
  forgottenAfterMs: number;
}

export interface Weighing {
  /** The action that a job of this name carries out; null for names we do not know. */
  actionOfJob: (jobId: string) => Action | null;
  /** After what time a job is given up. */
  deadlines: JobDeadlines;
}

/** What is weighed against the agent's word. */
export const UNRESOLVED = {
  id: true,
  action: true,
  status: true,
  progress: true,
  jobId: true,
  sentAt: true,
  startedAt: true,
  lastHeardAt: true,
  missingSince: true,
  killedAt: true,
  cancelAskedAt: true,
  cancellingSince: true,
  handedOverAt: true,
} as const satisfies Prisma.TraceSelect;

type UnresolvedTrace = Prisma.TraceGetPayload<{ select: typeof UNRESOLVED }>;

/** What the agent's own word on its jobs, or its silence, means for one trace. */
export async function weighAnswer(
  { times, actionOfJob, deadlines }: Weighing & { times: WeighTimes },
  tx: Transaction,
  client: ClientRow,
  trace: UnresolvedTrace,
  answer: AgentJobs,
  now: Date,
): Promise<EventDraft[]> {
  const apply = async (fact: TraceFact) => (await applyTraceFact(tx, client, trace.id, fact, now)).events;
  // It ended while its agent was asked: what was said of it then is history.
  if (isFinal(trace.status)) return [];
  const passed = findPassed(trace, deadlines, now);
  if (isPower(trace.action)) {
    const sentMs = now.getTime() - (trace.sentAt ?? now).getTime();
    const goneSince = isMachineGone(answer) ? (trace.missingSince ?? now) : null;
    const isGoneForLong = goneSince !== null && now.getTime() - goneSince.getTime() >= times.forgottenAfterMs;
    const fact = judgePowerAnswer(trace.action, { ...trace, sentMs, isGoneForLong }, answer, passed);
    if (fact !== null) return apply(fact);
    await tx.trace.update({ where: { id: trace.id }, data: { missingSince: goneSince } });
    return [];
  }
  // An agent that fetched its order runs it beside those it was sent, and may not list it.
  const mayBeUnlisted = trace.jobId === null && trace.handedOverAt !== null;
  if (answer.outcome === 'jobs') {
    if (trace.jobId !== null && answer.jobIds.includes(trace.jobId)) {
      await tx.trace.update({ where: { id: trace.id }, data: { lastHeardAt: now, missingSince: null } });
      // Its word puts off every deadline that is about silence, and no other.
      const stillPassed = findPassed({ ...trace, lastHeardAt: now }, deadlines, now);
      return stillPassed === null ? [] : apply(gaveUp(stillPassed));
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
  return passed === null ? [] : apply(gaveUp(passed));
}

/** The one job the agent names that no trace of this client carries: with an order unanswered, that is the order's. */
async function findUnclaimedJob(tx: Transaction, clientId: string, jobIds: readonly string[]): Promise<string | null> {
  const claimed = await tx.trace.findMany({ where: { clientId, jobId: { in: [...jobIds] } }, select: { jobId: true } });
  const free = jobIds.filter((jobId) => !claimed.some((trace) => trace.jobId === jobId));
  return free.length === 1 ? (free[0] ?? null) : null;
}
