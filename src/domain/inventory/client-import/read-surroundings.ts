import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import type { Transaction } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { ImportRow } from './parsed-import.ts';
import { groupKey } from './plan-client-import.ts';
import type { ExistingClient, ExistingClientPolicy, ImportSurroundings } from './plan-client-import.ts';

interface Places {
  roomId: string | null;
  centerId: string | null;
  groupId: string | null;
  subnetId: string | null;
  repositoryId: string | null;
  onExisting: ExistingClientPolicy;
}

/**
 * Everything that the rows may meet with, in a fixed number of statements. What they refer to cannot be deleted before the transaction ends.
 *
 * @throws {NotFoundError | InvalidInputError} at the field of the request that names nothing, or a group of another room.
 */
export async function readSurroundings(
  tx: Transaction,
  request: Places,
  rows: readonly ImportRow[],
): Promise<ImportSurroundings> {
  const { roomId, groupId, repositoryId, onExisting } = request;
  const room = roomId === null ? null : await tx.room.findUnique({ where: { id: roomId }, select: { centerId: true } });
  if (roomId !== null && room === null) throw new NotFoundError(['input', 'roomId'], 'Room');
  await checkPlaces(tx, request);
  const centerId = request.centerId ?? room?.centerId ?? null;
  const rooms = centerId === null ? [] : await lockRooms(tx, centerId);
  const groups = await tx.clientGroup.findMany({
    where: { roomId: { in: rooms.map(({ id }) => id) } },
    select: { id: true, roomId: true, name: true },
  });
  const repositories = await tx.repository.findMany({ select: { id: true, name: true } });
  const subnets = await tx.subnet.findMany({ select: { id: true, cidr: true } });
  const subnet = subnets.find(({ id }) => id === request.subnetId) ?? null;
  if (request.subnetId !== null && subnet === null) throw new NotFoundError(['input', 'subnetId'], 'Subnet');
  return {
    onExisting,
    roomId,
    groupId,
    repositoryId,
    subnet,
    subnets,
    rooms: new Map(rooms.map(({ id, name }) => [name, id])),
    groups: new Map(groups.map((group) => [groupKey(group.roomId, group.name), group.id])),
    repositories: new Map(repositories.map(({ id, name }) => [name, id])),
    clients: await findClients(tx, rows),
  };
}

async function checkPlaces(tx: Transaction, { roomId, centerId, groupId, repositoryId }: Places): Promise<void> {
  if (centerId !== null && (await tx.center.count({ where: { id: centerId } })) === 0) {
    throw new NotFoundError(['input', 'centerId'], 'Center');
  }
  if (repositoryId !== null && (await tx.repository.count({ where: { id: repositoryId } })) === 0) {
    throw new NotFoundError(['input', 'repositoryId'], 'Repository');
  }
  if (groupId === null) return;
  const group = await tx.clientGroup.findUnique({ where: { id: groupId }, select: { roomId: true } });
  if (group === null) throw new NotFoundError(['input', 'groupId'], 'ClientGroup');
  if (group.roomId !== roomId) {
    throw new InvalidInputError(['input', 'groupId'], 'OF_ANOTHER_PARENT', { parent: 'Room' });
  }
}

function lockRooms(tx: Transaction, centerId: string): Promise<{ id: string; name: string }[]> {
  return tx.$queryRaw<{ id: string; name: string }[]>`
    SELECT id, name FROM rooms WHERE center_id = ${centerId}::uuid ORDER BY id FOR KEY SHARE`;
}

async function findClients(tx: Transaction, rows: readonly ImportRow[]): Promise<ExistingClient[]> {
  const macs = rows.flatMap(({ mac }) => (mac === null ? [] : [mac]));
  const ips = rows.flatMap(({ ip }) => (ip === null ? [] : [ip]));
  return tx.$queryRaw<ExistingClient[]>`
    SELECT c.id, c.name, c.mac, c.ip, c.room_id AS "roomId", r.name AS "roomName", c.group_id AS "groupId",
      c.subnet_id AS "subnetId", c.repository_id AS "repositoryId", c.netiface, c.serial_number AS "serialNumber",
      c.firmware::text AS firmware, c.maintenance, c.comments,
      EXISTS (SELECT 1 FROM traces t WHERE t.client_id = c.id
        AND t.status::text = ANY(${[...ACTIVE_STATUSES]}::text[])) AS "isBusy"
    FROM clients c JOIN rooms r ON r.id = c.room_id
    WHERE c.mac = ANY(${macs}::text[]) OR c.ip = ANY(${ips}::text[])`;
}
