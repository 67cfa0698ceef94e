import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConnectTo } from '#agent/connect-to.ts';
import { scenario } from '#demo/scenario.ts';
import type { ImageReplica } from '#prisma/generated/client/client.ts';
import { createReporter } from '#simulator/create-reporter.ts';
import type { Reporter } from '#simulator/create-reporter.ts';
import { createRepository } from '#simulator/create-repository.ts';
import type { RepositoryHandle } from '#simulator/create-repository.ts';
import { DEFAULT_REPOSITORY_BEHAVIOUR } from '#simulator/repository/repository-behaviour.ts';
import type { RepositoryBehaviour } from '#simulator/repository/repository-behaviour.ts';
import { mutate } from '#test/support/mutate.ts';
import { imageId, repositoryId, startRepositoryServer } from '#test/support/start-repository-server.ts';
import type { RepositoryServer } from '#test/support/start-repository-server.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

let normal: RepositoryServer;
/** One whose repository is away. */
let lonely: RepositoryServer;
beforeAll(async () => {
  [normal, lonely] = await Promise.all([
    startRepositoryServer(),
    startRepositoryServer({ config: { repositoryConnectTo: parseConnectTo('::127.0.0.1:9') } }),
  ]);
});
afterAll(() => Promise.all([normal, lonely].map(({ server }) => server.stop())));

async function start(started = normal): Promise<RepositoryServer> {
  await started.reset();
  return started;
}

/** A trace that may be fetching the walkthrough’s image from its repository. */
async function deployNow({ server }: RepositoryServer): Promise<void> {
  await server.app.database.prisma.operation.create({
    data: {
      action: 'DEPLOY_IMAGE',
      requestedBy: 'x',
      input: {},
      inputHash: 'x',
      outcomes: [],
      startSeq: 0n,
      traces: {
        create: {
          clientId: scenario.client.id,
          action: 'DEPLOY_IMAGE',
          status: 'LOST',
          agentIp: scenario.client.ip,
          repositoryId: scenario.repository.id,
          input: { imageId: scenario.image.id },
        },
      },
    },
  });
}

describe('the integrity of a file', () => {
  it('makes a copy CORRUPT, and READY again', async () => {
    const started = await start();
    expect(await started.onReplica('checkImageIntegrity', {}, 'isIntact replica { status }')).toMatchObject({
      isIntact: true,
      replica: { status: 'READY' },
    });
    started.file.isCorrupt = true;
    expect(
      await started.onReplica('checkImageIntegrity', {}, 'isIntact replica { status error { code } }'),
    ).toMatchObject({ isIntact: false, replica: { status: 'CORRUPT', error: { code: 'NOT_INTACT' } } });
    // A list knows nothing of that.
    await started.synchronize();
    expect(await started.readReplica()).toMatchObject({ status: 'CORRUPT' });
    started.file.isCorrupt = false;
    expect(
      await started.onReplica('checkImageIntegrity', {}, 'isIntact replica { status error { code } }'),
    ).toMatchObject({
      isIntact: true,
      replica: { status: 'READY', error: null },
    });
  });

  it('is not known where the repository cannot look', async () => {
    const started = await start();
    started.repository.behave({ fault: 'refuse' });
    expect(await started.onReplica('checkImageIntegrity')).toMatchObject({
      __typename: 'RepositoryFailedError',
      reachable: true,
      path: ['input', 'replicaId'],
    });
    expect(await started.readReplica()).toMatchObject({ status: 'READY' });
    await started.changeReplica({ checksum: null });
    expect(await started.onReplica('checkImageIntegrity')).toMatchObject({ fault: 'COPY_HAS_NO_FILE' });
  });
});

describe('the trash', () => {
  it('takes a file, gives it back, and lets go of it', async () => {
    const started = await start();
    const status = 'replica { status }';
    expect(await started.onReplica('recoverImage')).toMatchObject({ fault: 'NOT_IN_TRASH' });
    expect(await started.onReplica('deleteImageFile', {}, 'image { name }')).toMatchObject({ fault: 'NOT_IN_TRASH' });
    expect(await started.onReplica('trashImage', {}, status)).toMatchObject({ replica: { status: 'TRASH' } });
    expect(started.file.place).toBe('trash');
    // Once more is no mistake.
    expect(await started.onReplica('trashImage', {}, status)).toMatchObject({ replica: { status: 'TRASH' } });
    expect(await started.onReplica('recoverImage', {}, status)).toMatchObject({ replica: { status: 'READY' } });
    expect(started.file.place).toBe('images');
    await started.onReplica('trashImage', {}, status);
    expect(
      await started.onReplica(
        'deleteImageFile',
        {},
        'image { name replicas { repository { name } } } repository { name }',
      ),
    ).toEqual({
      __typename: 'DeleteImageFilePayload',
      image: { name: 'image-test', replicas: [] },
      repository: { name: 'ogRepository Demo' },
    });
    expect(started.repository.images).toEqual([]);
  });

  it('still knows that a file is damaged', async () => {
    const started = await start();
    started.file.isCorrupt = true;
    await started.onReplica('checkImageIntegrity', {}, 'isIntact');
    await started.onReplica('trashImage', {}, 'replica { status }');
    expect(await started.onReplica('recoverImage', {}, 'replica { status error { code } }')).toMatchObject({
      replica: { status: 'CORRUPT', error: { code: 'NOT_INTACT' } },
    });
  });

  it('is passed by where that is wanted', async () => {
    const started = await start();
    expect(await started.onReplica('deleteImageFile', { force: true }, 'image { name }')).toMatchObject({
      image: { name: 'image-test' },
    });
    expect(started.repository.images).toEqual([]);
  });

  it('takes nothing that a job may be using', async () => {
    const started = await start();
    await deployNow(started);
    const { prisma } = started.server.app.database;
    await prisma.trace.updateMany({ data: { status: 'RUNNING' } });
    const inUse = {
      __typename: 'InUseError',
      usedBy: [{ type: 'ActiveTrace', count: 1 }],
      canCascade: false,
    };
    expect(await started.onReplica('trashImage')).toMatchObject(inUse);
    expect(await started.onReplica('deleteImageFile', { force: true }, 'image { name }')).toMatchObject(inUse);
    expect(await started.readReplica()).toMatchObject({ status: 'READY', fault: null });
    expect(started.calls()).toEqual([]);
    await prisma.trace.updateMany({ data: { status: 'LOST' } });
    expect(await started.onReplica('trashImage')).toMatchObject({ __typename: 'TrashImagePayload' });
  });

  it.each<[mutation: string, input: object, selection: string, before: 'READY' | 'TRASH']>([
    ['trashImage', {}, 'replica { status }', 'READY'],
    ['recoverImage', {}, 'replica { status }', 'TRASH'],
    ['deleteImageFile', {}, 'image { name }', 'TRASH'],
    ['deleteImageFile', { force: true }, 'image { name }', 'READY'],
  ])('leaves all as it was where the repository refuses %s %j', async (mutation, input, selection, status) => {
    const started = await start();
    await started.changeReplica({ status });
    started.repository.behave({ fault: 'refuse' });
    const before = await started.readReplica();
    expect(await started.onReplica(mutation, input, selection)).toMatchObject({
      __typename: 'RepositoryFailedError',
      reachable: true,
      message: expect.stringContaining('ogRepository Demo'),
    });
    expect(await started.readReplica()).toEqual({ ...before, updatedAt: expect.any(Date) });
  });

  it('leaves all as it was where the repository is away', async () => {
    const started = await start(lonely);
    const before = await started.readReplica();
    for (const [mutation, input, selection] of [
      ['trashImage', {}, 'replica { status }'],
      ['deleteImageFile', { force: true }, 'image { name }'],
    ] as const) {
      expect(await started.onReplica(mutation, input, selection)).toMatchObject({ reachable: false });
      expect(await started.readReplica()).toEqual({ ...before, updatedAt: expect.any(Date) });
    }
  });

  it('takes a refusal for done where it had been done before', async () => {
    const started = await start();
    await fetch(`${started.repository.url}/images/${started.file.id}?method=trash`, { method: 'DELETE' });
    expect(await started.onReplica('trashImage', {}, 'replica { status }')).toMatchObject({
      replica: { status: 'TRASH' },
    });
    await fetch(`${started.repository.url}/trash/images/${started.file.id}`, { method: 'DELETE' });
    expect(await started.onReplica('deleteImageFile', {}, 'image { name }')).toMatchObject({
      __typename: 'DeleteImageFilePayload',
    });
  });

  it('says of an id of nothing that it is none', async () => {
    const { server } = await start();
    for (const replicaId of [imageId, encodeGlobalID('ImageReplica', scenario.image.id)]) {
      expect(await mutate(server.url, 'trashImage', { replicaId })).toMatchObject({ __typename: 'NotFoundError' });
    }
  });
});

describe('copies between repositories', () => {
  const otherIp = '192.168.68.56';

  let first: RepositoryHandle;
  let second: RepositoryHandle;
  let server: TestServer;
  let reporter: Reporter;
  let otherRow: string;
  let otherId: string;

  // Two repositories that copy from one another; the first one holds the walkthrough’s image.
  beforeAll(async () => {
    const peers = new Map<string, RepositoryHandle>();
    reporter = createReporter('http://127.0.0.1:9');
    const common = { host: '127.0.0.1', reporter, wake: () => {}, log: () => {}, peers };
    first = await createRepository(common);
    second = await createRepository({ ...common, images: [] });
    peers.set(scenario.repository.ip, first).set(otherIp, second);
    const rules = [
      `${scenario.repository.ip}::127.0.0.1:${first.repository.port}`,
      `${otherIp}::127.0.0.1:${second.repository.port}`,
    ];
    server = await startTestServer({ boot: false, config: { repositoryConnectTo: parseConnectTo(rules.join(',')) } });
    reporter.setServerUrl(new URL(server.url).origin);
    const other = await server.app.database.prisma.repository.create({
      data: { name: 'otro', ip: otherIp, path: '/opt' },
    });
    otherRow = other.id;
    otherId = encodeGlobalID('Repository', other.id);
  });
  afterAll(async () => {
    await Promise.all([first.stop(), second.stop()]);
    await Promise.all([reporter.close(), server.stop()]);
  });

  async function startTwo(behaviour: Partial<RepositoryBehaviour> = {}): Promise<void> {
    for (const { repository } of [first, second]) {
      repository.behave({ ...DEFAULT_REPOSITORY_BEHAVIOUR, jobMs: 30, ...behaviour });
    }
    for (const image of second.store.images.slice()) second.store.remove(image);
    const { prisma } = server.app.database;
    await prisma.repositoryJobReport.deleteMany();
    await prisma.imageReplica.deleteMany({ where: { repositoryId: otherRow } });
    await prisma.repository.updateMany({ data: { lastSynchronizedAt: null } });
  }

  function transfer(
    kind: 'import' | 'export',
    selection = 'replica { status repository { name } }',
  ): Promise<Record<string, unknown>> {
    const input =
      kind === 'import'
        ? { imageId, repositoryId: otherId, fromRepositoryId: repositoryId }
        : { imageId, repositoryId, toRepositoryId: otherId };
    return mutate(server.url, `${kind}Image`, input, selection);
  }

  /** The copy at the second repository. */
  function readCopy(): Promise<ImageReplica | null> {
    return server.app.database.prisma.imageReplica.findUnique({
      where: { imageId_repositoryId: { imageId: scenario.image.id, repositoryId: otherRow } },
    });
  }

  /** Waits for the end of a copy, and for the look at the repositories that follows its report: at both, since both report from here. */
  async function untilCopy(status: ImageReplica['status']): Promise<ImageReplica> {
    const { repository } = server.app.database.prisma;
    await waitFor(
      'the repositories to be looked at',
      async () => (await repository.count({ where: { lastSynchronizedAt: { not: null } } })) === 2,
    );
    return waitFor(`the copy to be ${status}`, async () => {
      const copy = await readCopy();
      return copy?.status === status ? copy : null;
    });
  }

  it.each(['import', 'export'] as const)(
    'are ready after an %s, by the word of the repository that did it',
    async (kind) => {
      await startTwo();
      expect(await transfer(kind)).toMatchObject({
        replica: { status: 'TRANSFERRING', repository: { name: 'otro' } },
      });
      expect(await transfer(kind)).toMatchObject({ fault: 'COPY_EXISTS' });
      expect(await untilCopy('READY')).toMatchObject({ transferJobId: null, fault: null });
      expect(second.repository.images[0]?.id).toBe(first.repository.images[0]?.id);
      const [report] = await server.app.database.prisma.repositoryJobReport.findMany();
      expect(report).toMatchObject({
        state: 'APPLIED',
        jobId: expect.stringMatching(kind === 'import' ? /^Import/ : /^Export/),
      });
      expect(await transfer(kind)).toMatchObject({ fault: 'COPY_EXISTS' });
    },
  );

  it('are found in the list where nobody told of their end', async () => {
    await startTwo({ fault: 'silent' });
    await transfer('import');
    await waitFor('the file', () => second.repository.images.length === 1);
    expect(await readCopy()).toMatchObject({ status: 'TRANSFERRING' });
    await mutate(server.url, 'synchronizeRepository', { repositoryId: otherId });
    expect(await readCopy()).toMatchObject({ status: 'READY', checksum: second.repository.images[0]?.id });
  });

  it('fail with the repository’s words, and may be ordered again', async () => {
    await startTwo();
    const [image] = first.repository.images;
    if (image === undefined) throw new Error('there is no image');
    image.hasAuxiliaryFiles = false;
    await transfer('import');
    expect(await untilCopy('FAILED')).toMatchObject({
      fault: 'TRANSFER_FAILED',
      faultDetail: 'The image could not be copied',
    });
    // The look that followed has found the source gone too; now it is back.
    expect(await transfer('import')).toMatchObject({ fault: 'COPY_NOT_READY' });
    image.hasAuxiliaryFiles = true;
    await mutate(server.url, 'synchronizeRepository', { repositoryId });
    await transfer('import');
    expect(await untilCopy('READY')).toMatchObject({ fault: null, faultDetail: null });
  });

  it('leave nothing behind where the repository refuses', async () => {
    await startTwo();
    second.repository.behave({ fault: 'refuse' });
    expect(await transfer('import')).toMatchObject({ __typename: 'RepositoryFailedError', reachable: true });
    expect(await readCopy()).toBeNull();
  });

  it('are refused where they make no sense', async () => {
    await startTwo();
    const order = { imageId, repositoryId: otherId, fromRepositoryId: repositoryId };
    expect(await mutate(server.url, 'importImage', { ...order, repositoryId })).toMatchObject({
      fault: 'SAME_REPOSITORY',
      path: ['input', 'fromRepositoryId'],
    });
    const back = { ...order, repositoryId, fromRepositoryId: otherId };
    expect(await mutate(server.url, 'importImage', back)).toMatchObject({
      __typename: 'NotFoundError',
      path: ['input', 'fromRepositoryId'],
    });
    const damaged = encodeGlobalID('Image', scenario.damagedImage.id);
    expect(await mutate(server.url, 'importImage', { ...order, imageId: damaged })).toMatchObject({
      fault: 'COPY_NOT_READY',
      path: ['input', 'fromRepositoryId'],
    });
    expect(
      await mutate(server.url, 'exportImage', { imageId: otherId, repositoryId, toRepositoryId: otherId }),
    ).toMatchObject({
      __typename: 'NotFoundError',
      path: ['input', 'imageId'],
    });
  });
});
