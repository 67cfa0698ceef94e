import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import type { ImageReplica } from '#prisma/generated/client/client.ts';
import type { RepositoryBehaviour } from '#simulator/repository/repository-behaviour.ts';
import { startRepositoryServer } from '#test/support/start-repository-server.ts';
import type { RepositoryServer } from '#test/support/start-repository-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

/** A repository that is called at its own address, where it may not be. */
const ELSEWHERE = { repositoryConnectTo: [], repositoryNetworks: [] };

let normal: RepositoryServer;
/** One that soon has enough of waiting. */
let hasty: RepositoryServer;
/** One that cannot reach its repository, and takes nobody’s word for the repository’s. */
let lonely: RepositoryServer;
beforeAll(async () => {
  const times = { backOffMs: 20, maxBackOffMs: 40 };
  [normal, hasty, lonely] = await Promise.all([
    startRepositoryServer(),
    startRepositoryServer({ auxiliaryTimes: { silenceMs: 80 } }),
    startRepositoryServer({ auxiliaryTimes: times, config: ELSEWHERE }),
  ]);
});
afterAll(() => Promise.all([normal, hasty, lonely].map(({ server }) => server.stop())));

async function start(behaviour?: Partial<RepositoryBehaviour>, started = normal): Promise<RepositoryServer> {
  await started.reset(behaviour);
  return started;
}

/** As a capture leaves it: a file without checksum and torrent, and a copy that waits for them. */
async function capture({ file, changeReplica }: RepositoryServer, changes: Partial<ImageReplica> = {}): Promise<void> {
  file.hasAuxiliaryFiles = false;
  await changeReplica({ status: 'AUXILIARY_FILES_PENDING', checksum: null, sizeBytes: null, ...changes });
}

const isReady = ({ status, sizeBytes }: ImageReplica) => status === 'READY' && sizeBytes !== null;

function requestsOf({ calls }: RepositoryServer): number {
  return calls().filter((call) => call === 'POST /images/torrentsum').length;
}

/** Of the end of whose jobs nobody will ever tell. */
const SILENT = { fault: 'silent', jobMs: 0 } as const;

describe('auxiliary files', () => {
  it('are made after a capture, and then the copy is ready', async () => {
    const started = await start();
    await capture(started);
    const replica = await started.untilReplica('the copy to be ready', isReady);
    expect(replica).toMatchObject({
      checksum: started.file.id,
      sizeBytes: 4_160_749_568n,
      fault: null,
      auxiliaryAttempts: 0,
      auxiliaryJobId: null,
    });
    expect(started.repository.received.findLast(({ path }) => path.endsWith('/torrentsum'))?.body).toEqual({
      image: 'image-test.img',
    });
    expect(requestsOf(started)).toBe(1);
    const [report] = await started.server.app.database.prisma.repositoryJobReport.findMany();
    expect(report).toMatchObject({ state: 'APPLIED', sender: '127.0.0.1', replicaId: replica.id });
  });

  it('are found in the list where the repository never told of them', async () => {
    const started = await start(SILENT, hasty);
    await capture(started);
    expect(await started.untilReplica('the copy to be ready', isReady)).toMatchObject({ checksum: started.file.id });
    expect(requestsOf(started)).toBe(1);
  });

  it('are asked for again where they are not there after that', async () => {
    const started = await start({ ...SILENT, jobMs: 60_000 }, hasty);
    await capture(started);
    await waitFor('a second request', () => requestsOf(started) >= 2);
    expect(await started.readReplica()).toMatchObject({ status: 'AUXILIARY_FILES_PENDING' });
  });

  it('are asked for again and again while the repository is away', async () => {
    const started = await start({}, lonely);
    await capture(started);
    await waitFor('some attempts', async () => (await started.readReplica()).auxiliaryAttempts >= 3);
    expect(requestsOf(started)).toBe(0);
    const { lastError } = await started.server.app.database.prisma.repository.findUniqueOrThrow({
      where: { id: scenario.repository.id },
    });
    expect(lastError).toContain('the settings do not allow');
    expect(await started.readReplica()).toMatchObject({ status: 'AUXILIARY_FILES_PENDING', fault: null });
  });

  it('fail the copy where the repository refuses, until somebody has them made anew', async () => {
    const started = await start();
    started.repository.behave({ fault: 'refuse' });
    await capture(started);
    expect(await started.untilReplica('the copy to fail', ({ status }) => status === 'FAILED')).toMatchObject({
      fault: 'AUXILIARY_FILES_FAILED',
      faultDetail: 'The repository refused: The repository refuses',
    });
    started.repository.behave({ fault: 'none' });
    expect(await started.onReplica('createAuxiliaryFiles', {}, 'replica { error { code } }')).toEqual({
      __typename: 'CreateAuxiliaryFilesPayload',
      replica: { error: null },
    });
    await started.untilReplica('the copy to be ready', isReady);
    expect(await started.onReplica('createAuxiliaryFiles')).toMatchObject({ fault: 'COPY_NOT_READY' });
  });

  it('fail the copy where the repository could not make them', async () => {
    const started = await start();
    started.file.isCorrupt = true;
    await capture(started);
    const failed = await started.untilReplica('the copy to fail', ({ status }) => status === 'FAILED');
    expect(failed).toMatchObject({
      fault: 'AUXILIARY_FILES_FAILED',
      faultDetail: 'The auxiliary files could not be made',
    });
  });

  it('are asked for again after a server died between the request and the answer', async () => {
    const started = await start();
    await capture(started, { auxiliaryAttempts: 1, auxiliaryRequestedAt: new Date(Date.now() - 11_000) });
    await started.untilReplica('the copy to be ready', isReady);
    expect(requestsOf(started)).toBe(1);
  });

  it('are finished after a server died between the answer and the report', async () => {
    const started = await start({ jobMs: 60_000 });
    await capture(started, {
      auxiliaryAttempts: 1,
      auxiliaryRequestedAt: new Date(),
      auxiliaryAcceptedAt: new Date(),
      auxiliaryJobId: 'TorrentSum-1',
    });
    started.file.hasAuxiliaryFiles = true;
    expect(await started.tell({ job_id: 'TorrentSum-1', success: true, output: 'ok' })).toEqual({
      status: 200,
      body: { outcome: 'applied' },
    });
    // The report did not describe the image; the list did.
    expect(await started.untilReplica('the copy to be ready', isReady)).toMatchObject({ checksum: started.file.id });
    expect(requestsOf(started)).toBe(0);
  });
});

describe('a report of a repository', () => {
  const inCourse = {
    status: 'AUXILIARY_FILES_PENDING',
    auxiliaryAttempts: 1,
    auxiliaryJobId: 'TorrentSum-1',
  } as const;
  const REPORT = { job_id: 'TorrentSum-1', success: true, output: 'ok' };

  async function startInCourse(): Promise<RepositoryServer> {
    const started = await start({ jobMs: 60_000 });
    const now = new Date();
    await started.changeReplica({ ...inCourse, auxiliaryRequestedAt: now, auxiliaryAcceptedAt: now });
    return started;
  }

  it('is applied once, also by the other path, and stored once', async () => {
    const started = await startInCourse();
    const copies = [
      await started.tell(REPORT, '/og-repository/webhook'),
      await started.tell(REPORT),
      await started.tell({ ...REPORT, output: 'again' }),
      await started.tell({ ...REPORT, success: false, error: 'no' }),
    ];
    expect(copies.map(({ body }) => (body as { outcome: string }).outcome)).toEqual([
      'applied',
      'repeat',
      'late',
      'late',
    ]);
    expect(await started.readReplica()).toMatchObject({ status: 'READY', fault: null });
    const reports = await started.server.app.database.prisma.repositoryJobReport.findMany({ orderBy: { id: 'asc' } });
    expect(reports.map(({ state, copies: count }) => [state, count])).toEqual([
      ['APPLIED', 2],
      ['LATE', 1],
      ['LATE', 1],
    ]);
  });

  it('that says how it failed is shown with the copy', async () => {
    const started = await startInCourse();
    await started.tell({ job_id: 'TorrentSum-1', success: 'false', exception: 'No space left on device' });
    expect(await started.onReplica('checkImageIntegrity')).toMatchObject({ fault: 'COPY_NOT_READY' });
    expect(await started.readReplica()).toMatchObject({
      status: 'FAILED',
      fault: 'AUXILIARY_FILES_FAILED',
      faultDetail: 'No space left on device',
    });
  });

  it('of a job that nobody knows is kept, and changes nothing', async () => {
    const started = await startInCourse();
    expect(await started.tell({ ...REPORT, job_id: 'TorrentSum-2' })).toMatchObject({ body: { outcome: 'kept' } });
    expect(await started.tell({ job_id: 'TorrentSum-1', progress: 10 })).toMatchObject({ body: { outcome: 'kept' } });
    expect(await started.readReplica()).toMatchObject(inCourse);
  });

  it('that is quicker than the answer waits for it', async () => {
    const started = await start({ fault: 'slow', slowMs: 300, jobMs: 20 });
    await capture(started);
    const { prisma } = started.server.app.database;
    await waitFor('the report', async () => {
      const [report] = await prisma.repositoryJobReport.findMany();
      return report?.state === 'KEPT';
    });
    expect(await started.readReplica()).toMatchObject({ status: 'AUXILIARY_FILES_PENDING', auxiliaryJobId: null });
    await started.untilReplica('the copy to be ready', ({ status }) => status === 'READY');
    expect(await prisma.repositoryJobReport.findMany()).toMatchObject([{ state: 'APPLIED' }]);
    expect(requestsOf(started)).toBe(1);
  });

  it('of a stranger is kept, and never believed', async () => {
    // The repository is called at its own address, so what comes from here is not its word.
    const started = await start({}, lonely);
    const now = new Date();
    await started.changeReplica({ ...inCourse, auxiliaryRequestedAt: now, auxiliaryAcceptedAt: now });
    expect(await started.tell(REPORT)).toMatchObject({ status: 200, body: { outcome: 'kept' } });
    expect(await started.tell(REPORT)).toMatchObject({ status: 200, body: { outcome: 'kept' } });
    expect(await started.readReplica()).toMatchObject(inCourse);
    expect(await started.server.app.database.prisma.repositoryJobReport.findMany()).toMatchObject([
      { state: 'KEPT', copies: 2, sender: '127.0.0.1', body: REPORT },
    ]);
  });

  it.each<[what: string, body: unknown, status: number]>([
    ['no JSON', '{', 400],
    ['no object', [], 400],
    ['no job', { success: true }, 400],
    ['too much', { job_id: 'x', output: 'x'.repeat(600_000) }, 413],
  ])('with %s is not taken', async (_what, body, status) => {
    const started = await start();
    expect(await started.tell(body)).toMatchObject({ status });
    expect(await started.server.app.database.prisma.repositoryJobReport.count()).toBe(0);
  });

  it('is posted, not fetched', async () => {
    const { server } = await start();
    const response = await fetch(new URL('/webhooks/repository', server.url));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
