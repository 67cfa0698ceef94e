import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Storage } from '#domain/storage.ts';
import { createMadeUpRoom } from '#simulator/create-made-up-room.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import type { Simulator } from '#simulator/create-simulator.ts';
import { createWalkthroughDisk } from '#simulator/walkthrough-room.ts';
import { onServer, openTestDatabase } from '#test/support/open-test-database.ts';
import { spawnServer } from '#test/support/spawn-server.ts';
import type { ServerProcess } from '#test/support/spawn-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

/** More than one server takes at a time, so that both have some. */
const COUNT = 60;
/** Those that stand still until the test lets them go on, in the share of whichever server: before their operation is there, … */
const HELD_BEFORE = Array.from({ length: COUNT / 6 }, (_, n) => 6 * n + 5);
/** … and after that, before it is written down with the run. */
const HELD_AFTER = new Set(HELD_BEFORE.map((index) => index - 3));
const PATIENCE_MS = 60_000;

// One process alone holds an embedded database: two of them, one of which dies, need a server. Set TEST_DATABASE_URL.
describe.skipIf(!onServer())('two server processes on one database', { timeout: 240_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'oggraph-schedules-'));
  let db: Storage;
  let databaseUrl = '';
  let room: Simulator;
  const servers = new Map<string, ServerProcess>();
  const ending: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const database = await openTestDatabase();
    ending.unshift(database.close);
    db = database.prisma;
    databaseUrl = database.url ?? '';
    const machines = createMadeUpRoom(`10.3.0.0/16:${COUNT}`).map((machine) => ({
      ...machine,
      disks: [createWalkthroughDisk('')],
    }));
    const behaviour = { durationMs: 200, progressSteps: 2 };
    room = await createSimulator({ agents: machines, serverUrl: 'http://127.0.0.1:9', behaviour });
    ending.unshift(() => room.stop());
    const center = await db.center.create({ data: { name: 'Centro' } });
    const { id: roomId } = await db.room.create({ data: { name: 'Aula', centerId: center.id } });
    await db.client.createMany({
      data: machines.map(({ name, mac, ip }) => ({ name, ip, roomId, mac: mac.toUpperCase() })),
    });
    for (const name of ['first', 'second']) {
      const server = await spawnServer({
        DATABASE_URL: databaseUrl,
        DATA_DIR: join(directory, name),
        AGENT_CONNECT_TO: room.connectTo,
        // What PostgreSQL calls its connections.
        PGAPPNAME: name,
      });
      servers.set(name, server);
      ending.unshift(() => server.end('SIGKILL'));
    }
    reportTo('first');
    await Promise.all([...room.agents.values()].map((agent) => agent.bootOgLive()));
  }, 120_000);

  afterAll(async () => {
    for (const end of ending) await end();
    rmSync(directory, { recursive: true });
  });

  function reportTo(name: string): void {
    room.setServerUrl((servers.get(name)?.url ?? '').replace('/graphql', '/opengnsys/rest'));
  }

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    ending.unshift(() => client.end());
    return client;
  }

  const unfinished = () => db.scheduleRun.count({ where: { finishedAt: null } });
  const hasOrdered = (name: string) => servers.get(name)?.output().includes('scheduled operation ordered') === true;

  it('order each due run once, though one of them is killed while it orders', async () => {
    const clients = await db.client.findMany({ orderBy: { name: 'asc' } });
    // Within a transaction PostgreSQL shows who is connected as it was at first, so another connection looks.
    const [hold, watch] = [await connect(), await connect()];
    await hold.query(`
      CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.operation_id IS NOT NULL AND (SELECT comments FROM schedules WHERE id = NEW.schedule_id) = 'held' THEN
          PERFORM pg_advisory_xact_lock(4711);
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER hold_up BEFORE UPDATE ON schedule_runs FOR EACH ROW EXECUTE FUNCTION hold_up()`);
    await hold.query('BEGIN');
    await hold.query('SELECT pg_advisory_xact_lock(4711)');
    // No job can be written down for a machine while its row may yet be deleted.
    const heldBefore = HELD_BEFORE.map((index) => clients[index]?.id);
    await hold.query('SELECT 1 FROM clients WHERE id = ANY($1) FOR UPDATE', [heldBefore]);
    const runAt = new Date();
    await db.schedule.createMany({
      data: clients.map(({ id, name }, index) => ({
        comments: HELD_AFTER.has(index) ? 'held' : null,
        name: `De noche ${name}`,
        action: 'RUN_SCRIPT' as const,
        order: { action: 'RUN_SCRIPT', script: `echo ${name}`, commandId: null, parameters: [] },
        target: { clientIds: [id] },
        options: {
          onBlocked: 'REJECT_ALL',
          whenBusy: 'QUEUE',
          onBlackout: 'REFUSE',
          overrideReason: null,
          waves: null,
        },
        runAt,
        nextRunAt: runAt,
      })),
    });

    const victim = await waitFor(
      'a server that orders, and is held up',
      async () => {
        const { rows } = await watch.query<{ name: string; waits: string }>(
          `SELECT application_name AS name, wait_event AS waits FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        const standsAt = (name: string, what: string) => rows.some((row) => row.name === name && row.waits === what);
        const isInTheMiddle = standsAt('first', 'advisory') && standsAt('first', 'transactionid');
        return isInTheMiddle && hasOrdered('first') ? 'first' : null;
      },
      PATIENCE_MS,
    );
    const survivor = 'second';
    reportTo(survivor);
    expect(await servers.get(victim)?.end('SIGKILL')).toBeNull();
    // Nothing that it had begun may still come through.
    await waitFor('its connections to end', async () => {
      const { rowCount } = await watch.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
        [victim],
      );
      return rowCount === 0;
    });
    const written = await db.scheduleRun.findMany({ where: { finishedAt: null }, select: { scheduleId: true } });
    const begun = await db.operation.count({
      where: { OR: written.map(({ scheduleId }) => ({ idempotencyKey: { startsWith: `schedule:${scheduleId}:` } })) },
    });
    expect(written.length, 'killed in the middle').toBeGreaterThan(begun);
    expect(begun, 'operations that no run knows of').toBeGreaterThan(0);
    await hold.query('ROLLBACK');

    // What the dead one had taken is left alone for as long as it might live; here that time goes by at once.
    await waitFor(
      'the runs of the one that lives, and those of the other one’s lease',
      async () => hasOrdered(survivor) && (await db.schedule.count({ where: { nextRunAt: { not: null } } })) === 0,
      PATIENCE_MS,
    );
    await waitFor(
      'all runs',
      async () => {
        await db.scheduleRun.updateMany({ where: { finishedAt: null }, data: { leaseUntil: runAt } });
        return (await unfinished()) === 0;
      },
      PATIENCE_MS,
    );

    const runs = await db.scheduleRun.findMany({ include: { operation: { include: { traces: true } } } });
    expect(new Set(runs.map(({ scheduleId }) => scheduleId)).size).toBe(COUNT);
    expect(runs).toHaveLength(COUNT);
    expect(new Set(runs.map(({ outcome }) => outcome))).toEqual(new Set(['STARTED']));
    expect(new Set(runs.map(({ operationId }) => operationId)).size).toBe(COUNT);
    expect(runs.map(({ operation }) => operation?.traces.length)).toEqual(runs.map(() => 1));
    expect(await db.operation.count()).toBe(COUNT);
    expect(await db.trace.count()).toBe(COUNT);
  });

  it('and no machine was given its job twice', async () => {
    await waitFor(
      'the jobs to be sent, but for those that the dead one was sending',
      async () => (await db.trace.count({ where: { status: { in: ['RUNNING', 'SUCCEEDED'] } } })) > COUNT / 2,
      PATIENCE_MS,
    );
    const traces = await db.trace.findMany({ include: { client: { select: { ip: true } } } });
    const scripts = (ip: string) =>
      room.agent(ip).received.filter(({ path }) => path.endsWith('EjecutarScript')).length;
    const calls = traces.map(({ client, status }) => ({ status, count: scripts(client.ip) }));
    const hasBegun = ({ status }: { status: string }) => status === 'RUNNING' || status === 'SUCCEEDED';
    expect(calls.filter(({ count }) => count > 1)).toEqual([]);
    expect(calls.filter((call) => hasBegun(call) && call.count === 0)).toEqual([]);
  });
});
