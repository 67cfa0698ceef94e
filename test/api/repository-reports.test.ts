import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseConnectTo } from '#agent/connect-to.ts';
import { scenario } from '#demo/scenario.ts';
import { applyKeptImageReports } from '#domain/imaging/image-jobs.ts';
import { MAX_IDLE_REPORTS, createPruneReports } from '#domain/imaging/stored-reports.ts';
import { parseJobReport } from '#repository/protocol.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

/** Where the reports of the two repositories come from, and those of somebody else. */
const FIRST = '127.0.0.2';
const SECOND = '127.0.0.3';
const STRANGER = '127.0.0.9';

let server: TestServer;
let secondId: string;
const warnings: Record<string, unknown>[] = [];
const db = () => server.app.database.prisma;

beforeAll(async () => {
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(JSON.parse(line) as never) });
  // Nothing answers there: these repositories only ever tell.
  const connectTo = parseConnectTo(`${scenario.repository.ip}::${FIRST}:9,192.168.68.99::${SECOND}:9`);
  server = await startTestServer({ boot: false, log, config: { repositoryConnectTo: connectTo } });
  const second = await db().repository.create({ data: { name: 'otro', ip: '192.168.68.99', path: '/opt' } });
  secondId = second.id;
});
afterAll(() => server.stop());

beforeEach(async () => {
  await db().repositoryJobReport.deleteMany();
  await db().imageReplica.deleteMany({ where: { imageId: scenario.image.id } });
});

/** Says something from an address of one's own. */
async function tell(sender: string, body: object): Promise<{ status: number | undefined; body: unknown }> {
  const sending = request(new URL('/webhooks/repository', server.url), { method: 'POST', localAddress: sender });
  sending.end(JSON.stringify(body));
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await json(response) };
}

/** A copy whose repository makes its auxiliary files, by a job that it has named or not yet. */
function awaitJob(repositoryId: string, jobId: string | null) {
  return db().imageReplica.create({
    data: {
      imageId: scenario.image.id,
      repositoryId,
      status: 'AUXILIARY_FILES_PENDING',
      auxiliaryAttempts: 1,
      auxiliaryRequestedAt: new Date(),
      auxiliaryAcceptedAt: jobId === null ? null : new Date(),
      auxiliaryJobId: jobId,
    },
  });
}

const KEPT = { status: 200, body: { outcome: 'kept' } };
const stored = () => db().repositoryJobReport.findMany({ orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }] });

describe('what somebody says who is no repository', () => {
  it('is answered as anything else is, counted and told of, and not stored', async () => {
    const bodies = Array.from({ length: 30 }, (_, n) => ({ job_id: `Job-${n}`, success: true, output: 'x'.repeat(n) }));
    const answers = await Promise.all(bodies.map((body) => tell(STRANGER, body)));
    expect(answers).toEqual(bodies.map(() => KEPT));
    expect(await tell(FIRST, { job_id: 'Job-0', success: true })).toEqual(KEPT);
    expect(await stored()).toMatchObject([{ sender: FIRST }]);
    const told = await waitFor('the log', () => warnings.find(({ sender }) => sender === STRANGER));
    expect(told).toMatchObject({ count: 1, jobId: expect.stringMatching(/^Job-/) });
    expect(
      warnings.filter(({ sender }) => sender === STRANGER).length,
      'many of them are one line in a while',
    ).toBeLessThan(3);
  });

  it('of a job that there is, is stored for people to see, some of it, and never believed', async () => {
    const { id } = await awaitJob(scenario.repository.id, 'TorrentSum-1');
    for (let n = 0; n < 30; n += 1) {
      expect(await tell(STRANGER, { job_id: 'TorrentSum-1', success: true, output: `${n}` })).toEqual(KEPT);
    }
    expect((await stored()).map(({ state }) => state)).toEqual(Array.from({ length: 20 }, () => 'KEPT'));
    expect(await db().imageReplica.findUnique({ where: { id } })).toMatchObject({ status: 'AUXILIARY_FILES_PENDING' });
    expect(await tell(FIRST, { job_id: 'TorrentSum-1', success: true })).toMatchObject({
      body: { outcome: 'applied' },
    });
  });
});

describe('what repositories say', () => {
  it('of what one has sent to another has the other looked at too', async () => {
    await db().repository.updateMany({ data: { lastError: null } });
    const copy = await db().imageReplica.create({
      data: {
        imageId: scenario.image.id,
        repositoryId: secondId,
        status: 'TRANSFERRING',
        transferById: scenario.repository.id,
        transferRequestedAt: new Date(),
        transferJobId: 'ExportImage_5',
      },
    });
    expect(await tell(FIRST, { job_id: 'ExportImage_5', success: true })).toMatchObject({
      body: { outcome: 'applied' },
    });
    expect(await db().imageReplica.findUniqueOrThrow({ where: { id: copy.id } })).toMatchObject({ status: 'READY' });
    // It does not answer here, and that is on record.
    await waitFor('the receiver to be asked', async () => {
      const { lastError } = await db().repository.findUniqueOrThrow({ where: { id: secondId } });
      return lastError !== null;
    });
  });

  it('that changes nothing is kept up to a number, the latest of it', async () => {
    for (let n = 0; n < MAX_IDLE_REPORTS + 5; n += 1) await tell(FIRST, { job_id: `Job-${n}`, success: true });
    await tell(SECOND, { job_id: 'Job-0', success: true });
    const jobs = (await stored()).filter(({ sender }) => sender === FIRST).map(({ jobId }) => jobId);
    expect(jobs).toHaveLength(MAX_IDLE_REPORTS);
    expect([jobs[0], jobs.at(-1)]).toEqual(['Job-5', `Job-${MAX_IDLE_REPORTS + 4}`]);
    expect(await db().repositoryJobReport.count({ where: { sender: SECOND } })).toBe(1);
  });

  it('that changes nothing is deleted when it is old; the ends of jobs stay', async () => {
    const row = { sender: FIRST, body: {}, receivedAt: new Date('2026-01-01T00:00:00Z') };
    await db().repositoryJobReport.createMany({
      data: [
        { ...row, jobId: 'a', digest: 'a', state: 'KEPT' },
        { ...row, jobId: 'b', digest: 'b', state: 'LATE' },
        { ...row, jobId: 'c', digest: 'c', state: 'APPLIED' },
        { ...row, jobId: 'd', digest: 'd', state: 'KEPT', receivedAt: new Date('2026-01-20T00:00:00Z') },
      ],
    });
    const now = new Date('2026-02-01T00:00:00Z');
    await createPruneReports({ db: db(), clock: { now: () => now } })();
    expect((await stored()).map(({ jobId }) => jobId)).toEqual(['c', 'd']);
  });

  it('of the end of a job is not another repository’s, whose job has the same name', async () => {
    await awaitJob(scenario.repository.id, 'TorrentSum-1');
    const end = { job_id: 'TorrentSum-1', success: true };
    expect(await tell(FIRST, end)).toMatchObject({ body: { outcome: 'applied' } });
    // The second one is quicker than its answer to our request, which has the name in it.
    const { id: replicaId } = await awaitJob(secondId, null);
    expect(await tell(SECOND, end)).toMatchObject({ body: { outcome: 'kept' } });
    expect(await tell(FIRST, { ...end, output: 'again' })).toMatchObject({ body: { outcome: 'late' } });

    await db().imageReplica.update({ where: { id: replicaId }, data: { auxiliaryJobId: 'TorrentSum-1' } });
    await applyKept(replicaId, secondId);
    expect(await db().imageReplica.findUnique({ where: { id: replicaId } })).toMatchObject({ status: 'READY' });
  });

  it('is only for its own copies, when the name of a job comes after it', async () => {
    expect(await tell(FIRST, { job_id: 'TorrentSum-1', success: false, error: 'no' })).toEqual(KEPT);
    const { id: replicaId } = await awaitJob(secondId, 'TorrentSum-1');
    await applyKept(replicaId, secondId);
    expect(await db().imageReplica.findUnique({ where: { id: replicaId } })).toMatchObject({
      status: 'AUXILIARY_FILES_PENDING',
    });
    expect(await stored()).toMatchObject([{ state: 'KEPT', replicaId: null }]);
  });

  function applyKept(replicaId: string, repositoryId: string): Promise<void> {
    const findSenders = async (_tx: unknown, sender: string) =>
      sender === FIRST ? [scenario.repository.id] : sender === SECOND ? [secondId] : [];
    return db().$transaction((tx) =>
      applyKeptImageReports(
        tx,
        { replicaId, repositoryId, jobId: 'TorrentSum-1' },
        { parseReport: parseJobReport, findSenders },
      ),
    );
  }
});
