import type { Storage } from '#domain/storage.ts';

const CLIENTS = 30;
const DISKS = 2;
const PARTITIONS = 4;

/** One room and everything below it: what a console loads when a teacher opens a classroom. */
export const ROOM_QUERY = `query Room($id: ID!) {
  room(id: $id) {
    name
    clients {
      nodes {
        name mac ip status
        disks {
          number sizeBytes
          partitions { number code fileSystem sizeBytes operatingSystem imageRevision image { name } }
        }
      }
    }
  }
}`;

/** The same answer made by the database itself, sizes as strings and lists in the same order. */
export const ROOM_SQL = `
SELECT json_build_object('room', json_build_object('name', r.name, 'clients', json_build_object('nodes', (
  SELECT json_agg(json_build_object('name', c.name, 'mac', c.mac, 'ip', c.ip, 'status', c.status, 'disks', (
    SELECT json_agg(json_build_object('number', d.number, 'sizeBytes', d.size_bytes::text, 'partitions', (
      SELECT json_agg(json_build_object('number', p.number, 'code', p.code, 'fileSystem', p.file_system, 'sizeBytes', p.size_bytes::text,
        'operatingSystem', p.operating_system, 'imageRevision', p.image_revision,
        'image', CASE WHEN i.id IS NULL THEN NULL ELSE json_build_object('name', i.name) END) ORDER BY p.number)
      FROM partitions p LEFT JOIN images i ON i.id = p.image_id WHERE p.disk_id = d.id)) ORDER BY d.number)
    FROM disks d WHERE d.client_id = c.id)) ORDER BY c.name, c.id)
  FROM clients c WHERE c.room_id = r.id))))::text AS json
FROM rooms r WHERE r.id = $1::uuid`;

/** @returns the id of a room with its machines; another room like it stands beside it. */
export async function loadRooms(db: Storage): Promise<string> {
  const center = await db.center.create({ data: { name: 'Centro' } });
  const image = await db.image.create({ data: { name: 'imagen', sizeBytes: 6n * 1024n ** 3n } });
  const rooms = await db.room.createManyAndReturn({
    data: ['Aula 1', 'Aula 2'].map((name) => ({ name, centerId: center.id })),
  });
  for (const [roomIndex, room] of rooms.entries()) {
    const clients = await db.client.createManyAndReturn({
      data: Array.from({ length: CLIENTS }, (_, index) => ({
        roomId: room.id,
        name: `pc${String(index + 1).padStart(2, '0')}`,
        mac: `02:00:00:00:0${roomIndex}:${index.toString(16).padStart(2, '0').toUpperCase()}`,
        ip: `10.0.${roomIndex}.${index + 1}`,
        status: 'OGLIVE' as const,
      })),
    });
    const disks = await db.disk.createManyAndReturn({
      data: clients.flatMap(({ id }) =>
        Array.from({ length: DISKS }, (_, index) => ({
          clientId: id,
          number: index + 1,
          sizeBytes: 500n * 1024n ** 3n,
          partitionTable: 'GPT' as const,
        })),
      ),
    });
    await db.partition.createMany({
      data: disks.flatMap(({ id, clientId }) =>
        Array.from({ length: PARTITIONS }, (_, index) => ({
          clientId,
          diskId: id,
          number: index + 1,
          code: '8300',
          fileSystem: 'EXT4',
          sizeBytes: 100n * 1024n ** 3n,
          ...(index === 1 ? { imageId: image.id, imageRevision: 1, operatingSystem: 'Ubuntu 24.04' } : {}),
        })),
      ),
    });
  }
  return rooms[0]?.id ?? '';
}
