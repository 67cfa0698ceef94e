import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { ask } from '#test/support/ask.ts';
import { mutate as mutateAt } from '#test/support/mutate.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const roomId = encodeGlobalID('Room', scenario.room.id);
const clientIds = [encodeGlobalID('Client', scenario.client.id)];
const SCRIPT = { runScript: { target: { clientIds }, script: 'echo hola' } };
const NIGHTLY = { operation: SCRIPT, cron: '0 22 * * 1-5' };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ runSchedulesEveryMs: 50 });
});
afterAll(() => server.stop());

const mutate = (name: string, input: object, selection = '') => mutateAt(server.url, name, input, selection);

let count = 0;
/** A schedule of its own name. @returns what is selected of it. */
async function create(input: object, selection = ''): Promise<Record<string, unknown> & { id: string }> {
  count += 1;
  const name = `Programación ${count}`;
  const answer = await mutate('createSchedule', { name, ...input }, `schedule { id ${selection} }`);
  const { schedule } = answer as { schedule?: Record<string, unknown> & { id: string } };
  if (schedule === undefined) throw new Error(JSON.stringify(answer));
  return schedule;
}

async function read(id: string, selection: string): Promise<Record<string, unknown>> {
  const { data, text } = await ask(server.url, `query Q($id: ID!) { schedule(id: $id) { ${selection} } }`, { id });
  if (!data) throw new Error(text);
  return data['schedule'] as Record<string, unknown>;
}

const RUN = `outcome manual requestedBy dueAt finishedAt operation { action requestedBy scheduleRun { schedule { id } } traces { nodes { status } } }
  error { code message clients { client { name } reasons { code } } }`;

describe('a schedule', () => {
  it('tells what it will do, and when', async () => {
    const schedule = await create(
      NIGHTLY,
      `status cron timeZone graceMinutes runAt nextRunAt nextRuns(first: 3) onBlocked whenBusy onBlackout recordVersion createdBy
       order { action script disk image { id } } target { clients { name } room { id } }`,
    );
    expect(schedule).toMatchObject({
      status: 'ACTIVE',
      cron: '0 22 * * 1-5',
      timeZone: 'Europe/Madrid',
      graceMinutes: 60,
      runAt: null,
      onBlocked: 'REJECT_ALL',
      whenBusy: 'REFUSE',
      onBlackout: 'REFUSE',
      recordVersion: 1,
      createdBy: 'administrator',
      order: { action: 'RUN_SCRIPT', script: 'echo hola', disk: null, image: null },
      target: { clients: [{ name: 'pc1' }], room: null },
    });
    const runs = schedule['nextRuns'] as string[];
    expect(runs).toHaveLength(3);
    expect(runs[0]).toBe(schedule['nextRunAt']);
    for (const run of runs) {
      const local = new Intl.DateTimeFormat('en', {
        timeZone: 'Europe/Madrid',
        weekday: 'short',
        hour: '2-digit',
        hourCycle: 'h23',
      }).format(new Date(run));
      expect(local).toMatch(/^(?:22 )?(?:Mon|Tue|Wed|Thu|Fri)(?:, 22)?/);
      expect(local).toContain('22');
    }
  });

  it('that runs once orders what agents then do, and is done', async () => {
    const { id } = await create({ operation: SCRIPT, runAt: new Date(Date.now() + 1000).toISOString() });
    const schedule = await waitFor('the run', async () => {
      const found = await read(id, `status nextRunAt nextRuns runs(first: 5) { totalCount nodes { ${RUN} } }`);
      return JSON.stringify(found).includes('"SUCCEEDED"') ? found : null;
    });
    expect(schedule).toMatchObject({
      status: 'DONE',
      nextRunAt: null,
      nextRuns: [],
      runs: {
        totalCount: 1,
        nodes: [
          {
            outcome: 'STARTED',
            manual: false,
            requestedBy: 'administrator',
            error: null,
            operation: { action: 'RUN_SCRIPT', requestedBy: 'administrator', scheduleRun: { schedule: { id } } },
          },
        ],
      },
    });
  });

  it('is run by hand once for one key, though it is suspended; a refusal is on record', async () => {
    const { id } = await create({ ...NIGHTLY, suspended: true });
    const run = (key: string) => mutate('runScheduleNow', { id, idempotencyKey: key }, `run { id ${RUN} }`);
    const first = await run('a');
    expect(first['run']).toMatchObject({ outcome: 'STARTED', manual: true, operation: { action: 'RUN_SCRIPT' } });
    expect((await run('a'))['run']).toMatchObject({ id: (first['run'] as { id: string }).id });
    await waitFor('the job to end', async () =>
      JSON.stringify(await read(id, `runs { nodes { ${RUN} } }`)).includes('SUCCEEDED'),
    );

    const client = encodeGlobalID('Client', scenario.client.id);
    await mutate('updateClient', { id: client, maintenance: true });
    expect((await run('b'))['run']).toMatchObject({
      outcome: 'REFUSED',
      operation: null,
      error: {
        code: 'OPERATION_REFUSED',
        message: 'La operación se ha rechazado en 1 cliente(s); no se ha enviado nada.',
        clients: [{ client: { name: 'pc1' }, reasons: [{ code: 'CLIENT_IN_MAINTENANCE' }] }],
      },
    });
    await mutate('updateClient', { id: client, maintenance: false });
    expect(await read(id, 'status runs { totalCount }')).toEqual({ status: 'SUSPENDED', runs: { totalCount: 2 } });
  });

  it('is suspended and resumed', async () => {
    const { id } = await create(NIGHTLY);
    const asked = 'schedule { status nextRunAt nextRuns recordVersion }';
    expect((await mutate('suspendSchedule', { id }, asked))['schedule']).toEqual({
      status: 'SUSPENDED',
      nextRunAt: null,
      nextRuns: [],
      recordVersion: 2,
    });
    expect((await mutate('suspendSchedule', { id }, asked))['schedule']).toMatchObject({ recordVersion: 2 });
    expect(await mutate('resumeSchedule', { id, expectedVersion: 1 })).toMatchObject({ code: 'STALE_VERSION' });
    expect((await mutate('resumeSchedule', { id }, asked))['schedule']).toMatchObject({
      status: 'ACTIVE',
      nextRunAt: expect.any(String),
      recordVersion: 3,
    });
  });

  it('whose only time is over while it is suspended stays suspended', async () => {
    const { id } = await create({ operation: SCRIPT, runAt: '2100-01-01T00:00:00Z', suspended: true });
    await server.app.database.prisma.schedule.updateMany({
      where: { runAt: new Date('2100-01-01T00:00:00Z') },
      data: { runAt: new Date(Date.now() - 1) },
    });
    expect(await mutate('resumeSchedule', { id })).toMatchObject({ fault: 'IN_THE_PAST', path: ['input', 'id'] });
    expect(await read(id, 'status nextRunAt')).toEqual({ status: 'SUSPENDED', nextRunAt: null });
    const again = { id, runAt: new Date(Date.now() + 3_600_000).toISOString() };
    expect(await mutate('updateSchedule', again, 'schedule { nextRunAt }')).toMatchObject({
      schedule: { nextRunAt: null },
    });
  });

  it('takes another time and another operation, and keeps the rest', async () => {
    const { id } = await create({ ...NIGHTLY, comments: 'de noche' });
    const runAt = new Date(Date.now() + 3_600_000).toISOString();
    expect(
      (
        await mutate(
          'updateSchedule',
          { id, runAt, operation: { powerOff: { target: { roomId }, whenBusy: 'QUEUE' } } },
          'schedule { cron runAt nextRunAt comments recordVersion order { action force } target { clients { id } room { name } } whenBusy }',
        )
      )['schedule'],
    ).toEqual({
      cron: null,
      runAt,
      nextRunAt: runAt,
      comments: 'de noche',
      recordVersion: 2,
      order: { action: 'POWER_OFF', force: false },
      target: { clients: null, room: { name: 'Aula Demo' } },
      whenBusy: 'QUEUE',
    });
    expect(
      (
        await mutate(
          'updateSchedule',
          { id, timeZone: 'Atlantic/Canary', cron: '5 4 * * *' },
          'schedule { cron runAt timeZone }',
        )
      )['schedule'],
    ).toEqual({
      cron: '5 4 * * *',
      runAt: null,
      timeZone: 'Atlantic/Canary',
    });
  });

  it('is found by filter and order, and deleted with its runs', async () => {
    const { id } = await create({ operation: { reboot: { target: { roomId } } }, cron: '0 3 * * *' });
    await create(NIGHTLY);
    const { data } = await ask(
      server.url,
      `{ schedules(filter: { action: [REBOOT], suspended: false, done: false, dueBefore: "2100-01-01T00:00:00Z" }, orderBy: { field: NEXT_RUN_AT }) { nodes { id } } }`,
    );
    expect(data).toEqual({ schedules: { nodes: [{ id }] } });
    expect(await mutate('deleteSchedule', { id }, 'deletedId')).toMatchObject({ deletedId: id });
    expect(await read(id, 'id')).toBeNull();
    expect(await mutate('deleteSchedule', { id })).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'id'] });
  });
});

describe('what makes no sense', () => {
  const past = '2020-01-01T00:00:00Z';
  it.each([
    [{ ...NIGHTLY, name: ' ' }, 'EMPTY', ['name']],
    [{ ...NIGHTLY, cron: '61 * * * *' }, 'BAD_CRON', ['cron']],
    [{ ...NIGHTLY, cron: '0 0 30 2 *' }, 'NEVER_DUE', ['cron']],
    [{ ...NIGHTLY, timeZone: 'Marte' }, 'BAD_TIME_ZONE', ['timeZone']],
    [{ ...NIGHTLY, runAt: '2100-01-01T00:00:00Z' }, 'ONE_OF_TWO', ['runAt']],
    [{ operation: SCRIPT }, 'REQUIRED', ['cron']],
    [{ operation: SCRIPT, runAt: past }, 'IN_THE_PAST', ['runAt']],
    [{ ...NIGHTLY, graceMinutes: 0 }, 'OUT_OF_RANGE', ['graceMinutes']],
    [
      { ...NIGHTLY, operation: { runScript: { target: { clientIds }, script: '' } } },
      'EMPTY',
      ['operation', 'runScript', 'script'],
    ],
    [
      { ...NIGHTLY, operation: { powerOff: { target: { clientIds: [] } } } },
      'EMPTY_TARGET',
      ['operation', 'powerOff', 'target'],
    ],
    [
      { ...NIGHTLY, operation: { powerOff: { target: { roomId }, idempotencyKey: 'x' } } },
      'NOT_FOR_SCHEDULES',
      ['operation', 'powerOff', 'idempotencyKey'],
    ],
    [
      { ...NIGHTLY, operation: { powerOff: { target: { roomId }, onBlackout: 'OVERRIDE' } } },
      'REQUIRED',
      ['operation', 'powerOff', 'overrideReason'],
    ],
  ])('%j is %s', async (input, fault, path) => {
    expect(await mutate('createSchedule', { name: 'Imposible', ...input })).toMatchObject({
      code: 'INVALID_INPUT',
      fault,
      path: ['input', ...path],
    });
  });

  it('is told where it stands, and nothing is kept', async () => {
    const nobody = encodeGlobalID('Room', '01936caa-0000-7000-8000-00000000dead');
    const none = { ...NIGHTLY, name: 'Imposible', operation: { powerOff: { target: { roomId: nobody } } } };
    const path = ['input', 'operation', 'powerOff', 'target', 'roomId'];
    expect(await mutate('createSchedule', none)).toMatchObject({ code: 'NOT_FOUND', path });
    const { data } = await ask(server.url, '{ schedules(filter: { nameContains: "Imposible" }) { totalCount } }');
    expect(data).toEqual({ schedules: { totalCount: 0 } });
    const { id } = await create({ ...NIGHTLY, name: 'Única' });
    expect(await mutate('createSchedule', { ...NIGHTLY, name: 'Única' })).toMatchObject({
      code: 'ALREADY_EXISTS',
      existingId: id,
      path: ['input', 'name'],
    });
  });
});
