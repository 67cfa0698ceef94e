import type { Storage } from '#domain/storage.ts';
import type { ClientStatus } from '#prisma/generated/client/enums.ts';
import type { Campus } from './create-campus.ts';

const STATUSES: readonly ClientStatus[] = ['OGLIVE', 'OFF', 'BUSY', 'LINUX', 'UNKNOWN'];

/**
 * Makes the clients of a campus differ in everything that lists are filtered and sorted by, with gaps: some without a group, a subnet, a
 * repository, a CACHE, firmware, or ever having been seen. Rooms hang from groups at several heights, and one from none.
 */
export async function scatterCampus(db: Storage, campus: Campus): Promise<void> {
  const at = (list: readonly string[], index: number): string => list[index % list.length] ?? '';
  for (const [index, centerId] of campus.centerIds.entries()) {
    const building = await db.roomGroup.create({ data: { centerId, name: 'Edificio' } });
    const floor = await db.roomGroup.create({ data: { centerId, name: 'Planta', parentId: building.id } });
    const rooms = await db.room.findMany({ where: { centerId }, orderBy: { id: 'asc' } });
    for (const [n, { id }] of rooms.entries()) {
      const roomGroupId = [floor.id, building.id, null][(n + index) % 3] ?? null;
      await db.room.update({ where: { id }, data: { roomGroupId, name: `Aula ${String.fromCodePoint(90 - n)}` } });
    }
  }
  const inner = new Map<string, string>();
  for (const [index, roomId] of campus.roomIds.entries()) {
    const parentId = at(campus.groupIds, index);
    inner.set(roomId, (await db.clientGroup.create({ data: { roomId, name: 'Ventana', parentId } })).id);
  }
  await db.image.update({ where: { id: at(campus.imageIds, 0) }, data: { revision: 3 } });

  const clients = await db.client.findMany({ where: { id: { in: campus.clientIds } }, orderBy: { id: 'asc' } });
  for (const [n, { id, roomId, groupId }] of clients.entries()) {
    await db.client.update({
      where: { id },
      data: {
        name: ['pc', 'PC_', 'profe%', 'portátil\\', 'aula'][n % 5] + String(n % 7),
        status: STATUSES[n % STATUSES.length] ?? 'OFF',
        groupId: [groupId, inner.get(roomId) ?? null, null][n % 3] ?? null,
        ...(n % 4 === 0 ? { subnetId: null } : {}),
        ...(n % 5 === 0 ? { repositoryId: null } : {}),
        firmware: (['UEFI', 'BIOS', null] as const)[n % 3] ?? null,
        maintenance: n % 6 === 0,
        lastSeenAt: n % 4 === 1 ? null : new Date(Date.UTC(2026, 10, 1 + (n % 5), 8)),
        createdAt: new Date(Date.UTC(2026, 0, 1 + (n % 3))),
      },
    });
    const [first, ...rest] = await db.partition.findMany({
      where: { clientId: id, imageId: { not: null } },
      orderBy: { id: 'asc' },
    });
    if (first !== undefined) {
      const restored = [{ imageRevision: 1 }, { imageRevision: 3 }, { imageRevision: null }, { imageId: null }][n % 4];
      const operatingSystem = ['Ubuntu 24.04', 'Windows 100%', null][n % 3] ?? null;
      await db.partition.update({ where: { id: first.id }, data: { ...restored, operatingSystem } });
    }
    if (n % 3 === 0) await db.partition.deleteMany({ where: { id: { in: rest.map((partition) => partition.id) } } });
    const cache = { clientId: id, fileSystem: 'CACHE' };
    if (n % 4 === 2) await db.partition.deleteMany({ where: cache });
    if (n % 4 === 3) await db.partition.updateMany({ where: cache, data: { fileSystem: null, code: 'CA' } });
    if (n % 4 === 1) await db.partition.updateMany({ where: cache, data: { fileSystem: 'cache', code: '83' } });
    if (n % 5 === 2) {
      await db.cachedImage.deleteMany({ where: { partition: { clientId: id }, imageId: at(campus.imageIds, 1) } });
    }
    if (n % 7 === 0) {
      await db.trace.updateMany({ where: { clientId: id }, data: { status: 'RUNNING', finishedAt: null } });
    }
  }
}
