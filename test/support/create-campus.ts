import type { TraceInputOf } from '#domain/operations/trace-input.ts';
import type { Storage } from '#domain/storage.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';

export interface CampusSize {
  centers: number;
  /** In each center; and so on inwards. */
  rooms: number;
  clients: number;
  disks: number;
  partitions: number;
}

/** The rows of a campus, in the order in which they were stored. */
export interface Campus {
  centerIds: string[];
  roomIds: string[];
  groupIds: string[];
  subnetIds: string[];
  repositoryIds: string[];
  imageIds: string[];
  softwareProfileIds: string[];
  clientIds: string[];
  diskIds: string[];
  partitionIds: string[];
  operationIds: string[];
  traceIds: string[];
}

const GIB = 1024n ** 3n;
const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/**
 * Stores a campus in a few statements: every room with a group and a subnet; two repositories with two images each; on every
 * client its disks, the last partition of each the CACHE with both images in it, the others with an image restored; one
 * finished deployment for each client. All clients are on ogLive.
 *
 * @param number tells the names and addresses of one campus from those of another in the same database; 0 to 9.
 */
export async function createCampus(
  db: Storage,
  { centers, rooms, clients, disks, partitions }: CampusSize,
  number = 0,
): Promise<Campus> {
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
  const select = { id: true } as const;
  const at = <T>(list: readonly T[], index: number): T => {
    const item = list[index % list.length];
    if (item === undefined) throw new Error('the campus needs at least one of each');
    return item;
  };

  const centerIds = ids(
    await db.center.createManyAndReturn({
      data: times(centers).map((n) => ({ name: `Centro ${number}.${n}` })),
      select,
    }),
  );
  const roomIds = ids(
    await db.room.createManyAndReturn({
      data: times(centers * rooms).map((n) => ({ name: `Aula ${n}`, centerId: at(centerIds, n) })),
      select,
    }),
  );
  const groupIds = ids(
    await db.clientGroup.createManyAndReturn({ data: roomIds.map((roomId) => ({ name: 'Filas', roomId })), select }),
  );
  const subnetIds = ids(
    await db.subnet.createManyAndReturn({
      data: roomIds.map((_id, n) => ({ cidr: `10.${number * 16 + n}.0.0/16`, routerIp: `10.${number * 16 + n}.0.1` })),
      select,
    }),
  );
  const repositoryIds = ids(
    await db.repository.createManyAndReturn({
      data: times(2).map((n) => ({
        name: `Repositorio ${number}.${n}`,
        ip: `172.16.${number}.${n + 1}`,
        path: '/opt',
      })),
      select,
    }),
  );
  const softwareProfileIds = ids(
    await db.softwareProfile.createManyAndReturn({
      data: times(2).map((n) => ({ name: `Perfil ${number}.${n}`, number: 100 + number * 2 + n })),
      select,
    }),
  );
  const imageIds = ids(
    await db.image.createManyAndReturn({
      data: times(2).map((n) => ({
        name: `aula-${number}-${n}`,
        sizeBytes: GIB,
        softwareProfileId: at(softwareProfileIds, n),
      })),
      select,
    }),
  );
  await db.imageReplica.createMany({
    data: imageIds.flatMap((imageId) =>
      repositoryIds.map((repositoryId) => ({ imageId, repositoryId, status: 'READY' as const })),
    ),
  });

  const clientIds = ids(
    await db.client.createManyAndReturn({
      data: roomIds.flatMap((roomId, room) =>
        times(clients).map((n) => ({
          name: `pc${String(n).padStart(3, '0')}`,
          mac: `02:00:00:${hex(number)}:${hex(room)}:${hex(n)}`,
          ip: `10.${number * 16 + room}.1.${n + 1}`,
          roomId,
          groupId: at(groupIds, room),
          subnetId: at(subnetIds, room),
          repositoryId: at(repositoryIds, n),
          status: 'OGLIVE' as const,
        })),
      ),
      select,
    }),
  );
  const diskRows = await db.disk.createManyAndReturn({
    data: clientIds.flatMap((clientId) =>
      times(disks).map((n) => ({ clientId, number: n + 1, sizeBytes: 500n * GIB, partitionTable: 'GPT' as const })),
    ),
    select: { id: true, clientId: true },
  });
  const partitionRows = await db.partition.createManyAndReturn({
    data: diskRows.flatMap(({ id: diskId, clientId }) =>
      times(partitions).map((n) =>
        n === partitions - 1
          ? { clientId, diskId, number: n + 1, code: 'CA00', fileSystem: 'CACHE', sizeBytes: 50n * GIB }
          : {
              clientId,
              diskId,
              number: n + 1,
              code: '8300',
              fileSystem: 'EXT4',
              sizeBytes: 50n * GIB,
              imageId: at(imageIds, n),
              imageRevision: 1,
              softwareProfileId: at(softwareProfileIds, n),
            },
      ),
    ),
    select: { id: true, fileSystem: true },
  });
  const caches = partitionRows.filter(({ fileSystem }) => fileSystem === 'CACHE');
  await db.cachedImage.createMany({
    data: caches.flatMap(({ id: partitionId }) =>
      imageIds.map((imageId, n) => ({ partitionId, imageId, name: `aula-${number}-${n}` })),
    ),
  });

  const operation = {
    action: 'DEPLOY_IMAGE' as const,
    requestedBy: 'administrator',
    input: {},
    inputHash: '',
    outcomes: [],
    startSeq: 0n,
    finishedAt: new Date(),
  };
  const operationIds = ids(await db.operation.createManyAndReturn({ data: roomIds.map(() => operation), select }));
  const traceIds = ids(
    await db.trace.createManyAndReturn({
      data: clientIds.map((clientId, n) => ({
        clientId,
        operationId: at(operationIds, Math.floor(n / clients)),
        action: 'DEPLOY_IMAGE' as const,
        status: n % 2 === 0 ? ('SUCCEEDED' as const) : ('FAILED' as const),
        progress: 100,
        agentIp: '10.0.0.2',
        input: createTraceInput(at(imageIds, 0), at(repositoryIds, 0)),
        finishedAt: new Date(),
      })),
      select,
    }),
  );
  await db.event.createMany({
    data: traceIds.map((traceId) => ({
      kind: 'CREATED' as const,
      traceId,
      traceStatus: 'PENDING' as const,
      progress: 0,
    })),
  });
  return {
    centerIds,
    roomIds,
    groupIds,
    subnetIds,
    repositoryIds,
    imageIds,
    softwareProfileIds,
    clientIds,
    diskIds: ids(diskRows),
    partitionIds: ids(partitionRows),
    operationIds,
    traceIds,
  };
}

function createTraceInput(imageId: string, repositoryId: string): Prisma.InputJsonObject {
  const input: TraceInputOf<'DEPLOY_IMAGE'> = {
    imageId,
    imageName: 'aula-0',
    imageRevision: 1,
    repositoryId,
    repositoryIp: '172.16.0.1',
    disk: 1,
    partition: 1,
    partitionCode: '8300',
    softwareProfileNumber: 100,
    method: 'UNICAST',
    multicast: null,
    p2p: null,
  };
  return { ...input };
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0').toUpperCase();
}
