import { expect, it, onTestFinished } from 'vitest';
import { openPostgresql } from '#db/open-postgresql.ts';
import type { Storage } from '#domain/storage.ts';
import { createLogger } from '#lib/logger.ts';
import { openTestDatabase } from '#test/support/open-test-database.ts';

/** The database as a server finds it that keeps another time than UTC, where there is a server. */
async function openElsewhere(): Promise<Storage> {
  const database = await openTestDatabase();
  onTestFinished(() => database.close());
  if (database.url === null) return database.prisma;
  const name = new URL(database.url).pathname.slice(1);
  await database.prisma.$executeRawUnsafe(`ALTER DATABASE "${name}" SET "TimeZone" TO 'Europe/Madrid'`);
  const elsewhere = await openPostgresql(database.url, createLogger('silent', { pretty: false }));
  onTestFinished(() => elsewhere.close());
  return elsewhere.prisma;
}

it.each(['2026-03-29T02:30:00.000Z', '2026-10-25T01:30:00.000Z', '2026-07-01T12:00:00.000Z'])(
  'the instant %s is the same for us and for the database',
  async (text) => {
    const db = await openElsewhere();
    const at = new Date(text);
    const { id } = await db.center.create({ data: { name: text, createdAt: at } });
    expect((await db.center.findUniqueOrThrow({ where: { id } })).createdAt).toEqual(at);
    const [row] = await db.$queryRaw<{ ms: number; same: boolean }[]>`
      SELECT (extract(epoch FROM created_at) * 1000)::float8 AS ms, created_at = ${at} AS same FROM centers WHERE id = ${id}::uuid`;
    expect(row).toEqual({ ms: at.getTime(), same: true });
  },
);
