import { encodeGlobalID } from '@pothos/plugin-relay';
import type { Storage } from '#domain/storage.ts';

/** Ids of the rows, and what the API calls them. */
interface Place {
  centerId: string;
  roomId: string;
  clientId: string;
  ids: { center: string; room: string; client: string };
}

let places = 0;

/** Stores a center, a room and a client of one name that say nothing for themselves, and gives them with their ids for the API. */
export async function createPlace(db: Storage, name: string): Promise<Place> {
  places += 1;
  const center = await db.center.create({ data: { name } });
  const room = await db.room.create({ data: { name, centerId: center.id } });
  const client = await db.client.create({
    data: {
      name,
      ip: `10.250.0.${places}`,
      mac: `02:FA:00:00:00:${places.toString(16).padStart(2, '0').toUpperCase()}`,
      roomId: room.id,
    },
  });
  const ids = {
    center: encodeGlobalID('Center', center.id),
    room: encodeGlobalID('Room', room.id),
    client: encodeGlobalID('Client', client.id),
  };
  return { centerId: center.id, roomId: room.id, clientId: client.id, ids };
}
