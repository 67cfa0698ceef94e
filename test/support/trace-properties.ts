import fc from 'fast-check';
import type { TraceFact, TraceState, stepTrace } from '#domain/tracing/trace-machine.ts';
import { TRACE_STATUSES } from '#domain/tracing/trace-status.ts';

export type StepTrace = typeof stepTrace;

interface History {
  start: TraceState;
  facts: readonly TraceFact[];
}

interface Moment {
  before: TraceState;
  fact: TraceFact;
  step: ReturnType<StepTrace>;
  after: TraceState;
}

interface TraceProperty {
  name: string;
  /** Made for a machine, so that wrong ones can be tried too. */
  property: (step: StepTrace) => fc.IPropertyWithHooks<[History]>;
}

const JOBS = ['RestaurarImagen-dfa42888', 'RestaurarImagen-00000001'] as const;

const percent = fc.integer({ min: 0, max: 100 });
const message = fc.constantFrom('', 'some words');
const anyJob = fc.constantFrom(...JOBS);
const oneJob = fc.constant(JOBS[0]);

type Job = fc.Arbitrary<string>;
const fact = <T extends TraceFact['fact']>(name: T) => fc.constant(name);

const progressOf = (jobId: Job): fc.Arbitrary<TraceFact> => fc.record({ fact: fact('progress'), jobId, percent });
const finishedOf = (jobId: Job): fc.Arbitrary<TraceFact> =>
  fc.oneof(
    fc.record({ fact: fact('finished'), jobId, succeeded: fc.constant(true as const) }),
    fc.record({
      fact: fact('finished'),
      jobId,
      succeeded: fc.constant(false as const),
      engineCode: fc.option(percent),
      message,
    }),
  );
const lost: fc.Arbitrary<TraceFact> = fc.record({
  fact: fact('lost'),
  reason: fc.constantFrom('AGENT_RESTARTED', 'AGENT_FORGOT_JOB', 'AGENT_SILENT'),
  message,
});
const anyFact: fc.Arbitrary<TraceFact> = fc.oneof(
  fc.record({ fact: fact('sending') }),
  fc.record({ fact: fact('accepted'), jobId: anyJob }),
  fc.record({ fact: fact('refused'), message }),
  fc.record({ fact: fact('not-sent'), code: fc.constantFrom('AGENT_UNREACHABLE', 'AGENT_TLS_REJECTED'), message }),
  fc.record({ fact: fact('unanswered'), message }),
  progressOf(anyJob),
  finishedOf(anyJob),
  lost,
);

/** Any status as a trace gets there: before the agent has answered there is neither a job's name nor progress. */
const anyState: fc.Arbitrary<TraceState> = fc
  .record({ status: fc.constantFrom(...TRACE_STATUSES), progress: percent, jobId: anyJob })
  .map(({ status, ...known }) =>
    status === 'PENDING' || status === 'SENDING' || status === 'UNKNOWN'
      ? { status, progress: 0, jobId: null }
      : { status, ...known },
  );

/** Starts anywhere: CANCELLING and CANCELLED are reached by what is not a fact of the machine yet. */
const anyHistory: fc.Arbitrary<History> = fc.record({ start: anyState, facts: fc.array(anyFact, { maxLength: 12 }) });

const stutteringHistory = anyHistory.map(({ start, facts }): History => ({
  start,
  facts: facts.flatMap((said) => [said, said]),
}));

/** All that is said of one job that ended, its being given up for lost included: each once or more, in any order. */
const shuffledReports: fc.Arbitrary<History> = fc
  .tuple(fc.array(fc.oneof(progressOf(oneJob), lost), { maxLength: 6 }), finishedOf(oneJob))
  .map(([reports, finished]) => [...reports, finished])
  .chain((said) => fc.tuple(fc.constant(said), fc.array(fc.constantFrom(...said), { maxLength: 6 })))
  .map(([said, copies]) => [...said, ...copies])
  .chain((all) =>
    fc.record({
      start: fc.constantFrom<TraceState>(
        { status: 'RUNNING', progress: 0, jobId: JOBS[0] },
        { status: 'CANCELLING', progress: 0, jobId: JOBS[0] },
        { status: 'UNKNOWN', progress: 0, jobId: null },
      ),
      facts: fc.shuffledSubarray(all, { minLength: all.length }),
    }),
  );

/** Both the state and the fact are frozen: a machine that changes what it was given throws. */
function play(step: StepTrace, { start, facts }: History): Moment[] {
  let state = start;
  return facts.map((said) => {
    const before = Object.freeze({ ...state });
    const done = step(before, Object.freeze({ ...said }));
    state = done.outcome === 'moved' ? done.state : state;
    return { before, fact: said, step: done, after: state };
  });
}

function always(name: string, holds: (moment: Moment) => boolean): TraceProperty {
  return { name, property: (step) => fc.property(anyHistory, (history) => play(step, history).every(holds)) };
}

const isMoved = ({ step }: Moment): boolean => step.outcome === 'moved';
const isOneOf = ({ status }: TraceState, ...statuses: TraceState['status'][]): boolean => statuses.includes(status);

/** What must hold of any machine that calls itself a trace's. */
export const TRACE_PROPERTIES: readonly TraceProperty[] = [
  always(
    'a trace that has ended stays as it ended',
    (moment) => !isOneOf(moment.before, 'SUCCEEDED', 'FAILED', 'CANCELLED') || !isMoved(moment),
  ),
  always(
    'a lost trace moves only by the job’s end, and says that this resolved it',
    (moment) =>
      !isOneOf(moment.before, 'LOST') ||
      !isMoved(moment) ||
      (moment.fact.fact === 'finished' &&
        isOneOf(moment.after, 'SUCCEEDED', 'FAILED') &&
        'kind' in moment.step &&
        moment.step.kind === 'RESOLVED'),
  ),
  always(
    'progress never falls and never passes 100',
    ({ before, after }) => after.progress >= before.progress && after.progress <= 100,
  ),
  always('nothing leads back to PENDING, and only PENDING to SENDING', (moment) => {
    if (!isMoved(moment)) return true;
    return (
      !isOneOf(moment.after, 'PENDING') && (!isOneOf(moment.after, 'SENDING') || isOneOf(moment.before, 'PENDING'))
    );
  }),
  always('the job’s name never changes', ({ before, after }) => before.jobId === null || after.jobId === before.jobId),
  always(
    'how an order failed to arrive counts only while it is on its way',
    (moment) =>
      !['refused', 'not-sent', 'unanswered'].includes(moment.fact.fact) ||
      !isMoved(moment) ||
      isOneOf(moment.before, 'SENDING'),
  ),
  always(
    'an error comes with FAILED and LOST, and with nothing else',
    ({ step }) => step.outcome !== 'moved' || (step.error !== null) === isOneOf(step.state, 'FAILED', 'LOST'),
  ),
  {
    name: 'what is said twice moves the trace once',
    property: (step) =>
      fc.property(stutteringHistory, (history) =>
        play(step, history).every((moment, index) => index % 2 === 0 || !isMoved(moment)),
      ),
  },
  {
    name: 'the reports of a job that ended lead to one end, in any order and number',
    property: (step) =>
      fc.property(shuffledReports, (history) => {
        const end = play(step, history).at(-1)?.after;
        const succeeded = history.facts.some((said) => said.fact === 'finished' && said.succeeded);
        return succeeded ? end?.status === 'SUCCEEDED' && end.progress === 100 : end?.status === 'FAILED';
      }),
  },
];
