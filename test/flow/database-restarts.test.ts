// The database goes away while a room reports: whatever is answered 200 is stored, whatever is not is said again, and nobody has to restart us.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunScriptDocument } from '#test/operations.generated.ts';
import { onServer, openTestDatabase } from '#test/support/open-test-database.ts';
import { SECRETS_KEY, startSigning } from '#test/support/sign-report.ts';
import { isOver, startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const RESTARTS = 6;
const PATIENCE = 120_000;

interface Said {
  status: number;
  retryAfter: string | null;
}

// One process alone has its database within itself.
describe.runIf(onServer())('a database that is restarted under a room that reports', () => {
  let classroom: Classroom;
  let url = '';
  beforeAll(async () => {
    const database = await openTestDatabase();
    url = database.url ?? '';
    classroom = await startClassroom(12, {
      database,
      behaviour: { fault: 'silent', durationMs: 60_000 },
      config: { agentSecretsKey: SECRETS_KEY },
    });
  }, PATIENCE);
  afterAll(() => classroom.server.stop());

  /** As a restart does it: every connection is cut, whatever is under way on it. */
  async function cutEverything(): Promise<number> {
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    const { rows } = await admin.query<{ cut: boolean }>(
      'SELECT pg_terminate_backend(pid) AS cut FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await admin.end();
    return rows.filter(({ cut }) => cut).length;
  }

  async function say(body: object): Promise<Said> {
    const response = await fetch(classroom.server.url.replace('graphql', 'opengnsys/rest/clients/status/webhook'), {
      method: 'POST',
      body: JSON.stringify(body),
    });
    await response.text();
    return { status: response.status, retryAfter: response.headers.get('retry-after') };
  }

  it('loses nothing that it has said was stored', { timeout: PATIENCE }, async () => {
    const db = classroom.server.app.database.prisma;
    const { runScript } = await classroom.server.request(RunScriptDocument, {
      input: { script: 'echo', target: { roomId: classroom.roomId }, waitForAgentsMs: 30_000 } as never,
    });
    if (runScript.__typename !== 'RunScriptPayload') throw new Error(JSON.stringify(runScript));
    const traces = await db.trace.findMany({ where: { status: 'RUNNING' }, include: { client: true } });
    expect(traces).toHaveLength(12);

    const failures: Said[] = [];
    const stored: object[] = [];
    let restarts = 0;
    const insist = async (body: object) => {
      for (;;) {
        const said = await say(body);
        if (said.status === 200) break;
        failures.push(said);
      }
      stored.push(body);
    };
    const agents = traces.map(async ({ jobId, client: { ip } }) => {
      // As long as the database goes on being restarted, and a little more.
      for (let progress = 0; restarts < RESTARTS || progress < 30; progress += 1) {
        await insist({ job_id: jobId, progress: progress % 99, iph: ip, n: progress });
      }
      await insist({ job_id: jobId, res: '1', der: '', iph: ip });
    });
    while (restarts < RESTARTS) {
      const heard = stored.length;
      // After each, the room has to be heard again.
      await waitFor('the room to be heard', async () => (stored.length > heard + 20 ? true : null), 30_000);
      expect(await cutEverything()).toBeGreaterThan(0);
      restarts += 1;
    }
    await Promise.all(agents);

    expect(failures.filter(({ status }) => status !== 500 && status !== 503)).toEqual([]);
    expect(failures.every(({ retryAfter }) => retryAfter === '1')).toBe(true);
    const rows = await db.agentReport.findMany({ where: { jobId: { in: traces.map(({ jobId }) => jobId ?? '') } } });
    // Each once, however many times it had to be said.
    expect(rows.map(({ body }) => JSON.stringify(body, sorted)).toSorted()).toEqual(
      stored.map((body) => JSON.stringify(body, sorted)).toSorted(),
    );
    const end = await classroom.until(runScript.operation.id, 'all to end', isOver);
    expect(end.traces.nodes.map(({ status }) => status)).toEqual(traces.map(() => 'SUCCEEDED'));
  });

  it('takes signed events once, also those whose storing was not heard of', { timeout: PATIENCE }, async () => {
    const [clientId = ''] = classroom.clientIds;
    const agent = await startSigning(classroom.server, clientId);
    const outcomes: (string | undefined)[] = [];
    for (let number = 0; number < 40; number += 1) {
      const cut = number % 10 === 5 ? cutEverything() : null;
      for (;;) {
        const { status, body } = await agent.tell({ type: 'client.ready' }, { id: `evt-${number}` });
        expect([200, 500, 503]).toContain(status);
        if (status !== 200) continue;
        outcomes.push(body.outcome);
        break;
      }
      await cut;
    }
    expect(outcomes.filter((outcome) => outcome !== 'applied' && outcome !== 'repeat')).toEqual([]);
    expect(await classroom.server.app.database.prisma.agentDelivery.count()).toBe(40);
  });
});

function sorted(_key: string, value: unknown): unknown {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}
