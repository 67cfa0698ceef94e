import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageStatus } from '#prisma/generated/client/enums.ts';
import { DeployedImagesDocument, FitnessDocument, RevisionsDocument } from '#test/operations.generated.ts';
import { createCampus } from '#test/support/create-campus.ts';
import type { Campus } from '#test/support/create-campus.ts';
import { createPlace } from '#test/support/create-place.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const GIB = 1024n ** 3n;
const NO_ID = '01936cba-0000-7000-8000-00000000ffff';

let server: TestServer;
let campus: Campus;

const first = (ids: readonly string[]): string => ids[0] ?? '';
const db = () => server.app.database.prisma;

beforeAll(async () => {
  server = await startTestServer({ machines: [] });
  campus = await createCampus(db(), { centers: 1, rooms: 1, clients: 3, disks: 1, partitions: 3 }, 1);
});
afterAll(() => server.stop());

/** SQL statements of one request. The server looks into its event log every second too: the least of some runs is without that. */
async function countStatements(run: () => Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  while (counts.length < 3) {
    const before = server.statements();
    await run();
    counts.push(server.statements() - before);
  }
  return Math.min(...counts);
}

describe('images for a partition', () => {
  const STATUSES: (ImageStatus | null)[] = [
    ...(['PENDING', 'CREATING', 'AUXILIARY_FILES_PENDING', 'READY'] as const),
    ...(['FAILED', 'CORRUPT', 'TRANSFERRING', 'TRASH', null] as const),
  ];
  const SIZES: [string, bigint | null][] = [
    ['sin-medida', null],
    ['cabe', 20n * GIB],
    ['justa', 50n * GIB],
    ['grande', 50n * GIB + 1n],
  ];

  it('are offered exactly where they are fit, and say why they are not', async () => {
    const [ours = '', other = ''] = campus.repositoryIds;
    for (const status of STATUSES) {
      for (const [size, sizeBytes] of SIZES) {
        await db().image.create({
          data: {
            name: `apta-${size}-${status ?? 'ajena'}`,
            sizeBytes,
            // A copy elsewhere is no copy here.
            replicas: {
              create: { repositoryId: status === null ? other : ours, status: status ?? 'READY' },
            },
          },
        });
      }
    }
    const withRepository = await db().client.findFirstOrThrow({
      where: { id: { in: campus.clientIds }, repositoryId: ours },
    });
    const bare = await db().client.create({
      data: {
        name: 'sin-repositorio',
        mac: '02:AB:00:00:00:01',
        ip: '10.202.0.1',
        roomId: first(campus.roomIds),
        disks: { create: { number: 1, sizeBytes: 100n * GIB } },
      },
    });
    const clientId = encodeGlobalID('Client', withRepository.id);
    const places = [
      { place: { clientId, disk: 1, partition: 1 }, offered: 3, common: [] },
      { place: { clientId, disk: 1, partition: 3 }, offered: 0, common: ['PARTITION_IS_CACHE'] },
      { place: { clientId, disk: 1, partition: 9 }, offered: 0, common: ['PARTITION_NOT_FOUND'] },
      { place: { clientId, disk: 9, partition: 1 }, offered: 0, common: ['DISK_NOT_FOUND'] },
      { place: { clientId, disk: 0, partition: -1 }, offered: 0, common: ['DISK_NOT_FOUND'] },
      {
        place: { clientId: encodeGlobalID('Client', bare.id), disk: 1, partition: 1 },
        offered: 0,
        common: ['NO_REPOSITORY', 'PARTITION_NOT_FOUND'],
      },
      {
        place: { clientId: encodeGlobalID('Client', NO_ID), disk: 1, partition: 1 },
        offered: 0,
        common: ['CLIENT_NOT_FOUND'],
      },
      { place: { clientId: 'garbage', disk: 1, partition: 1 }, offered: 0, common: ['CLIENT_NOT_FOUND'] },
    ];
    for (const { place, offered, common } of places) {
      const answer = await server.request(FitnessDocument, { place, prefix: 'apta-' });
      expect(answer.all.nodes).toHaveLength(STATUSES.length * SIZES.length);
      const fit = answer.all.nodes.filter(({ fitness }) => fitness.fits).map(({ name }) => name);
      expect(answer.offered.nodes.map(({ name }) => name)).toEqual(fit);
      expect(answer.offered.totalCount).toBe(offered);
      for (const { fitness } of answer.all.nodes) {
        expect(fitness.fits).toBe(fitness.reasons.every(({ blocking }) => !blocking));
        expect(fitness.reasons.map(({ code }) => code)).toEqual(expect.arrayContaining(common));
        expect(fitness.reasons.every(({ message }) => !/[{}]/.test(message))).toBe(true);
      }
    }
    const { all } = await server.request(FitnessDocument, {
      place: { clientId, disk: 1, partition: 1 },
      prefix: 'apta-',
    });
    const codesOf = (name: string) =>
      all.nodes.find((image) => image.name === name)?.fitness.reasons.map(({ code }) => code);
    expect(codesOf('apta-justa-READY')).toEqual([]);
    expect(codesOf('apta-sin-medida-READY')).toEqual(['IMAGE_SIZE_UNKNOWN']);
    expect(codesOf('apta-grande-TRASH')).toEqual(['IMAGE_NOT_READY', 'PARTITION_TOO_SMALL']);
    expect(codesOf('apta-cabe-ajena')).toEqual(['IMAGE_NOT_IN_REPOSITORY']);
  });

  it('cost the same number of statements for one image and for thirty-six', async () => {
    const place = { clientId: encodeGlobalID('Client', first(campus.clientIds)), disk: 1, partition: 1 };
    const count = (prefix: string) => countStatements(() => server.request(FitnessDocument, { place, prefix }));
    expect(await count('apta-')).toBe(await count('apta-cabe-READY'));
  });
});

describe('the revisions of an image', () => {
  it('are kept as it is captured anew, newest first', async () => {
    const [modelo = '', otro = ''] = campus.clientIds;
    const { id } = await db().image.create({
      data: { name: 'revisada', sizeBytes: 1n, sourceClientId: modelo, sourceDisk: 1, sourcePartition: 2 },
    });
    await db().image.update({
      where: { id },
      data: { revision: 2, sizeBytes: 2n, sourceClientId: otro, sourceDisk: 2, sourcePartition: 3 },
    });
    await db().image.update({ where: { id }, data: { revision: 5, sizeBytes: null, sourceClientId: null } });
    await db().imageReplica.create({ data: { imageId: id, repositoryId: first(campus.repositoryIds), revision: 2 } });
    const image = encodeGlobalID('Image', id);
    const page = await server.request(RevisionsDocument, { id: image, first: 2 });
    const client = (clientId: string) => ({ id: encodeGlobalID('Client', clientId) });
    expect(page.image).toMatchObject({
      revision: 5,
      sourceClient: null,
      sourceDisk: 2,
      sourcePartition: 3,
      replicas: [{ revision: 2, status: 'PENDING' }],
      revisions: {
        totalCount: 3,
        nodes: [
          { number: 5, sizeBytes: null, sourceClient: null },
          { number: 2, sizeBytes: '2', sourceClient: client(otro), sourceDisk: 2, sourcePartition: 3 },
        ],
        pageInfo: { hasNextPage: true },
      },
    });
    const after = page.image?.revisions.pageInfo.endCursor ?? null;
    const rest = await server.request(RevisionsDocument, { id: image, first: 2, after });
    expect(rest.image?.revisions.nodes).toMatchObject([
      { number: 1, sizeBytes: '1', sourceClient: client(modelo), sourceDisk: 1, sourcePartition: 2 },
    ]);
  });
});

describe('the deployed images of a place', () => {
  it('count each client once for each revision, by image and revision', async () => {
    const { centerId, roomId, clientId, ids } = await createPlace(db(), 'Desplegado');
    const other = await db().client.create({
      data: { name: 'otro', ip: '10.251.0.2', mac: '02:AC:00:00:00:02', roomId },
    });
    const next = await db().room.create({ data: { name: 'Otra', centerId } });
    const away = await db().client.create({
      data: { name: 'lejos', ip: '10.251.0.3', mac: '02:AC:00:00:00:03', roomId: next.id },
    });
    const [zeta, alfa] = await Promise.all(
      ['zeta', 'alfa'].map((name) => db().image.create({ data: { name: `desplegada-${name}` } })),
    );
    const carry = async (carrierId: string, carried: [imageId: string | undefined, revision: number | null][]) => {
      await db().disk.create({
        data: {
          clientId: carrierId,
          number: 1,
          sizeBytes: GIB,
          partitions: {
            create: carried.map(([imageId, imageRevision], index) => ({
              number: index + 1,
              code: '83',
              sizeBytes: 1n,
              imageId: imageId ?? null,
              imageRevision,
              client: undefined,
            })) as never,
          },
        },
      });
    };
    await carry(clientId, [
      [zeta?.id, 1],
      [zeta?.id, 1],
      [zeta?.id, 2],
      [undefined, null],
    ]);
    await carry(other.id, [
      [zeta?.id, 1],
      [alfa?.id, null],
      [alfa?.id, 3],
    ]);
    await carry(away.id, [[zeta?.id, 2]]);

    const line = (name: string, revision: number | null, clientCount: number) => ({
      image: { name: `desplegada-${name}` },
      revision,
      clientCount,
    });
    const alfas = [line('alfa', 3, 1), line('alfa', null, 1)];
    expect(await server.request(DeployedImagesDocument, { room: ids.room, center: ids.center })).toEqual({
      room: { deployedImages: [...alfas, line('zeta', 1, 2), line('zeta', 2, 1)] },
      center: { deployedImages: [...alfas, line('zeta', 1, 2), line('zeta', 2, 2)] },
    });
  });
});
