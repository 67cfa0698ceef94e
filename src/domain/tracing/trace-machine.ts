import type { AgentNotSentCode } from '#domain/operations/agent-gateway.ts';
import type { EventKind } from './event.ts';
import { isFinal } from './trace-status.ts';
import type { TraceStatus } from './trace-status.ts';

/** What a trace's next step depends on, and nothing else. */
export interface TraceState {
  status: TraceStatus;
  progress: number;
  jobId: string | null;
}

export interface TraceError {
  code: TraceErrorCode;
  /** ogAgent's own number for the failure, as its engine documents it. */
  engineCode: number | null;
  message: string;
}

const TRACE_ERROR_CODES = [
  'AGENT_UNREACHABLE',
  'AGENT_TLS_REJECTED',
  'AGENT_CERTIFICATE_CHANGED',
  'AGENT_ADDRESS_NOT_ALLOWED',
  'AGENT_METHOD_UNSUPPORTED',
  'AGENT_SECRET_UNKNOWN',
  'ORDER_OUTDATED',
  'AGENT_REFUSED',
  'ENGINE_FAILED',
  'AGENT_RESTARTED',
  'AGENT_FORGOT_JOB',
  'AGENT_SILENT',
  'AGENT_DID_NOT_ACT',
  'STARTED_OTHERWISE',
  'PACKET_NOT_SENT',
  'REPOSITORY_UNREACHABLE',
  'REPOSITORY_REFUSED',
  'JOB_KILLED',
  'WAVES_STOPPED',
  'DATABASE_RESTORED',
  'TRANSFER_FAILED',
] as const;

export type TraceErrorCode = (typeof TRACE_ERROR_CODES)[number];

export type LostReason = Extract<TraceErrorCode, 'AGENT_RESTARTED' | 'AGENT_FORGOT_JOB' | 'AGENT_SILENT'>;

/** Something that was done to a job or heard of it. */
export type TraceFact =
  | { fact: 'sending' }
  /** The job has no name where no agent gave it one: a packet that went out to switch a machine on. */
  | { fact: 'accepted'; jobId: string | null }
  | { fact: 'refused'; code?: 'REPOSITORY_REFUSED'; message: string }
  | { fact: 'not-sent'; code: AgentNotSentCode; message: string }
  | { fact: 'unanswered'; message: string }
  | { fact: 'progress'; jobId: string | null; percent: number }
  | { fact: 'finished'; jobId: string | null; succeeded: true }
  | {
      fact: 'finished';
      jobId: string | null;
      succeeded: false;
      /** ENGINE_FAILED where nothing is said. */
      code?: TraceErrorCode;
      engineCode: number | null;
      message: string;
    }
  | { fact: 'lost'; reason: LostReason; message: string }
  /** Somebody wants it to end; `error` where that was not a person's wish. */
  | { fact: 'cancel-asked'; error?: Omit<TraceError, 'engineCode'> }
  /** The agent could not be asked to stop it, or would not. */
  | { fact: 'cancel-failed'; message: string }
  /** The job is dead: its agent says so, or the machine that ran it is off. */
  | { fact: 'killed'; message: string };

/** What it means for a job that its machine went off, or started anew: cancelled where that was wanted, else nobody knows. */
export function diedWithMachine(status: TraceStatus, message: string): TraceFact {
  return status === 'CANCELLING' ? { fact: 'killed', message } : { fact: 'lost', reason: 'AGENT_RESTARTED', message };
}

export interface TraceMove {
  outcome: 'moved';
  kind: EventKind;
  state: TraceState;
  /** Null clears an earlier error: a LOST trace that turns out to have succeeded. */
  error: TraceError | null;
  /** Set where the error that stands already says why it came to this. */
  keepsError?: boolean;
  message: string | null;
}

/**
 * `repeat`: already known. `late`: the trace is closed, or further on. `contradiction`: late, and it says something else
 * than what the trace ended with, which somebody should see.
 */
export type TraceStep = TraceMove | { outcome: 'repeat' | 'late' | 'contradiction' };

const LATE = { outcome: 'late' } as const;
const REPEAT = { outcome: 'repeat' } as const;

/**
 * The whole life of a trace as one pure function: what a fact does to a state.
 *
 * Facts may come in any order, several times, or never. Final states absorb everything, but for LOST, which one honest
 * «finished» may still settle. Progress only grows. Nothing leads back to PENDING or SENDING: what may have been sent is
 * never sent again.
 */
export function stepTrace(state: TraceState, fact: TraceFact): TraceStep {
  switch (fact.fact) {
    case 'sending':
      return state.status === 'PENDING' ? move(state, 'SENDING', 'SENDING') : LATE;
    case 'accepted':
      return state.status === 'SENDING' || (state.status === 'UNKNOWN' && state.jobId === null)
        ? move({ ...state, jobId: fact.jobId }, 'RUNNING', 'ACCEPTED')
        : LATE;
    case 'refused':
      return state.status === 'SENDING'
        ? move(state, 'FAILED', 'REFUSED', {
            code: fact.code ?? 'AGENT_REFUSED',
            engineCode: null,
            message: fact.message,
          })
        : LATE;
    case 'not-sent':
      return state.status === 'SENDING'
        ? move(state, 'FAILED', 'NOT_SENT', { code: fact.code, engineCode: null, message: fact.message })
        : LATE;
    case 'unanswered':
      return state.status === 'SENDING' ? { ...move(state, 'UNKNOWN', 'UNANSWERED'), message: fact.message } : LATE;
    case 'progress':
      return stepProgress(state, fact);
    case 'finished':
      return stepFinished(state, fact);
    case 'lost':
      return state.status === 'PENDING' || isFinal(state.status)
        ? LATE
        : move(state, 'LOST', 'LOST', { code: fact.reason, engineCode: null, message: fact.message });
    case 'cancel-asked': {
      const error = fact.error === undefined ? null : { ...fact.error, engineCode: null };
      if (state.status === 'PENDING') return move(state, 'CANCELLED', 'CANCELLED', error);
      return state.status === 'RUNNING' ? move(state, 'CANCELLING', 'CANCELLING', error) : LATE;
    }
    case 'cancel-failed':
      return state.status === 'CANCELLING'
        ? { ...move(state, 'RUNNING', 'CANCEL_FAILED'), message: fact.message }
        : LATE;
    case 'killed':
      return stepKilled(state, fact);
  }
}

/** Cancelled where that was asked for; where it was not, somebody else killed it and it failed. */
function stepKilled(state: TraceState, { message }: Extract<TraceFact, { fact: 'killed' }>): TraceStep {
  if (state.status === 'CANCELLING') return { ...move(state, 'CANCELLED', 'CANCELLED'), keepsError: true };
  if (state.status === 'CANCELLED') return REPEAT;
  if (state.status !== 'RUNNING' && state.status !== 'UNKNOWN' && state.status !== 'LOST') return LATE;
  const kind = state.status === 'LOST' ? 'RESOLVED' : 'FINISHED';
  return move(state, 'FAILED', kind, { code: 'JOB_KILLED', engineCode: null, message });
}

function stepProgress(state: TraceState, fact: Extract<TraceFact, { fact: 'progress' }>): TraceStep {
  if (state.status === 'UNKNOWN') {
    return move({ ...state, jobId: fact.jobId, progress: fact.percent }, 'RUNNING', 'ADOPTED');
  }
  if (state.status !== 'RUNNING' && state.status !== 'CANCELLING') return LATE;
  if (fact.percent === state.progress) return REPEAT;
  return fact.percent > state.progress ? move({ ...state, progress: fact.percent }, state.status, 'PROGRESS') : LATE;
}

function stepFinished(state: TraceState, fact: Extract<TraceFact, { fact: 'finished' }>): TraceStep {
  const status = fact.succeeded ? 'SUCCEEDED' : 'FAILED';
  if (state.status === status) return REPEAT;
  if (state.status === 'SUCCEEDED' || state.status === 'FAILED' || state.status === 'CANCELLED') {
    return { outcome: 'contradiction' };
  }
  if (state.status === 'PENDING' || state.status === 'SENDING') return LATE;
  const error: TraceError | null = fact.succeeded
    ? null
    : { code: fact.code ?? 'ENGINE_FAILED', engineCode: fact.engineCode, message: fact.message };
  const progress = fact.succeeded ? 100 : state.progress;
  return move(
    { ...state, jobId: state.jobId ?? fact.jobId, progress },
    status,
    state.status === 'LOST' ? 'RESOLVED' : 'FINISHED',
    error,
  );
}

function move(state: TraceState, status: TraceStatus, kind: EventKind, error: TraceError | null = null): TraceMove {
  return { outcome: 'moved', kind, state: { ...state, status }, error, message: error?.message ?? null };
}
