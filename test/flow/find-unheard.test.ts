import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '#db/database.ts';
import { applyMigrations } from '#db/migrations.ts';
import { unheardWhere } from '#domain/tracing/find-unheard.ts';
import { DEFAULT_DEADLINES, findPassed } from '#domain/tracing/job-deadlines.ts';
import { SENT_STATUSES } from '#domain/tracing/trace-status.ts';
import { deadlinesWith } from '#test/support/deadlines-with.ts';
import { openTestDatabase } from '#test/support/open-test-database.ts';
import { loadRunningJobs } from '#test/support/running-jobs.ts';

const TIMES = { askAfterMs: 120_000, askPowerAfterMs: 5000 };
const COUNT = 200;
const NOW = new Date('2026-06-01T12:00:00Z');

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
  await applyMigrations(database.adapter);
  await loadRunningJobs(database.prisma, COUNT);
});
afterAll(() => database.close());

const ago = (maxHours: number) =>
  fc.integer({ min: 0, max: maxHours * 3600 }).map((s) => new Date(NOW.getTime() - s * 1000));
const heard = fc.oneof(ago(40), ago(1), fc.constant(NOW));
const job = fc.record({
  action: fc.constantFrom('DEPLOY_IMAGE' as const, 'RUN_SCRIPT' as const, 'REBOOT' as const),
  status: fc.constantFrom(...SENT_STATUSES),
  progress: fc.integer({ min: 0, max: 100 }),
  sentAt: ago(40),
  startedAt: fc.option(ago(40)),
  lastHeardAt: fc.option(heard),
  cancellingSince: ago(2),
});

it.each([
  ['the defaults', DEFAULT_DEADLINES],
  [
    'deadlines shorter than the silence after which agents are asked',
    deadlinesWith({ ANSWER: 20_000, SILENCE: 30_000 }),
  ],
])('finds every job that has passed a deadline, with %s', async (_what, table) => {
  const { prisma } = database;
  const ids = await prisma.trace.findMany({ select: { id: true } });
  const jobs = fc.sample(job, { numRuns: COUNT, seed: 7 });
  await Promise.all(ids.map(({ id }, index) => prisma.trace.update({ where: { id }, data: jobs[index] ?? {} })));
  const found = new Set((await prisma.trace.findMany({ where: unheardWhere(table, TIMES, NOW) })).map(({ id }) => id));
  const passed = (await prisma.trace.findMany()).filter(
    (facts) => findPassed(facts, table, new Date(NOW.getTime() - 1)) !== null,
  );
  expect(passed.length).toBeGreaterThan(COUNT / 10);
  expect(passed.filter(({ id }) => !found.has(id))).toEqual([]);
});

it('reads none of the jobs that report as they should', async () => {
  const { prisma } = database;
  const recent = new Date(NOW.getTime() - 60_000);
  await prisma.trace.updateMany({
    data: {
      action: 'DEPLOY_IMAGE',
      status: 'RUNNING',
      sentAt: new Date(NOW.getTime() - 3_600_000),
      startedAt: new Date(NOW.getTime() - 3_600_000),
      lastHeardAt: recent,
    },
  });
  expect(await prisma.trace.count({ where: unheardWhere(DEFAULT_DEADLINES, TIMES, NOW) })).toBe(0);
});
