// Streams of reports as networks make them: in any order, twice, all at once, of several machines, two of which gave their jobs the same
// name. Whatever comes, each trace and its events tell what a reader of the same words, one after the other, would say.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunScriptDocument } from '#test/operations.generated.ts';
import { startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';

const MACHINES = 4;
const PATIENCE = 180_000;

/** One thing that an agent says of its job; numbered, so that the same words said anew are told from a copy. */
type Word = { n: number } & ({ progress: number } | { res: '1' } | { res: '2'; der: string });

/** What an agent says, and in which order it arrives: places among its words, some of them more than once. */
interface Stream {
  words: Word[];
  arrivals: number[];
}

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(MACHINES, { behaviour: { fault: 'silent', durationMs: 600_000 } });
}, PATIENCE);
afterAll(() => classroom.server.stop());

const db = () => classroom.server.app.database.prisma;

interface Job {
  traceId: string;
  jobId: string;
  ip: string;
}

/** A job on each machine, begun anew; the first two have one name. */
async function startJobs(): Promise<Job[]> {
  await Promise.all(classroom.agents.map((agent) => agent.bootOgLive()));
  const { runScript } = await classroom.server.request(RunScriptDocument, {
    input: { script: 'echo', target: { roomId: classroom.roomId }, waitForAgentsMs: 30_000 } as never,
  });
  if (runScript.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(runScript));
  const find = () =>
    db().trace.findMany({ where: { status: 'RUNNING' }, include: { client: true }, orderBy: { id: 'asc' } });
  const [first, second] = await find();
  await db().trace.update({ where: { id: second?.id ?? '' }, data: { jobId: first?.jobId ?? null } });
  const traces = await find();
  expect(traces).toHaveLength(MACHINES);
  return traces.map(({ id, jobId, client }) => ({ traceId: id, jobId: jobId ?? '', ip: client.ip }));
}

async function say({ jobId, ip }: Job, word: Word): Promise<string> {
  const { status, body } = await classroom.server.report('clients/status/webhook', { job_id: jobId, iph: ip, ...word });
  expect(status).toBe(200);
  return (body as { outcome: string }).outcome;
}

/** What became of a job, as an administrator reads it. */
async function readTruth({ traceId }: Job) {
  const { status, progress, events } = await db().trace.findUniqueOrThrow({
    where: { id: traceId },
    include: { events: { orderBy: { seq: 'asc' } } },
  });
  const told = events
    .filter(({ kind }) => ['PROGRESS', 'FINISHED', 'LATE_REPORT', 'RESOLVED', 'LOST'].includes(kind))
    .map((event) => `${event.kind} ${event.traceStatus ?? ''} ${event.progress ?? ''}`);
  return { status, progress, told };
}

/** The same words read one after the other, by the rules of the protocol and by nothing of ours. */
function readInOrder({ words, arrivals }: Stream) {
  const heard = new Set<number>();
  const outcomes: string[] = [];
  const told: string[] = [];
  let status = 'RUNNING';
  let progress = 0;
  for (const place of arrivals) {
    const word = words[place];
    if (word === undefined) throw new Error('there is no such word');
    const isCopy = heard.has(place);
    heard.add(place);
    if (isCopy) outcomes.push('repeat');
    else if ('progress' in word) {
      const isMore = word.progress > progress;
      outcomes.push(
        status !== 'RUNNING' ? 'late' : isMore ? 'applied' : word.progress === progress ? 'repeat' : 'late',
      );
      if (status !== 'RUNNING' || !isMore) continue;
      progress = word.progress;
      told.push(`PROGRESS RUNNING ${progress}`);
    } else {
      const end = word.res === '1' ? 'SUCCEEDED' : 'FAILED';
      outcomes.push(status === 'RUNNING' ? 'applied' : status === end ? 'repeat' : 'late');
      if (status !== 'RUNNING' && status !== end) told.push(`LATE_REPORT ${status} ${progress}`);
      if (status !== 'RUNNING') continue;
      status = end;
      if (end === 'SUCCEEDED') progress = 100;
      told.push(`FINISHED ${status} ${progress}`);
    }
  }
  return { outcomes, truth: { status, progress, told } };
}

const word = fc.oneof(
  { weight: 5, arbitrary: fc.record({ progress: fc.integer({ min: 0, max: 100 }) }) },
  { weight: 1, arbitrary: fc.constant({ res: '1' as const }) },
  { weight: 1, arbitrary: fc.record({ res: fc.constant('2' as const), der: fc.constantFrom('5-no', '40-error', '') }) },
);
const stream: fc.Arbitrary<Stream> = fc.array(word, { minLength: 1, maxLength: 9 }).chain((words) =>
  fc.record({
    words: fc.constant(words.map((each, n): Word => ({ ...each, n }))),
    // Some never arrive, some arrive again.
    arrivals: fc.array(fc.nat({ max: words.length - 1 }), { minLength: 1, maxLength: 14 }),
  }),
);
const streams = fc.array(stream, { minLength: MACHINES, maxLength: MACHINES });

describe('streams of reports', () => {
  it('of several machines, each in an order of its own, come to what was said', { timeout: PATIENCE }, async () => {
    await fc.assert(
      fc.asyncProperty(streams, async (given) => {
        const jobs = await startJobs();
        const heard = await Promise.all(
          jobs.map(async (job, index) => {
            const { words, arrivals } = given[index] ?? { words: [], arrivals: [] };
            const outcomes: string[] = [];
            for (const place of arrivals) outcomes.push(await say(job, words[place] as Word));
            return { outcomes, truth: await readTruth(job) };
          }),
        );
        expect(heard).toEqual(given.map(readInOrder));
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });

  it('that arrive all at the same moment come to one end, and to no step back', { timeout: PATIENCE }, async () => {
    await fc.assert(
      fc.asyncProperty(streams, async (given) => {
        const jobs = await startJobs();
        await Promise.all(
          jobs.map(async (job, index) => {
            const { words, arrivals } = given[index] ?? { words: [], arrivals: [] };
            const said = await Promise.all(
              arrivals.map(async (place) => ({ place, outcome: await say(job, words[place] as Word) })),
            );
            const { status, progress, told } = await readTruth(job);
            const applied = said
              .filter(({ outcome }) => outcome === 'applied')
              .map(({ place }) => words[place] as Word);
            // No word is applied twice, and every one that was applied is told of, once.
            expect(new Set(applied.map(({ n }) => n)).size).toBe(applied.length);
            const steps = told.filter((line) => line.startsWith('PROGRESS')).map((line) => Number(line.split(' ')[2]));
            expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
            expect(steps).toEqual(
              applied.flatMap((each) => ('progress' in each ? each.progress : [])).toSorted((a, b) => a - b),
            );
            const [end, ...otherEnds] = applied.filter((each) => 'res' in each);
            expect(otherEnds).toEqual([]);
            const hasEnd = arrivals.some((place) => 'res' in (words[place] as Word));
            expect(end !== undefined).toBe(hasEnd);
            expect(status).toBe(end === undefined ? 'RUNNING' : end.res === '1' ? 'SUCCEEDED' : 'FAILED');
            expect(progress).toBe(status === 'SUCCEEDED' ? 100 : (steps.at(-1) ?? 0));
            // Nothing was said of it after its end but that somebody had said something else.
            const after = told.slice(told.findIndex((line) => line.startsWith('FINISHED')) + 1);
            if (end !== undefined) expect(after.every((line) => line.startsWith('LATE_REPORT'))).toBe(true);
            // All that was answered is on record, each word once, with its copies.
            const rows = await db().agentReport.findMany({ where: { traceId: job.traceId } });
            expect(rows).toHaveLength(new Set(arrivals).size);
            expect(rows.reduce((sum, { copies }) => sum + copies, 0)).toBe(arrivals.length);
          }),
        );
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});
