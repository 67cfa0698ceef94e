import pLimit from 'p-limit';
import { lockClient } from '#domain/inventory/set-client-status.ts';
import type { Storage } from '#domain/storage.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import { applyTraceFact } from '#domain/tracing/apply-trace-fact.ts';
import type { TraceFact } from '#domain/tracing/trace-machine.ts';
import { isFinal } from '#domain/tracing/trace-status.ts';
import type { TraceStatus } from '#domain/tracing/trace-status.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { AgentGateway, AgentTarget, KillOutcome } from './agent-gateway.ts';
import { findFailure } from './session-status.ts';

/**
 * What became of the wish that a job should end.
 *
 * `cancelled`: it is over, by that. `cancelling`: its agent was asked, or will be once it has given the job a name; the trace tells what
 * came of it. `already-finished`: it was over. `unreachable`, `refused`: it goes on as before.
 */
export type CancelOutcome =
  | { outcome: 'cancelled' | 'cancelling' | 'already-finished' }
  | { outcome: 'unreachable' | 'refused'; message: string };

export type CancelReason = Extract<TraceFact, { fact: 'cancel-asked' }>['error'];

export interface CancelOptions {
  /** Why, where that is no person’s wish. */
  reason?: CancelReason;
  /** Only where nothing was sent: what runs is left to run. */
  onlyPending?: boolean;
  /** Only where the wish is on record already and has not been answered meanwhile. */
  onlyIfAsked?: boolean;
}

/** Resolves when the agent has answered, or need not be asked. */
export type CancelTrace = (traceId: string, options?: CancelOptions) => Promise<CancelOutcome>;

/** Resolves when the wish is on record; what the agent says to it is written down whether or not anybody waits for it. */
export type BeginCancel = (
  traceId: string,
  options?: CancelOptions,
) => Promise<{ known: CancelOutcome } | { asked: Promise<CancelOutcome> }>;

export interface Cancels {
  beginCancel: BeginCancel;
  cancelTrace: CancelTrace;
  /** Waits until no agent is being asked. */
  settle: () => Promise<void>;
}

/** A job whose agent is to be asked. */
interface Killable {
  jobId: string;
  agent: AgentTarget;
}

/** How many agents are asked at once to kill a job: a room that hangs must not keep the next one from being asked. */
const AGENTS_AT_ONCE = 32;

/**
 * Cancels traces: at once where nothing was sent yet, else by asking the agent to stop the job. Says CANCELLED only when that is known.
 *
 * CANCELLING is committed before the agent is asked; a crash in between leaves a trace whose agent is asked again (see
 * {@link createDriveCancels}). An agent that could not be asked, or will not, leaves the trace as it was.
 */
export function createCancels({
  db,
  agents,
  clock,
  log,
}: {
  db: Storage;
  agents: AgentGateway;
  clock: Clock;
  log: Logger;
}): Cancels {
  const atOnce = pLimit(AGENTS_AT_ONCE);
  const asking = new Map<string, Promise<CancelOutcome>>();

  /** One agent is not asked twice at once about one job. Never fails: what could not be written down is asked again later. */
  function ask(traceId: string, { agent, jobId }: Killable): Promise<CancelOutcome> {
    const inHand = asking.get(traceId);
    if (inHand !== undefined) return inHand;
    const asked = atOnce(async () => conclude(db, clock, traceId, agent.clientId, await agents.kill(agent, jobId)))
      .catch((error: unknown): CancelOutcome => {
        log.error({ err: error, traceId }, 'cannot write down what became of a cancelled job; asking again');
        return { outcome: 'cancelling' };
      })
      .finally(() => asking.delete(traceId));
    asking.set(traceId, asked);
    return asked;
  }

  const beginCancel: BeginCancel = async (traceId, options = {}) => {
    const begun = await begin(db, clock, traceId, options);
    return 'outcome' in begun ? { known: begun } : { asked: ask(traceId, begun) };
  };

  return {
    beginCancel,
    cancelTrace: async (traceId, options) => {
      const begun = await beginCancel(traceId, options);
      return 'known' in begun ? begun.known : begun.asked;
    },
    settle: async () => {
      while (asking.size > 0) await Promise.all(asking.values());
    },
  };
}

async function begin(
  db: Storage,
  clock: Clock,
  traceId: string,
  { reason, onlyPending = false, onlyIfAsked = false }: CancelOptions,
): Promise<CancelOutcome | Killable> {
  const { clientId } = await db.trace.findUniqueOrThrow({ where: { id: traceId }, select: { clientId: true } });
  return db.$transaction(async (tx) => {
    const now = clock.now();
    const client = await lockClient(tx, clientId);
    const trace = await tx.trace.findUniqueOrThrow({
      where: { id: traceId },
      select: {
        status: true,
        action: true,
        jobId: true,
        agentIp: true,
        cancelAskedAt: true,
        killedAt: true,
        client: { select: { agentCertificateSha256: true, agentVersion: true } },
        session: { select: { status: true, errorMessage: true } },
      },
    });
    const { status, jobId, agentIp } = trace;
    const why = reason ?? findFailure(trace.session);
    if (isFinal(status)) return { outcome: status === 'CANCELLED' ? 'cancelled' : 'already-finished' };
    if (onlyPending && status !== 'PENDING') return { outcome: 'refused', message: 'The order was sent meanwhile.' };
    if (onlyIfAsked && trace.cancelAskedAt === null) return { outcome: 'refused', message: 'The agent has answered.' };
    if (trace.action === 'POWER_ON' && status !== 'PENDING') {
      return { outcome: 'refused', message: 'A packet that was sent cannot be called back.' };
    }
    const { events } = await applyTraceFact(
      tx,
      client,
      traceId,
      { fact: 'cancel-asked', ...(why === undefined ? {} : { error: why }) },
      now,
    );
    if (status !== 'PENDING') {
      // An agent may be asked again, but what it has agreed to stands.
      const killedAt = status === 'CANCELLING' ? trace.killedAt : null;
      await tx.trace.update({ where: { id: traceId }, data: { cancelAskedAt: now, killedAt } });
    }
    await appendEvents(tx, events);
    if (status === 'PENDING') return { outcome: 'cancelled' };
    // Without a name the agent cannot be told which job is meant: it is asked as soon as the job has one.
    if (jobId === null) return { outcome: 'cancelling' };
    const { agentCertificateSha256: certificateSha256, agentVersion } = trace.client;
    return { jobId, agent: { clientId, ip: agentIp, certificateSha256, agentVersion } };
  });
}

async function conclude(
  db: Storage,
  clock: Clock,
  traceId: string,
  clientId: string,
  answer: KillOutcome,
): Promise<CancelOutcome> {
  return db.$transaction(async (tx) => {
    const now = clock.now();
    const client = await lockClient(tx, clientId);
    const { killedAt } = await tx.trace.findUniqueOrThrow({ where: { id: traceId }, select: { killedAt: true } });
    // Once it has agreed, its job ends at any moment, and it refuses whoever asks again to end what it does not have any more.
    const isDying = killedAt !== null && answer.outcome !== 'killed';
    const fact = isDying ? null : toFact(answer);
    const events = fact === null ? [] : (await applyTraceFact(tx, client, traceId, fact, now)).events;
    if (answer.outcome === 'asked') {
      await tx.trace.update({ where: { id: traceId }, data: { cancelAskedAt: now, killedAt: now } });
    }
    // It may have ended, or been killed, while the agent answered.
    const { status } = await tx.trace.findUniqueOrThrow({ where: { id: traceId }, select: { status: true } });
    await appendEvents(tx, events);
    if (isFinal(status)) return { outcome: endOf(status) };
    if (isDying) return { outcome: 'cancelling' };
    if (answer.outcome === 'not-sent') return { outcome: 'unreachable', message: answer.message };
    if (answer.outcome === 'refused') return { outcome: 'refused', message: answer.message };
    return { outcome: 'cancelling' };
  });
}

function toFact(answer: KillOutcome): TraceFact | null {
  switch (answer.outcome) {
    case 'killed':
      return { fact: 'killed', message: 'The agent killed the job.' };
    case 'refused':
    case 'not-sent':
      return { fact: 'cancel-failed', message: answer.message };
    case 'asked':
      // Another server may have been refused, just before, what was agreed to here.
      return { fact: 'cancel-asked' };
    case 'unknown':
      return null;
  }
}

/** How a wish ended, where the job has. */
export function endOf(status: TraceStatus): 'cancelled' | 'already-finished' {
  return status === 'CANCELLED' ? 'cancelled' : 'already-finished';
}
