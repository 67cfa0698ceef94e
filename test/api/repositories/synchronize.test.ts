import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import type { RepositoryBehaviour } from '#simulator/repository/repository-behaviour.ts';
import { ask } from '#test/support/ask.ts';
import { mutate } from '#test/support/mutate.ts';
import { repositoryId, startRepositoryServer } from '#test/support/start-repository-server.ts';
import type { RepositoryServer } from '#test/support/start-repository-server.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const strangerFile = { clientName: 'modelo', fileSystem: 'NTFS', dataSizeKb: 2048 };

/** How far the first server’s clock is ahead. */
let skewMs = 0;
let normal: RepositoryServer;
/** One whose repository holds files that are none of ours. */
let crowded: RepositoryServer;
/** One whose repository is away. */
let lonely: TestServer;
beforeAll(async () => {
  const names = ['image-test', 'uno', 'dos', 'tres'];
  [normal, crowded, lonely] = await Promise.all([
    startRepositoryServer({ clock: { now: () => new Date(Date.now() + skewMs) } }),
    startRepositoryServer({
      config: { repositorySyncMinutes: 15 },
      repository: { images: names.map((name) => ({ ...strangerFile, name })) },
    }),
    startTestServer({ boot: false }),
  ]);
});
afterAll(() => Promise.all([normal.server, crowded.server, lonely].map((server) => server.stop())));

async function start(behaviour?: Partial<RepositoryBehaviour>): Promise<RepositoryServer> {
  await normal.reset(behaviour);
  // What was said live a moment ago is too old by then.
  skewMs += 5000;
  return normal;
}

async function readRepository({ server }: Pick<RepositoryServer, 'server'>, selection: string) {
  const { data, errors } = await ask(
    server.url,
    `query ($id: ID!) { repository(id: $id) { ${selection} } }`,
    { id: repositoryId },
    { 'accept-language': 'en' },
  );
  expect(errors).toBeUndefined();
  return data?.['repository'];
}

describe('synchronizing', () => {
  it('writes down what is really there, and only what differs', async () => {
    const started = await start();
    await started.changeReplica({ checksum: 'old', sizeBytes: 1n });
    expect(await started.synchronize()).toMatchObject({ __typename: 'SynchronizeRepositoryPayload', changedCount: 1 });
    const after = await started.readReplica();
    expect(after).toMatchObject({ status: 'READY', checksum: started.file.id, sizeBytes: 4_160_749_568n });
    expect(await started.synchronize()).toMatchObject({ changedCount: 0 });
    expect(await started.readReplica()).toEqual(after);
  });

  it('fails the copy whose file is gone, tells why, refuses to deploy it, and takes it back', async () => {
    const started = await start();
    started.file.place = 'trash';
    started.file.hasAuxiliaryFiles = false;
    expect(await started.synchronize()).toMatchObject({ changedCount: 1 });
    const selection = 'images { nodes { status error { code message } image { name } } }';
    expect(await readRepository(started, selection)).toMatchObject({
      images: {
        nodes: [
          { status: 'CORRUPT', error: null },
          {
            status: 'FAILED',
            error: { code: 'NOT_LISTED', message: 'The repository does not have the file any more.' },
            image: { name: 'image-test' },
          },
        ],
      },
    });
    started.file.place = 'images';
    started.file.hasAuxiliaryFiles = true;
    expect(await started.synchronize()).toMatchObject({ changedCount: 1 });
    expect(await started.readReplica()).toMatchObject({ status: 'READY', fault: null });
  });

  it('happens by itself, and lists files that are none of ours until they are registered', async () => {
    await waitFor('the first look', async () => {
      const row = await crowded.server.app.database.prisma.repository.findUniqueOrThrow({
        where: { id: scenario.repository.id },
      });
      return row.lastSynchronizedAt !== null;
    });
    const selection = `imageCount unregisteredImages {
      totalCount nodes { name checksum inTrash sizeBytes dataSizeBytes fileSystem modifiedAt } }`;
    const [, , dos, tres] = crowded.repository.images;
    expect(await readRepository(crowded, selection)).toMatchObject({
      imageCount: 2,
      unregisteredImages: {
        totalCount: 3,
        nodes: [
          {
            name: 'dos',
            checksum: dos?.id,
            inTrash: false,
            sizeBytes: '1048576',
            dataSizeBytes: '2097152',
            fileSystem: 'NTFS',
            modifiedAt: dos?.modifiedAt.toISOString(),
          },
          { name: 'tres' },
          { name: 'uno' },
        ],
      },
    });
    // With its copy, it is known at once; without, by the next look.
    await mutate(crowded.server.url, 'registerImage', { name: 'uno', replicas: [{ repositoryId }] });
    await mutate(crowded.server.url, 'registerImage', { name: 'dos' });
    const names = 'imageCount unregisteredImages { nodes { name inTrash } }';
    expect(await readRepository(crowded, names)).toMatchObject({
      imageCount: 3,
      unregisteredImages: { nodes: [{ name: 'dos' }, { name: 'tres' }] },
    });
    if (tres !== undefined) tres.place = 'trash';
    expect(await crowded.synchronize()).toMatchObject({ changedCount: 2 });
    expect(await readRepository(crowded, names)).toEqual({
      imageCount: 4,
      unregisteredImages: { nodes: [{ name: 'tres', inTrash: true }] },
    });
    if (tres !== undefined) tres.hasAuxiliaryFiles = false;
    await crowded.synchronize();
    expect(await readRepository(crowded, names)).toMatchObject({ unregisteredImages: { nodes: [] } });
  });

  it('keeps when the repository was reached and what went wrong, without a change of the record', async () => {
    const started = await start();
    const selection = 'recordVersion updatedAt lastSynchronizedAt lastReachedAt lastError';
    const before = (await readRepository(started, selection)) as Record<string, unknown>;
    expect(before).toMatchObject({ lastSynchronizedAt: null, lastReachedAt: null, lastError: null });
    started.repository.behave({ fault: 'refuse' });
    expect(await started.synchronize()).toMatchObject({
      __typename: 'RepositoryFailedError',
      code: 'REPOSITORY_FAILED',
      path: ['input', 'repositoryId'],
      reachable: true,
      message: expect.stringContaining('The repository refuses'),
    });
    expect(await readRepository(started, selection)).toEqual({
      ...before,
      lastReachedAt: expect.any(String),
      lastError: 'The repository refused: The repository refuses',
    });
    started.repository.behave({ fault: 'none' });
    await started.synchronize();
    expect(await readRepository(started, selection)).toEqual({
      ...before,
      lastSynchronizedAt: expect.any(String),
      lastReachedAt: expect.any(String),
      lastError: null,
    });
  });

  it('leaves everything as it is while the repository is away', async () => {
    const before = await lonely.app.database.prisma.imageReplica.findMany({ orderBy: { id: 'asc' } });
    expect(await mutate(lonely.url, 'synchronizeRepository', { repositoryId })).toMatchObject({
      __typename: 'RepositoryFailedError',
      reachable: false,
    });
    expect(await lonely.app.database.prisma.imageReplica.findMany({ orderBy: { id: 'asc' } })).toEqual(before);
    const nobody = encodeGlobalID('Repository', scenario.image.id);
    expect(await mutate(lonely.url, 'synchronizeRepository', { repositoryId: nobody })).toMatchObject({
      __typename: 'NotFoundError',
    });
  });

  it('leaves alone what changed while the list was on its way', async () => {
    const started = await start({ fault: 'slow', slowMs: 150 });
    started.file.hasAuxiliaryFiles = false;
    const synchronized = started.synchronize();
    await waitFor('the list to be asked for', () => started.calls().length > 0);
    await started.changeReplica({ revision: 2 });
    expect(await synchronized).toMatchObject({ changedCount: 0 });
    expect(await started.readReplica()).toMatchObject({ status: 'READY', revision: 2 });
  });

  it('is harmless many times at once', async () => {
    const started = await start();
    await started.server.app.database.prisma.imageReplica.deleteMany({ where: { imageId: scenario.image.id } });
    const counts = await Promise.all(Array.from({ length: 5 }, () => started.synchronize()));
    expect(counts.filter(({ changedCount }) => changedCount === 1)).toHaveLength(1);
    expect(await started.readReplica()).toMatchObject({ status: 'READY', checksum: started.file.id });
  });
});

describe('the live status', () => {
  it('tells how the repository is, and is asked once for many', async () => {
    const started = await start();
    const status =
      'status { reachable checkedAt cpuPercent memoryPercent supportsGit error disk { totalBytes usedBytes freeBytes } services { name state } }';
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => readRepository(started, `a: ${status} b: ${status} transfers { port }`)),
    );
    const expected = {
      reachable: true,
      checkedAt: expect.any(String),
      cpuPercent: 3,
      memoryPercent: 25,
      supportsGit: false,
      error: null,
      disk: { totalBytes: '536870912000', usedBytes: '4294967296', freeBytes: '532575944704' },
      services: expect.arrayContaining([{ name: 'ssh', state: 'active' }]),
    };
    for (const answer of answers) expect(answer).toEqual({ a: expected, b: expected, transfers: [] });
    expect(started.calls().toSorted()).toEqual(['GET /status', 'GET /udpcast', 'GET /uftp']);
    skewMs += 5000;
    await readRepository(started, 'status { reachable }');
    expect(started.calls()).toHaveLength(4);
  });

  it('says that it cannot be told, where the repository refuses or is away', async () => {
    const started = await start({ fault: 'refuse' });
    expect(
      await readRepository(
        started,
        'status { reachable error disk { usedBytes } services { name } } transfers { port }',
      ),
    ).toEqual({
      status: {
        reachable: true,
        error: 'The repository refused: The repository refuses',
        disk: null,
        services: [],
      },
      transfers: null,
    });
    expect(await readRepository({ server: lonely }, 'status { reachable error }')).toEqual({
      status: { reachable: false, error: 'The repository could not be reached: connection refused.' },
    });
  });

  it('shows what is being sent', async () => {
    const started = await start();
    await fetch(`${started.repository.url}/udpcast`, {
      method: 'POST',
      body: JSON.stringify({
        ID_img: started.file.id,
        port: 9000,
        method: 'full-duplex',
        ip: '239.194.2.2',
        bitrate: '90M',
        nclients: 2,
        maxtime: 60,
      }),
    });
    const selection = 'transfers { method imageName checksum port state joined }';
    expect(await readRepository(started, selection)).toEqual({
      transfers: [
        {
          method: 'UDPCAST',
          imageName: 'image-test',
          checksum: started.file.id,
          port: 9000,
          state: 'WAITING',
          joined: 0,
        },
      ],
    });
  });
});
