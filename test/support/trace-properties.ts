import fc from 'fast-check';
import type { TraceFact, TraceMove, TraceState, stepTrace } from '#domain/tracing/trace-machine.ts';
import { TRACE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { TraceStatus } from '#domain/tracing/trace-status.ts';

export type StepTrace = typeof stepTrace;

interface Moment {
  before: TraceState;
  fact: TraceFact;
  step: ReturnType<StepTrace>;
  after: TraceState;
}

const CLOSED: readonly TraceStatus[] = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'LOST'];
const JOBS = ['RestaurarImagen-dfa42888', 'RestaurarImagen-00000001'];

const percent = fc.integer({ min: 0, max: 100 });
const jobId = fc.constantFrom(...JOBS);
const message = fc.constantFrom('', 'some words');

function finishedOf(job: fc.Arbitrary<string>): fc.Arbitrary<Extract<TraceFact, { fact: 'finished' }>> {
  return fc.oneof(
    fc.record({ fact: fc.constant('finished' as const), jobId: job, succeeded: fc.constant(true as const) }),
    fc.record({ fact: fc.constant('finished' as const), jobId: job, succeeded: fc.constant(false as const), engineCode: fc.option(percent), message }),
  );
}

const progressOf = (job: fc.Arbitrary<string>): fc.Arbitrary<TraceFact> => fc.record({ fact: fc.constant('progress' as const), jobId: job, percent });
const lost: fc.Arbitrary<TraceFact> = fc.record({ fact: fc.constant('lost' as const), reason: fc.constantFrom('AGENT_RESTARTED', 'AGENT_FORGOT_JOB', 'AGENT_SILENT'), message });

const anyFact: fc.Arbitrary<TraceFact> = fc.oneof(
  fc.constant({ fact: 'sending' as const }),
  fc.record({ fact: fc.constant('accepted' as const), jobId }),
  fc.record({ fact: fc.constant('refused' as const), message }),
  fc.record({ fact: fc.constant('not-sent' as const), code: fc.constantFrom('AGENT_UNREACHABLE', 'AGENT_TLS_REJECTED'), message }),
  fc.record({ fact: fc.constant('unanswered' as const), message }),
  progressOf(jobId),
  finishedOf(jobId),
  lost,
);

/** Any status as a trace gets there: before the agent has answered there is neither a job's name nor progress. */
const anyState: fc.Arbitrary<TraceState> = fc
  .record({ status: fc.constantFrom(...TRACE_STATUSES), progress: percent, jobId })
  .map(({ status, ...rest }) => (['PENDING', 'SENDING', 'UNKNOWN'].includes(status) ? { status, progress: 0, jobId: null } : { status, ...rest }));

/** A history may start anywhere: CANCELLING and CANCELLED are reached by what is not a fact yet. */
const anyHistory = fc.tuple(anyState, fc.array(anyFact, { maxLength: 12 }));

function play(step: StepTrace, start: TraceState, facts: readonly TraceFact[]): { moments: Moment[]; end: TraceState } {
  const moments: Moment[] = [];
  let state = start;
  for (const fact of facts) {
    const before = Object.freeze({ ...state });
    const done = step(before, Object.freeze({ ...fact }));
    state = done.outcome === 'moved' ? done.state : state;
    moments.push({ before, fact, step: done, after: state });
  }
  return { moments, end: state };
}

/** The property that something holds at every moment of every history. */
function always(holds: (moment: Moment) => boolean) {
  return (step: StepTrace) => fc.property(anyHistory, ([start, facts]) => play(step, start, facts).moments.every(holds));
}

const isMove = (moment: Moment): moment is Moment & { step: TraceMove } => moment.step.outcome === 'moved';
const isClosed = ({ status }: TraceState): boolean => CLOSED.includes(status);

/** All that a job's agent, and whoever watches it, can say of it, in any order and any number; the end is among it. */
const shuffledReports = fc
  .record({ reports: fc.array(fc.oneof(progressOf(fc.constant(JOBS[0] ?? '')), lost), { maxLength: 6 }), finished: finishedOf(fc.constant(JOBS[0] ?? '')) })
  .chain(({ reports, finished }) =>
    fc.record({
      finished: fc.constant(finished),
      // Each report once or more: shuffledSubarray takes all of them, in any order.
      facts: fc
        .array(fc.constantFrom<TraceFact>(...reports, finished), { maxLength: 6 })
        .map((copies) => [...reports, finished, ...copies])
        .chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
    }),
  );

const startsWithJob = fc.constantFrom<TraceState>(
  { status: 'RUNNING', progress: 0, jobId: JOBS[0] ?? '' },
  { status: 'CANCELLING', progress: 0, jobId: JOBS[0] ?? '' },
  { status: 'UNKNOWN', progress: 0, jobId: null },
);

/** What must hold of any machine that calls itself a trace's. Each is made for a machine, so that wrong ones can be tried too. */
export const TRACE_PROPERTIES: readonly { name: string; property: (step: StepTrace) => fc.IPropertyWithHooks<[unknown, ...unknown[]]> | fc.IProperty<never> }[] = [];
