import { stepTrace } from '#domain/tracing/trace-machine.ts';
import type { TraceFact, TraceMove, TraceState } from '#domain/tracing/trace-machine.ts';
import type { StepTrace } from './trace-properties.ts';

interface TraceMutant {
  /** What is wrong with it, after «a machine where …». */
  name: string;
  step: StepTrace;
  /** The property that has to notice. */
  killedBy: string;
}

/** The real machine, but for the pairs of state and fact that `wrong` has a move for. */
function mutant(
  name: string,
  killedBy: string,
  wrong: (state: TraceState, fact: TraceFact) => Partial<TraceMove> | null,
): TraceMutant {
  return {
    name,
    killedBy,
    step: (state, fact) => {
      const changes = wrong(state, fact);
      if (changes === null) return stepTrace(state, fact);
      const error =
        changes.state?.status === 'FAILED' ? { code: 'ENGINE_FAILED' as const, engineCode: null, message: '' } : null;
      return { outcome: 'moved', kind: 'FINISHED', state, error, message: null, ...changes };
    },
  };
}

const hasEnded = ({ status }: TraceState): boolean =>
  status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELLED';

/** Machines each with one mistake that a busy person might make; the properties must reject them all. */
export const TRACE_MUTANTS: readonly TraceMutant[] = [
  mutant('a later result overwrites the first', 'a trace that has ended stays as it ended', (state, fact) =>
    hasEnded(state) && fact.fact === 'finished'
      ? { state: { ...state, status: fact.succeeded ? 'SUCCEEDED' : 'FAILED' } }
      : null,
  ),
  mutant('late progress reopens a trace', 'a trace that has ended stays as it ended', (state, fact) =>
    hasEnded(state) && fact.fact === 'progress' ? { kind: 'PROGRESS', state: { ...state, status: 'RUNNING' } } : null,
  ),
  mutant('a repeated result is a move', 'what is said twice moves the trace once', (state, fact) =>
    fact.fact === 'finished' && state.status === (fact.succeeded ? 'SUCCEEDED' : 'FAILED') ? { state } : null,
  ),
  mutant('progress that is already known is a move', 'what is said twice moves the trace once', (state, fact) =>
    fact.fact === 'progress' && state.status === 'RUNNING' && fact.percent === state.progress
      ? { kind: 'PROGRESS', state }
      : null,
  ),
  mutant('progress is whatever came last', 'progress never falls and never passes 100', (state, fact) =>
    fact.fact === 'progress' && state.status === 'RUNNING'
      ? { kind: 'PROGRESS', state: { ...state, progress: fact.percent } }
      : null,
  ),
  mutant(
    'the answer that comes late overwrites a lost trace',
    'a lost trace moves only by the job’s end, and says that this resolved it',
    (state, fact) =>
      fact.fact === 'accepted' && state.status === 'LOST'
        ? { kind: 'ACCEPTED', state: { ...state, status: 'RUNNING' } }
        : null,
  ),
  mutant(
    'what was not answered is sent again',
    'nothing leads back to PENDING, and only PENDING to SENDING',
    (state, fact) =>
      fact.fact === 'sending' && state.status === 'UNKNOWN'
        ? { kind: 'SENDING', state: { ...state, status: 'SENDING' } }
        : null,
  ),
  mutant(
    'a refusal puts the order back into the queue',
    'nothing leads back to PENDING, and only PENDING to SENDING',
    (state, fact) =>
      fact.fact === 'refused' && state.status === 'SENDING'
        ? { kind: 'REFUSED', state: { ...state, status: 'PENDING' } }
        : null,
  ),
  mutant('a second answer renames the job', 'the job’s name never changes', (state, fact) =>
    fact.fact === 'accepted' && state.status === 'RUNNING'
      ? { kind: 'ACCEPTED', state: { ...state, jobId: fact.jobId } }
      : null,
  ),
  mutant(
    'an order that may have arrived counts as refused',
    'how an order failed to arrive counts only while it is on its way',
    (state, fact) =>
      fact.fact === 'refused' && state.status === 'UNKNOWN'
        ? { kind: 'REFUSED', state: { ...state, status: 'FAILED' } }
        : null,
  ),
  mutant(
    'a lost job that succeeded keeps its error',
    'an error comes with FAILED and LOST, and with nothing else',
    (state, fact) =>
      fact.fact === 'finished' && fact.succeeded && state.status === 'LOST'
        ? {
            kind: 'RESOLVED',
            state: { ...state, status: 'SUCCEEDED', progress: 100 },
            error: { code: 'AGENT_SILENT', engineCode: null, message: '' },
          }
        : null,
  ),
  mutant(
    'a full 100 percent is taken for success',
    'the reports of a job that ended lead to one end, in any order and number',
    (state, fact) =>
      fact.fact === 'progress' && fact.percent === 100 && state.status === 'RUNNING'
        ? { state: { ...state, status: 'SUCCEEDED', progress: 100 } }
        : null,
  ),
  {
    name: 'a lost trace stays lost',
    killedBy: 'the reports of a job that ended lead to one end, in any order and number',
    step: (state, fact) => (state.status === 'LOST' ? { outcome: 'late' } : stepTrace(state, fact)),
  },
  {
    name: 'the result that overtakes the answer is dropped',
    killedBy: 'the reports of a job that ended lead to one end, in any order and number',
    step: (state, fact) =>
      state.status === 'UNKNOWN' && fact.fact === 'finished' ? { outcome: 'late' } : stepTrace(state, fact),
  },
  {
    name: 'the caller’s state is changed in place',
    killedBy: 'progress never falls and never passes 100',
    step: (state, fact) => {
      const step = stepTrace(state, fact);
      return step.outcome === 'moved' ? { ...step, state: Object.assign(state, step.state) } : step;
    },
  },
];
