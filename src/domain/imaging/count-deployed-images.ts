import type { Transaction } from '#domain/storage.ts';
import { Prisma } from '#prisma/generated/client/client.ts';

/** How many clients of one place carry one revision of an image. */
export interface DeployedImage {
  imageId: string;
  /** Null where a partition has the image and nobody knows in which revision. */
  revision: number | null;
  clientCount: number;
}

const PLACES = { room: Prisma.sql`c.room_id`, center: Prisma.sql`c.center_id` };

/**
 * What is on the disks of rooms or centers, for each of them by image name and revision. A client with the same revision of an image on
 * two partitions counts once. One statement for any number of places.
 */
export async function countDeployedImages(
  db: Transaction,
  place: keyof typeof PLACES,
  ids: readonly string[],
): Promise<readonly DeployedImage[][]> {
  const column = PLACES[place];
  const rows = await db.$queryRaw<(DeployedImage & { placeId: string })[]>`
    SELECT ${column} AS "placeId", p.image_id AS "imageId", p.image_revision AS "revision",
           count(DISTINCT p.client_id)::int AS "clientCount"
    FROM clients c JOIN partitions p ON p.client_id = c.id JOIN images i ON i.id = p.image_id
    WHERE ${column} = ANY(${ids}::uuid[])
    GROUP BY ${column}, p.image_id, p.image_revision, i.name
    ORDER BY i.name, p.image_revision NULLS LAST`;
  const byPlace = Map.groupBy(rows, ({ placeId }) => placeId);
  return ids.map((id) => byPlace.get(id) ?? []);
}
