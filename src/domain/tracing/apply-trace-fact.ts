import type { ClientStatus } from '#domain/inventory/client-status.ts';
import { setClientStatus } from '#domain/inventory/set-client-status.ts';
import type { ClientRow } from '#domain/inventory/set-client-status.ts';
import type { Action } from '#domain/operations/action.ts';
import { lockOperation } from '#domain/operations/lock-operation.ts';
import { settleFailedCapture } from '#domain/operations/settle-image.ts';
import { parseTraceInput } from '#domain/operations/trace-input.ts';
import type { Transaction } from '#domain/storage.ts';
import type { EventDraft } from './event.ts';
import { diedWithMachine, stepTrace } from './trace-machine.ts';
import type { TraceFact, TraceMove, TraceStep } from './trace-machine.ts';
import { ACTIVE_STATUSES, SENT_STATUSES, isFinal } from './trace-status.ts';
import type { TraceStatus } from './trace-status.ts';

const TRACE_STATE = {
  id: true,
  operationId: true,
  clientId: true,
  action: true,
  status: true,
  progress: true,
  jobId: true,
  startedAt: true,
} as const;

/** Whether the agent itself spoke: only then was the trace heard of. */
const HEARD = new Set<TraceFact['fact']>(['accepted', 'refused', 'progress', 'finished', 'killed']);

/**
 * Applies one fact to one trace, with everything that follows from it: the client's state and the end of the operation.
 *
 * Runs in the caller's transaction, with the client's row locked by it. The events are returned, not appended, because
 * appending comes last (see {@link appendEvents}); a fact that changes nothing returns none, or the one that says that
 * a closed trace was contradicted.
 */
export async function applyTraceFact(
  tx: Transaction,
  client: ClientRow,
  traceId: string,
  fact: TraceFact,
  now: Date,
): Promise<{ step: TraceStep; events: EventDraft[] }> {
  const trace = await tx.trace.findUniqueOrThrow({ where: { id: traceId }, select: TRACE_STATE });
  const step = stepTrace(trace, fact);
  const { action } = trace;
  const about = {
    traceId,
    operationId: trace.operationId,
    clientId: client.id,
    roomId: client.roomId,
    action: trace.action,
  };

  if (step.outcome !== 'moved') {
    // Late or not, the agent speaks: it is not silent.
    if (HEARD.has(fact.fact) && !isFinal(trace.status)) {
      await tx.trace.update({ where: { id: traceId }, data: { lastHeardAt: now, missingSince: null } });
    }
    if (step.outcome !== 'contradiction') return { step, events: [] };
    const said = fact.fact === 'finished' && fact.succeeded ? 'finished successfully' : 'failed';
    const message = `The agent reported that the job ${said} after the trace had ended.`;
    return {
      step,
      events: [{ ...about, kind: 'LATE_REPORT', traceStatus: trace.status, progress: trace.progress, message }],
    };
  }

  const { state, error } = step;
  // The operation before its traces: clients of one operation that end at the same time must take turns, and in one order of locks.
  if (isFinal(state.status)) await lockOperation(tx, trace.operationId);
  await tx.trace.update({
    where: { id: traceId },
    data: {
      ...state,
      ...(step.keepsError === true
        ? {}
        : {
            errorCode: error?.code ?? null,
            errorEngineCode: error?.engineCode ?? null,
            errorMessage: error?.message ?? null,
          }),
      ...(HEARD.has(fact.fact) ? { lastHeardAt: now, missingSince: null } : {}),
      ...(fact.fact === 'sending' ? { sentAt: now } : {}),
      ...(state.status === 'RUNNING' && trace.startedAt === null ? { startedAt: now } : {}),
      ...(isFinal(state.status) ? { finishedAt: now } : {}),
      ...(step.kind === 'CANCEL_FAILED' ? { cancelAskedAt: null, killedAt: null } : {}),
    },
  });
  const events: EventDraft[] = [
    { ...about, kind: step.kind, traceStatus: state.status, progress: state.progress, message: step.message },
    ...(await followClient(tx, client, trace, step, now)),
  ];
  if (action === 'CREATE_IMAGE' && isFinal(state.status)) {
    const { input } = await tx.trace.findUniqueOrThrow({ where: { id: traceId }, select: { input: true } });
    const order = parseTraceInput(action, input);
    const hasRun = step.kind !== 'NOT_SENT' && step.kind !== 'REFUSED' && trace.status !== 'PENDING';
    if (order.action === 'CREATE_IMAGE') await settleFailedCapture(tx, order, { status: state.status, hasRun });
  }
  if (action === 'POWER_OFF' && state.status === 'SUCCEEDED') events.push(...(await closeJobsBelow(tx, client, now)));
  if (isFinal(state.status)) await finishOperation(tx, trace.operationId, now);
  return { step, events };
}

/** What a machine had in hand when it was switched off died with it. */
async function closeJobsBelow(tx: Transaction, client: ClientRow, now: Date): Promise<EventDraft[]> {
  const jobs = await tx.trace.findMany({
    where: { clientId: client.id, status: { in: [...SENT_STATUSES] } },
    select: { id: true, status: true },
  });
  const events: EventDraft[] = [];
  for (const { id, status } of jobs) {
    const message = 'The machine was switched off while the job was in hand: how far it came is not known.';
    events.push(...(await applyTraceFact(tx, client, id, diedWithMachine(status, message), now)).events);
  }
  return events;
}

/** What a trace's move says about the machine it runs on. */
async function followClient(
  tx: Transaction,
  client: ClientRow,
  { action, status: from }: { action: Action; status: TraceStatus },
  { state, error }: TraceMove,
  now: Date,
): Promise<EventDraft[]> {
  const isOff = action === 'POWER_OFF' && state.status === 'SUCCEEDED';
  const status = isOff ? 'OFF' : clientStatusAfter(client.status, from, state.status, error?.code);
  if (status === null) return [];
  if (client.status === 'BUSY' && status === 'OGLIVE' && (await hasJobInHand(tx, client.id))) return [];
  const isHeard = status !== 'DISCONNECTED' && !isOff && state.status !== 'LOST';
  return setClientStatus(tx, client, status, { at: now, isHeard, ...(isOff ? { ended: 'SWITCHED_OFF' } : {}) });
}

function clientStatusAfter(
  current: ClientStatus,
  from: TraceStatus,
  to: TraceStatus,
  errorCode: string | undefined,
): ClientStatus | null {
  if (to === 'RUNNING' && current === 'OGLIVE') return 'BUSY';
  if (errorCode === 'AGENT_UNREACHABLE') return 'DISCONNECTED';
  // A trace that was LOST already let its client go; what that machine does now, its own reports say.
  // One that was never sent, or refused, says nothing of the job that the client is busy with.
  const hasEnded = (to === 'SUCCEEDED' || to === 'FAILED' || to === 'CANCELLED') && isSent(from);
  if (hasEnded && current === 'BUSY') return 'OGLIVE';
  // The job was given up without a word from the agent: nobody knows what that machine is doing.
  if (to === 'LOST' && current === 'BUSY' && errorCode !== 'AGENT_FORGOT_JOB') return 'UNKNOWN';
  if (to === 'LOST' && current === 'BUSY') return 'OGLIVE';
  // Nothing was heard of it since it was last said to be there: it is asked again until it answers.
  if (to === 'LOST' && current === 'OGLIVE' && errorCode === 'AGENT_SILENT') return 'DISCONNECTED';
  return null;
}

function isSent(status: TraceStatus): boolean {
  return SENT_STATUSES.some((sent) => sent === status);
}

/** An order that passes in front of a job leaves its client busy with that job. */
async function hasJobInHand(tx: Transaction, clientId: string): Promise<boolean> {
  return (await tx.trace.count({ where: { clientId, status: { in: [...SENT_STATUSES] } } })) > 0;
}

/** Call it with the operation locked: else each of two that end at once might see the other still at work. */
async function finishOperation(tx: Transaction, operationId: string, now: Date): Promise<void> {
  const active = await tx.trace.count({ where: { operationId, status: { in: [...ACTIVE_STATUSES] } } });
  if (active === 0) {
    await tx.operation.updateMany({ where: { id: operationId, finishedAt: null }, data: { finishedAt: now } });
  }
}
