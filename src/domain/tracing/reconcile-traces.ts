import pLimit from 'p-limit';
import { followAnswer } from '#domain/inventory/follow-answer.ts';
import { lockClient } from '#domain/inventory/set-client-status.ts';
import type { AgentGateway, AgentJobs } from '#domain/operations/agent-gateway.ts';
import type { DispatchQueue } from '#domain/operations/dispatch-queue.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { appendEvents } from './append-events.ts';
import { applyTraceFact } from './apply-trace-fact.ts';
import type { EventDraft } from './event.ts';
import { isInHand, unheardWhere } from './find-unheard.ts';
import { applyKeptReports, findKeptJobId } from './kept-reports.ts';
import type { ParseKeptReport } from './kept-reports.ts';
import { createTurns } from './turns.ts';
import { UNRESOLVED, weighAnswer } from './weigh-answer.ts';
import type { WeighTimes, Weighing } from './weigh-answer.ts';

export interface ReconcileTimes extends WeighTimes {
  /** Silence after which an agent is asked for its jobs. */
  askAfterMs: number;
  /** The same for a job that switches the machine off, on or over: its silence is the answer. */
  askPowerAfterMs: number;
}

export const RECONCILE_TIMES: Omit<ReconcileTimes, 'sendingLeaseMs'> = {
  askAfterMs: 2 * 60_000,
  askPowerAfterMs: 5000,
  forgottenAfterMs: 15_000,
};

export interface ReconcileCollaborators extends Weighing {
  db: Storage;
  agents: AgentGateway;
  queue: DispatchQueue;
  clock: Clock;
  log: Logger;
  parseKeptReport: ParseKeptReport;
  times: ReconcileTimes;
}

/** How long a PENDING trace that was handed to the queue again is left to it. */
const ENQUEUE_AGAIN_MS = 10 * 60_000;

/** How long one pass goes on asking agents. A house that does not answer must not keep the next pass from beginning. */
const ASKING_MS = 60_000;

/** `restarted`: this process has just started, so it cannot know what was said while no server ran. */
export type ReconcileTraces = (options?: { restarted?: boolean; onlyServer?: boolean }) => Promise<void>;

/**
 * Finds every trace whose job nobody is looking after any more and brings it to the truth.
 *
 * Works on what is stored, never on what was missed, so it may run at any time, twice at once, on several servers. A PENDING
 * trace is handed to the queue again (harmless: only one sender can claim it). One that was being sent when its server died
 * becomes UNKNOWN and is never sent again. A running one is checked with its agent, and closed as LOST when the agent does
 * not know it, or a deadline of its has passed and the agent's word does not put that off.
 */
export function createReconcileTraces(collaborators: ReconcileCollaborators): ReconcileTraces {
  const { db, clock, log, queue, times } = collaborators;
  const atOnce = pLimit(16);
  /** When this process last handed a trace to the queue again: while its turn has not come, once is enough. */
  const enqueuedAt = new Map<string, number>();
  const turns = createTurns();

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

    // A process that has just started cannot know what was said while no server ran.
    const unresolved = await db.trace.findMany({
      where: restarted ? isInHand : unheardWhere(collaborators.deadlines, times, clock.now()),
      select: { ...select, agentIp: true, client: { select: { agentCertificateSha256: true, agentVersion: true } } },
    });
    const inTurn = turns.order(unresolved);
    const started = performance.now();
    await Promise.all(
      inTurn.map((trace) =>
        atOnce(async () => {
          if (!restarted && performance.now() - started > ASKING_MS) return;
          turns.took(trace);
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
    const trace = await tx.trace.findUniqueOrThrow({ where: { id: traceId }, select: UNRESOLVED });
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
