import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepTrace } from '#domain/tracing/trace-machine.ts';
import type { TraceFact, TraceState, TraceStep } from '#domain/tracing/trace-machine.ts';
import { TRACE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { TraceStatus } from '#domain/tracing/trace-status.ts';
import { TRACE_MUTANTS } from '#test/support/trace-mutants.ts';
import { TRACE_PROPERTIES } from '#test/support/trace-properties.ts';

const JOB = 'RestaurarImagen-dfa42888';
const PERCENT = 40;

const FACTS = {
  sending: { fact: 'sending' },
  accepted: { fact: 'accepted', jobId: JOB },
  refused: { fact: 'refused', message: 'busy' },
  'not-sent': { fact: 'not-sent', code: 'AGENT_UNREACHABLE', message: 'no route' },
  unanswered: { fact: 'unanswered', message: 'cut off' },
  lower: { fact: 'progress', jobId: JOB, percent: PERCENT - 1 },
  equal: { fact: 'progress', jobId: JOB, percent: PERCENT },
  higher: { fact: 'progress', jobId: JOB, percent: PERCENT + 1 },
  succeeded: { fact: 'finished', jobId: JOB, succeeded: true },
  failed: { fact: 'finished', jobId: JOB, succeeded: false, engineCode: 30, message: 'too large' },
  lost: { fact: 'lost', reason: 'AGENT_SILENT', message: 'silent' },
} as const satisfies Record<string, TraceFact>;

// STATUS:KIND where the fact moves the trace, else what becomes of it; «contra» is a contradiction. Written by hand from
// reliability.md §4.1, not from the code.
const TABLE = `
              sending          accepted          refused         not-sent         unanswered          lower            equal            higher           succeeded           failed             lost
  PENDING     SENDING:SENDING  late              late            late             late                late             late             late             late                late               late
  SENDING     late             RUNNING:ACCEPTED  FAILED:REFUSED  FAILED:NOT_SENT  UNKNOWN:UNANSWERED  late             late             late             late                late               LOST:LOST
  UNKNOWN     late             RUNNING:ACCEPTED  late            late             late                RUNNING:ADOPTED  RUNNING:ADOPTED  RUNNING:ADOPTED  SUCCEEDED:FINISHED  FAILED:FINISHED    LOST:LOST
  RUNNING     late             late              late            late             late                late             repeat           RUNNING:PROGRESS SUCCEEDED:FINISHED  FAILED:FINISHED    LOST:LOST
  CANCELLING  late             late              late            late             late                late             repeat           CANCELLING:PROGRESS SUCCEEDED:FINISHED FAILED:FINISHED  LOST:LOST
  SUCCEEDED   late             late              late            late             late                late             late             late             repeat              contra             late
  FAILED      late             late              late            late             late                late             late             late             contra              repeat             late
  CANCELLED   late             late              late            late             late                late             late             late             contra              contra             late
  LOST        late             late              late            late             late                late             late             late             SUCCEEDED:RESOLVED  FAILED:RESOLVED    late
`;

function readTable(): { status: TraceStatus; fact: keyof typeof FACTS; expected: string }[] {
  const [head = [], ...rows] = TABLE.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([status, ...cells]) =>
    cells.map((expected, index) => ({
      status: status as TraceStatus,
      fact: head[index] as keyof typeof FACTS,
      expected,
    })),
  );
}

/** A trace in a status as it really gets there: no job's name and no progress before the agent has answered. */
function stateIn(status: TraceStatus): TraceState {
  const isBeforeAnswer = status === 'PENDING' || status === 'SENDING' || status === 'UNKNOWN';
  return isBeforeAnswer ? { status, progress: 0, jobId: null } : { status, progress: PERCENT, jobId: JOB };
}

function describeStep(step: TraceStep): string {
  if (step.outcome === 'moved') return `${step.state.status}:${step.kind}`;
  return step.outcome === 'contradiction' ? 'contra' : step.outcome;
}

function moveOf(status: TraceStatus, fact: TraceFact) {
  const step = stepTrace(stateIn(status), fact);
  if (step.outcome !== 'moved') throw new Error(`${fact.fact} does not move ${status}`);
  return step;
}

describe('every fact in every status', () => {
  const cells = readTable();

  it('is in the table, once', () => {
    const pairs = TRACE_STATUSES.flatMap((status) => Object.keys(FACTS).map((fact) => `${status} ${fact}`));
    expect(cells.map(({ status, fact }) => `${status} ${fact}`).toSorted()).toEqual(pairs.toSorted());
  });

  it.each(cells)('$status, $fact: $expected', ({ status, fact, expected }) => {
    expect(describeStep(stepTrace(stateIn(status), FACTS[fact]))).toBe(expected);
  });
});

describe('what a move carries', () => {
  it('the job’s name from the answer, and from the first report where no answer came', () => {
    expect(moveOf('SENDING', FACTS.accepted).state.jobId).toBe(JOB);
    expect(moveOf('UNKNOWN', FACTS.higher).state).toEqual({ status: 'RUNNING', jobId: JOB, progress: PERCENT + 1 });
    expect(moveOf('UNKNOWN', FACTS.succeeded).state.jobId).toBe(JOB);
  });

  it('100 percent for success, and what was reached for failure', () => {
    expect(moveOf('RUNNING', FACTS.succeeded).state.progress).toBe(100);
    expect(moveOf('RUNNING', FACTS.failed).state.progress).toBe(PERCENT);
  });

  it('the reason of each failure, in the code and in the words it came with', () => {
    expect(moveOf('SENDING', FACTS.refused).error).toEqual({
      code: 'AGENT_REFUSED',
      engineCode: null,
      message: 'busy',
    });
    expect(moveOf('SENDING', FACTS['not-sent']).error).toEqual({
      code: 'AGENT_UNREACHABLE',
      engineCode: null,
      message: 'no route',
    });
    expect(moveOf('RUNNING', FACTS.failed).error).toEqual({
      code: 'ENGINE_FAILED',
      engineCode: 30,
      message: 'too large',
    });
    expect(moveOf('RUNNING', FACTS.lost).error).toEqual({ code: 'AGENT_SILENT', engineCode: null, message: 'silent' });
  });

  it('no error for a lost job that turns out to have succeeded', () => {
    expect(moveOf('LOST', FACTS.succeeded).error).toBeNull();
  });

  it('why no answer came, without calling it an error', () => {
    expect(moveOf('SENDING', FACTS.unanswered)).toMatchObject({ error: null, message: 'cut off' });
  });
});

describe('any history', () => {
  for (const { name, property } of TRACE_PROPERTIES) {
    it(name, () => {
      // On failure fast-check prints the seed and the path that replay it.
      fc.assert(property(stepTrace), { numRuns: 5000 });
    });
  }
});

describe('the properties', () => {
  for (const { name: mistake, step, killedBy } of TRACE_MUTANTS) {
    it(`reject a machine where ${mistake}`, () => {
      const property = TRACE_PROPERTIES.find(({ name }) => name === killedBy)?.property;
      if (property === undefined) throw new Error(`there is no property «${killedBy}»`);
      // A fixed seed: whether a mutant dies must not be luck.
      expect(fc.check(property(step), { numRuns: 1000, seed: 20_261_123 }).failed).toBe(true);
    });
  }

  it('are each the one that rejects some mutant', () => {
    const needed = new Set(TRACE_MUTANTS.map(({ killedBy }) => killedBy));
    expect(TRACE_PROPERTIES.map(({ name }) => name).filter((name) => !needed.has(name))).toEqual([]);
  });
});
