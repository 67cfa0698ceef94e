import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import type { Transaction } from '#domain/storage.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';

/** Which clients an operation is for: some by name, or all of a group, a room or a center. */
export type OperationTarget =
  | { clientIds: readonly string[] }
  | { groupId: string }
  | { roomId: string }
  | { centerId: string };

/** Most clients that one operation may have: five large centers. */
const MAX_TARGET_CLIENTS = 5000;

const TARGET_PATH = ['input', 'target'];

/** A disk with everything that rules ask of it. */
export const TARGET_DISK = {
  number: true,
  sizeBytes: true,
  partitionTable: true,
  partitions: {
    select: {
      number: true,
      code: true,
      fileSystem: true,
      sizeBytes: true,
      usedPercent: true,
      operatingSystem: true,
      cachedImages: { select: { name: true } },
    },
  },
} satisfies Prisma.DiskSelect;

const TARGET_CLIENT = {
  id: true,
  ip: true,
  mac: true,
  name: true,
  roomId: true,
  status: true,
  maintenance: true,
  firmware: true,
  installedSecret: true,
  subnet: { select: { cidr: true } },
  room: { select: { netmask: true, center: { select: { netmask: true } } } },
  repository: { select: { id: true, name: true, ip: true } },
  disks: { select: TARGET_DISK },
} satisfies Prisma.ClientSelect;

export type TargetClient = Prisma.ClientGetPayload<{ select: typeof TARGET_CLIENT }>;

/**
 * The clients of a target with their disks, in the order of their names; named ones once each, however often they are named.
 *
 * @throws {NotFoundError} on the exact id that names nothing.
 * @throws {InvalidInputError} when there is no client in it, or more than {@link MAX_TARGET_CLIENTS}.
 */
export async function findTargetClients(tx: Transaction, target: OperationTarget): Promise<TargetClient[]> {
  const path = TARGET_PATH;
  if ('clientIds' in target && target.clientIds.length > MAX_TARGET_CLIENTS) {
    throw new InvalidInputError([...path, 'clientIds'], 'TOO_MANY_CLIENTS', { max: MAX_TARGET_CLIENTS });
  }
  await checkPlaceExists(tx, target, path);
  const clients = await tx.client.findMany({
    where: clientsOf(target),
    select: TARGET_CLIENT,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: MAX_TARGET_CLIENTS + 1,
  });
  checkFound(target, clients, MAX_TARGET_CLIENTS);
  return clients;
}

/**
 * Only the ids of the clients of a target, for what asks nothing of their disks.
 *
 * @throws {NotFoundError} on the exact id that names nothing.
 * @throws {InvalidInputError} when there is no client in it, or more than `max`.
 */
export async function findTargetIds(tx: Transaction, target: OperationTarget, max: number): Promise<string[]> {
  if ('clientIds' in target && target.clientIds.length > max) {
    throw new InvalidInputError([...TARGET_PATH, 'clientIds'], 'TOO_MANY_CLIENTS', { max });
  }
  await checkPlaceExists(tx, target, TARGET_PATH);
  const clients = await tx.client.findMany({ where: clientsOf(target), select: { id: true }, take: max + 1 });
  checkFound(target, clients, max);
  return clients.map(({ id }) => id);
}

function checkFound(target: OperationTarget, clients: readonly { id: string }[], max: number): void {
  if ('clientIds' in target) {
    const found = new Set(clients.map(({ id }) => id));
    const missing = target.clientIds.findIndex((id) => !found.has(id));
    if (missing >= 0) throw new NotFoundError([...TARGET_PATH, 'clientIds', String(missing)], 'Client');
  }
  if (clients.length === 0) throw new InvalidInputError(TARGET_PATH, 'EMPTY_TARGET');
  if (clients.length > max) throw new InvalidInputError(TARGET_PATH, 'TOO_MANY_CLIENTS', { max });
}

function clientsOf(target: OperationTarget): Prisma.ClientWhereInput {
  if ('clientIds' in target) return { id: { in: [...target.clientIds] } };
  if ('groupId' in target) return { groupId: target.groupId };
  if ('roomId' in target) return { roomId: target.roomId };
  return { room: { centerId: target.centerId } };
}

async function checkPlaceExists(tx: Transaction, target: OperationTarget, path: string[]): Promise<void> {
  const select = { id: true };
  if ('groupId' in target && (await tx.clientGroup.findUnique({ where: { id: target.groupId }, select })) === null) {
    throw new NotFoundError([...path, 'groupId'], 'ClientGroup');
  }
  if ('roomId' in target && (await tx.room.findUnique({ where: { id: target.roomId }, select })) === null) {
    throw new NotFoundError([...path, 'roomId'], 'Room');
  }
  if ('centerId' in target && (await tx.center.findUnique({ where: { id: target.centerId }, select })) === null) {
    throw new NotFoundError([...path, 'centerId'], 'Center');
  }
}
