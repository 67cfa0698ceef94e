// A whole room that speaks at once: nothing is lost, nothing counted twice, and what cannot be taken in time is turned away at once.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunScriptDocument } from '#test/operations.generated.ts';
import { bootAnew } from '#test/support/boot-anew.ts';
import { isOver, startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';

const STATUS = 'clients/status/webhook';

let classroom: Classroom;
beforeAll(async () => {
  // The agents take orders and say nothing more: what is reported, these tests say themselves.
  classroom = await startClassroom(20, { behaviour: { fault: 'silent', durationMs: 60_000 } });
});
afterAll(() => classroom.server.stop());

const db = () => classroom.server.app.database.prisma;
const say = (body: object) => classroom.server.report(STATUS, body);
const outcomeOf = ({ body }: { body: unknown }) => (body as { outcome: string }).outcome;

async function startJobs(): Promise<{ id: string; jobs: { jobId: string; ip: string }[] }> {
  await bootAnew(classroom.server, ...classroom.agents.map((agent) => agent.ip));
  const { runScript } = await classroom.server.request(RunScriptDocument, {
    input: { script: 'echo', target: { roomId: classroom.roomId }, waitForAgentsMs: 30_000 } as never,
  });
  if (runScript.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(runScript));
  const traces = await db().trace.findMany({ where: { status: 'RUNNING' }, include: { client: true } });
  return {
    id: runScript.operation.id,
    jobs: traces.map(({ jobId, client }) => ({ jobId: jobId ?? '', ip: client.ip })),
  };
}

/** Every order is as likely as any other, and the same in each run. */
function shuffled<T>(items: readonly T[]): T[] {
  let state = 42;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

describe('a room that speaks all at once', () => {
  it('is understood: progress, ends and repeats in any order come to what is true', async () => {
    const { id, jobs } = await startJobs();
    expect(jobs).toHaveLength(20);
    const progress = jobs.flatMap(({ jobId, ip }) =>
      [10, 30, 60, 90].map((percent) => ({ job_id: jobId, progress: percent, iph: ip })),
    );
    // Half of the rooms says each thing twice.
    const first = await Promise.all(shuffled([...progress, ...progress.slice(0, 40)]).map(say));
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set([200]));
    const counts = Map.groupBy(first.map(outcomeOf), (outcome) => outcome);
    expect(counts.get('repeat')?.length).toBe(40);
    const running = await classroom.read(id);
    expect(running.traces.nodes.map(({ status }) => status)).toEqual(jobs.map(() => 'RUNNING'));
    expect(await db().trace.count({ where: { operation: { finishedAt: null }, progress: 90 } })).toBe(20);

    const ends = jobs.map(({ jobId, ip }, index) => ({
      job_id: jobId,
      res: index % 4 === 0 ? '2' : '1',
      der: index % 4 === 0 ? '40-error' : '',
      iph: ip,
    }));
    const late = jobs.map(({ jobId, ip }) => ({ job_id: jobId, progress: 95, iph: ip }));
    await Promise.all(shuffled([...ends, ...late, ...ends]).map(say));
    const end = await classroom.until(id, 'all to end', isOver);
    const statuses = Object.fromEntries(end.counts.map(({ status, count }) => [status, count]));
    expect(statuses).toEqual({ SUCCEEDED: 15, FAILED: 5 });
    // Everything that was answered with 200 is on record, once.
    const { _sum: sum, _count: rows } = await db().agentReport.aggregate({ _sum: { copies: true }, _count: true });
    expect({ copies: sum.copies, rows }).toEqual({ copies: 120 + 60, rows: 80 + 40 });
  });

  it('costs the database hardly more than one that speaks alone', async () => {
    const { jobs } = await startJobs();
    const sayAll = async (percent: number) => {
      const before = classroom.server.statements();
      await Promise.all(jobs.map(({ jobId, ip }) => say({ job_id: jobId, progress: percent, iph: ip })));
      return classroom.server.statements() - before;
    };
    await sayAll(1);
    expect(await sayAll(2)).toBeLessThan(jobs.length * 6);
  });

  it('is heard where two of them use the same eight digits, each for itself', async () => {
    const { jobs } = await startJobs();
    const [one, other] = jobs;
    await db().trace.updateMany({ where: { jobId: other?.jobId ?? '' }, data: { jobId: one?.jobId ?? '' } });
    const answers = await Promise.all([
      say({ job_id: one?.jobId, progress: 11, iph: one?.ip }),
      say({ job_id: one?.jobId, progress: 22, iph: other?.ip }),
    ]);
    expect(answers.map(outcomeOf)).toEqual(['applied', 'applied']);
    const traces = await db().trace.findMany({ where: { jobId: one?.jobId ?? '' }, include: { client: true } });
    const percents = Object.fromEntries(traces.map(({ progress, client }) => [client.ip, progress]));
    expect(percents).toEqual({ [one?.ip ?? '']: 11, [other?.ip ?? '']: 22 });
  });
});

describe('more than can be taken in time', () => {
  it('is turned away with 503 and the word when to come again; what was answered 200 is stored', async () => {
    const small = await startClassroom(30, { boot: false, reports: { atOnce: 1, maxWaiting: 3, patienceMs: 60_000 } });
    try {
      const database = small.server.app.database.prisma;
      // Nobody is taken in until the table is let go.
      const letGo = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      const holding = database.$transaction(
        async (tx) => {
          await tx.$executeRaw`LOCK TABLE clients IN ACCESS EXCLUSIVE MODE`;
          held.resolve();
          await letGo.promise;
        },
        { timeout: 20_000 },
      );
      await held.promise;
      let turnedAway = 0;
      const answers = await Promise.all(
        small.agents.map(async ({ ip, mac }) => {
          const response = await fetch(`${small.server.url.replace('/graphql', '')}/opengnsys/rest/ogagent/started`, {
            method: 'POST',
            body: JSON.stringify({ ip, mac, ostype: 'Linux', osversion: '6' }),
          });
          if (response.status === 503) turnedAway += 1;
          if (turnedAway === 26) letGo.resolve();
          return { ip, status: response.status, retryAfter: response.headers.get('retry-after') };
        }),
      );
      await holding;
      const refused = answers.filter(({ status }) => status === 503);
      expect(refused).toHaveLength(26);
      expect(refused.every(({ retryAfter }) => retryAfter === '1')).toBe(true);
      const taken = answers.filter(({ status }) => status === 200).map(({ ip }) => ip);
      expect(taken).toHaveLength(4);
      const known = await database.client.findMany({ where: { status: 'LINUX' } });
      expect(known.map(({ ip }) => ip).toSorted()).toEqual(taken.toSorted());
    } finally {
      await small.server.stop();
    }
  });

  it('is not done for whoever has left and comes again; what is said once is taken in however late', async () => {
    const small = await startClassroom(3, { boot: false, reports: { atOnce: 1, maxWaiting: 100, patienceMs: 0 } });
    try {
      const [first, again, once] = small.agents;
      const tell = async (route: string, agent: typeof first) =>
        (
          await small.server.report(`ogagent/${route}`, {
            ip: agent?.ip,
            mac: agent?.mac,
            ostype: 'Linux',
            user: 'eva',
          })
        ).status;
      const database = small.server.app.database.prisma;
      const letGo = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      const holding = database.$transaction(
        async (tx) => {
          await tx.$executeRaw`LOCK TABLE clients IN ACCESS EXCLUSIVE MODE`;
          held.resolve();
          await letGo.promise;
        },
        { timeout: 20_000 },
      );
      await held.promise;
      const answers = Promise.all([tell('started', first), tell('started', again), tell('loggedin', once)]);
      await delay(200);
      letGo.resolve();
      await holding;
      // Whichever came first found the place free.
      const statuses = await answers;
      expect(statuses[2]).toBe(200);
      expect(statuses.slice(0, 2)).toContain(503);
      expect(await tell('started', again)).toBe(200);
      expect(await database.client.count({ where: { ip: again?.ip ?? '', status: 'LINUX' } })).toBe(1);
    } finally {
      await small.server.stop();
    }
  });
});
