import type { Storage, Transaction } from '#domain/storage.ts';
import { Prisma } from '#prisma/generated/client/client.ts';
import { ImportError } from './errors.ts';
import type { Kind } from './report.ts';
import type { Writes } from './writes.ts';

/** Rows in one statement: with forty columns still far from PostgreSQL's 32,767 parameters. */
const CHUNK = 500;
/** Pairs of ids travel as one parameter. */
const PAIRS = 5000;
/** An hour: the largest university on the slowest disk is done long before. */
const TIMEOUT_MS = 3_600_000;
/** Codes of Prisma for a row that is there already and for one that is gone: somebody else wrote meanwhile. */
const CONFLICTS = new Set(['P2002', 'P2003', 'P2025']);

export type WriteStep = Kind | 'contents' | 'teachers' | 'imported';

/** @param onProgress is called after each statement with the rows written and all there are. */
export async function writePlan(
  db: Storage,
  source: string,
  writes: Writes,
  onProgress: (step: WriteStep, done: number, total: number) => void,
): Promise<void> {
  const lists: readonly (readonly unknown[])[] = Object.values(writes);
  const total = lists.reduce((sum, rows) => sum + rows.length, 0);
  let done = 0;
  const inChunks = async <T>(
    step: WriteStep,
    rows: readonly T[],
    size: number,
    write: (chunk: T[]) => Promise<unknown>,
  ) => {
    for (let from = 0; from < rows.length; from += size) {
      const chunk = rows.slice(from, from + size);
      await write(chunk);
      done += chunk.length;
      onProgress(step, done, total);
    }
  };
  const write = async (tx: Transaction) => {
    await inChunks('centers', writes.centers, CHUNK, (data) => tx.center.createMany({ data }));
    await inChunks('ogLives', writes.ogLives, CHUNK, (data) => tx.ogLive.createMany({ data }));
    await inChunks('menus', writes.menus, CHUNK, (data) => tx.menu.createMany({ data }));
    await inChunks('commands', writes.commands, CHUNK, (data) => tx.command.createMany({ data }));
    await inChunks('softwareProfiles', writes.softwareProfiles, CHUNK, (data) =>
      tx.softwareProfile.createMany({ data }),
    );
    await inChunks('software', writes.software, CHUNK, (data) => tx.software.createMany({ data }));
    await inChunks(
      'contents',
      writes.softwareOfProfiles,
      PAIRS,
      (pairs) =>
        tx.$executeRaw`INSERT INTO "_SoftwareToSoftwareProfile" ("A", "B") ${fromPairs(pairs)} ON CONFLICT DO NOTHING`,
    );
    await inChunks('hardwareProfiles', writes.hardwareProfiles, CHUNK, (data) =>
      tx.hardwareProfile.createMany({ data }),
    );
    await inChunks('hardwareComponents', writes.hardwareComponents, CHUNK, (data) =>
      tx.hardwareComponent.createMany({ data }),
    );
    await inChunks(
      'contents',
      writes.componentsOfProfiles,
      PAIRS,
      (pairs) =>
        tx.$executeRaw`INSERT INTO "_HardwareComponentToHardwareProfile" ("A", "B") ${fromPairs(pairs)} ON CONFLICT DO NOTHING`,
    );
    await inChunks('repositories', writes.repositories, CHUNK, (data) => tx.repository.createMany({ data }));
    await inChunks('roomGroups', writes.roomGroups, CHUNK, (data) => tx.roomGroup.createMany({ data }));
    await inChunks('rooms', writes.rooms, CHUNK, (data) => tx.room.createMany({ data }));
    await inChunks('clientGroups', writes.clientGroups, CHUNK, (data) => tx.clientGroup.createMany({ data }));
    await inChunks('clients', writes.clients, CHUNK, (data) => tx.client.createMany({ data }));
    await inChunks('teachers', writes.teachers, PAIRS, (pairs) => setTeachers(tx, pairs));
    await inChunks('images', writes.images, CHUNK, (data) => tx.image.createMany({ data }));
    await inChunks('imageReplicas', writes.imageReplicas, CHUNK, (data) => tx.imageReplica.createMany({ data }));
    await inChunks('disks', writes.disks, CHUNK, (data) => tx.disk.createMany({ data }));
    await inChunks('partitions', writes.partitions, CHUNK, (data) => tx.partition.createMany({ data }));
    await inChunks('cachedImages', writes.cachedImages, CHUNK, (data) => tx.cachedImage.createMany({ data }));
    await inChunks('imported', writes.forgotten, CHUNK, (rows) =>
      tx.importedRow.deleteMany({ where: { source, OR: rows } }),
    );
    await inChunks('imported', writes.imported, CHUNK, (rows) =>
      tx.importedRow.createMany({ data: rows.map((row) => ({ ...row, source })) }),
    );
  };
  try {
    await db.$transaction(write, { timeout: TIMEOUT_MS });
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && CONFLICTS.has(error.code)) {
      throw new ImportError('CHANGED_MEANWHILE', {}, { cause: error });
    }
    throw error;
  }
}

function fromPairs(pairs: readonly { item: string; profile: string }[]): Prisma.Sql {
  return Prisma.sql`SELECT item, profile FROM jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) AS pairs (item uuid, profile uuid)`;
}

/** Counts as part of making the room, not as a change of it. */
function setTeachers(tx: Transaction, pairs: readonly { roomId: string; clientId: string }[]): Promise<number> {
  return tx.$executeRaw`
    UPDATE rooms SET teacher_client_id = pairs."clientId"
    FROM jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) AS pairs ("roomId" uuid, "clientId" uuid)
    WHERE rooms.id = pairs."roomId"`;
}
