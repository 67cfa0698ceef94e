import { encodeGlobalID } from '@pothos/plugin-relay';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SortedClientsDocument } from '#test/operations.generated.ts';
import type { ClientFilter, ClientOrder, ClientOrderField } from '#test/operations.generated.ts';
import { ask } from '#test/support/ask.ts';
import { createCampus } from '#test/support/create-campus.ts';
import type { Campus } from '#test/support/create-campus.ts';
import { readField } from '#test/support/read-field.ts';
import { scatterCampus } from '#test/support/scatter-campus.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
let campus: Campus;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
  const db = server.app.database.prisma;
  campus = await createCampus(db, { centers: 2, rooms: 2, clients: 8, disks: 1, partitions: 3 });
  await scatterCampus(db, campus);
  // The trigger keeps the number of an address; where there is none, the client has to be on some page nevertheless.
  await db.$executeRawUnsafe('ALTER TABLE clients DISABLE TRIGGER clients_set_ip_number');
  await db.client.updateMany({ where: { status: 'BUSY' }, data: { ipNumber: null } });
});
afterAll(() => server.stop());

type Step = 'forwards' | 'backwards';

interface Walk {
  filter?: ClientFilter;
  orderBy?: ClientOrder | null;
  size: number;
  /** Called between two pages. */
  between?: (page: number) => Promise<void>;
}

async function walk(way: Step, { filter = {}, orderBy = null, size, between }: Walk): Promise<string[]> {
  const ids: string[] = [];
  let cursor = null as string | null;
  for (let number = 0; number < 200; number += 1) {
    const place = way === 'forwards' ? { first: size, after: cursor } : { last: size, before: cursor };
    const { page } = await server.request(SortedClientsDocument, { filter, orderBy, ...place });
    const found = page.nodes.map(({ id }) => id);
    if (way === 'forwards') ids.push(...found);
    else ids.unshift(...found);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
    expect(way === 'forwards' ? hasPreviousPage : hasNextPage).toBe(cursor !== null);
    if (!(way === 'forwards' ? hasNextPage : hasPreviousPage)) return ids;
    cursor = way === 'forwards' ? endCursor : startCursor;
    await between?.(number);
  }
  throw new Error('the pages have no end');
}

const FIELDS: readonly ClientOrderField[] = ['NAME', 'IP', 'ROOM', 'LAST_SEEN_AT', 'CREATED_AT'];
const DIRECTIONS = ['ASC', 'DESC'] as const;
const COMBINATIONS = FIELDS.flatMap((field) => DIRECTIONS.map((direction) => ({ field, direction })));

/** The order that the database itself gives, empty values last. */
const SQL: Record<ClientOrderField, (way: string) => string> = {
  NAME: (way) => `c.name ${way}`,
  IP: (way) => `c.ip_number ${way} NULLS LAST`,
  ROOM: (way) => `r.name ${way}, r.id ${way}, c.name ${way}`,
  LAST_SEEN_AT: (way) => `c.last_seen_at ${way} NULLS LAST`,
  CREATED_AT: (way) => `c.created_at ${way}`,
};

const MANY: ClientFilter = { or: [{ hasCache: true }, { not: { firmware: ['UEFI'] } }] };

describe('a filtered and sorted list of clients', () => {
  it.each(COMBINATIONS)('by $field $direction has every row once, forwards and backwards', async (orderBy) => {
    const db = server.app.database.prisma;
    const wanted = new Set(await walk('forwards', { filter: MANY, size: 100 }));
    expect(wanted.size).toBeGreaterThan(20);
    const rows = await db.$queryRawUnsafe<{ id: string }[]>(
      `SELECT c.id FROM clients c JOIN rooms r ON r.id = c.room_id
       ORDER BY ${SQL[orderBy.field](orderBy.direction)}, c.id ${orderBy.direction}`,
    );
    const sorted = rows.map(({ id }) => encodeGlobalID('Client', id)).filter((id) => wanted.has(id));
    for (const size of [1, 5, 100]) {
      expect(await walk('forwards', { filter: MANY, orderBy, size })).toEqual(sorted);
      expect(await walk('backwards', { filter: MANY, orderBy, size })).toEqual(sorted);
    }
  });

  it('is by name where nothing is said', async () => {
    const byName: ClientOrder = { field: 'NAME', direction: 'ASC' };
    expect(await walk('forwards', { size: 7 })).toEqual(await walk('forwards', { size: 9, orderBy: byName }));
  });

  it('has every row that stays exactly once, while others are deleted, renamed and added between its pages', async () => {
    const db = server.app.database.prisma;
    let made = 0;
    const create = async (name: string) => {
      made += 1;
      const { id } = await db.client.create({
        data: {
          name,
          roomId: campus.roomIds[made % 4] ?? '',
          mac: `06:00:00:00:00:${(made % 256).toString(16).padStart(2, '0').toUpperCase()}`,
          ip: `10.99.0.${made % 256}`,
          ipNumber: 174_260_224 + made,
          lastSeenAt: made % 2 === 0 ? null : new Date(),
        },
      });
      return id;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...COMBINATIONS),
        fc.constantFrom<Step>('forwards', 'backwards'),
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.constantFrom<'delete' | 'rename' | 'add'>('delete', 'rename', 'add')),
        async (orderBy, way, size, changes) => {
          const staying = await walk('forwards', { size: 100 });
          const passing = [await create('aa'), await create('mm'), await create('zz')];
          const seen = await walk(way, {
            orderBy,
            size,
            async between() {
              const change = changes.next().value;
              const id = passing.shift();
              if (change === 'add') passing.push(await create('añadido'));
              if (id === undefined) return;
              if (change === 'delete') await db.client.delete({ where: { id } });
              else await db.client.update({ where: { id }, data: { name: `renombrado ${made}`, lastSeenAt: null } });
            },
          });
          const stayed = seen.filter((id) => staying.includes(id));
          await db.client.deleteMany({ where: { ip: { startsWith: '10.99.' } } });
          expect(stayed.toSorted()).toEqual(staying.toSorted());
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('other sorted lists', () => {
  const read = async (list: string, args: string, field: string): Promise<unknown[]> => {
    const answer = await ask(server.url, `{ list: ${list}(${args}) { nodes { value: ${field} } } }`);
    return (readField(answer, 'list') as { nodes: { value: unknown }[] }).nodes.map(({ value }) => value);
  };

  beforeAll(async () => {
    const db = server.app.database.prisma;
    for (const [n, sizeBytes] of [5n, null, 2n ** 50n, 7n, null].entries()) {
      await db.image.create({
        data: { name: `medida-${n}`, sizeBytes, createdAt: new Date(Date.UTC(2025, (n * 3) % 5)) },
      });
    }
    for (const [n, id] of campus.operationIds.entries()) {
      await db.operation.update({ where: { id }, data: { createdAt: new Date(Date.UTC(2025, (n * 3) % 5)) } });
    }
    for (const [n, id] of campus.traceIds.entries()) {
      await db.trace.update({
        where: { id },
        data: { createdAt: new Date(Date.UTC(2025, 0, (n * 7) % 31)), finishedAt: n % 3 === 0 ? null : new Date(n) },
      });
    }
    for (const [n, id] of campus.roomIds.entries()) {
      await db.room.update({ where: { id }, data: { createdAt: new Date(Date.UTC(2025, (n * 3) % 5)) } });
    }
  });

  it.each([
    ['rooms', 'NAME', 'name'],
    ['rooms', 'CREATED_AT', 'createdAt'],
    ['images', 'NAME', 'name'],
    ['images', 'CREATED_AT', 'createdAt'],
    ['images', 'UPDATED_AT', 'updatedAt'],
    ['images', 'SIZE', 'sizeBytes'],
    ['traces', 'CREATED_AT', 'createdAt'],
    ['traces', 'FINISHED_AT', 'finishedAt'],
    ['operations', 'CREATED_AT', 'createdAt'],
  ])('%s by %s have what is empty last, either way, and page as they sort', async (list, order, field) => {
    const isEmpty = (value: unknown) => value === null;
    const rank = (value: unknown) => (field === 'sizeBytes' ? Number(value) : String(value));
    const ascending = await read(list, `orderBy: { field: ${order} }`, field);
    const descending = await read(list, `orderBy: { field: ${order}, direction: DESC }`, field);
    const filled = ascending.filter((value) => !isEmpty(value));
    expect(new Set(filled).size).toBeGreaterThan(1);
    expect(filled).toEqual(filled.toSorted((a, b) => (rank(a) < rank(b) ? -1 : Number(rank(a) > rank(b)))));
    expect(ascending).toEqual([...filled, ...ascending.filter(isEmpty)]);
    expect(descending).toEqual([...filled.toReversed(), ...ascending.filter(isEmpty)]);

    for (const direction of DIRECTIONS) {
      const ids: string[] = [];
      let total = 0;
      let after = '';
      for (;;) {
        const place = `first: 4${after === '' ? '' : `, after: "${after}"`}`;
        const query = `{ list: ${list}(orderBy: { field: ${order}, direction: ${direction} }, ${place})
          { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`;
        const { nodes, pageInfo, totalCount } = readField(await ask(server.url, query), 'list') as {
          totalCount: number;
          nodes: { id: string }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
        ids.push(...nodes.map(({ id }) => id));
        total = totalCount;
        if (!pageInfo.hasNextPage) break;
        after = pageInfo.endCursor;
      }
      expect(new Set(ids).size).toBe(total);
      expect(ids).toEqual(await read(list, `orderBy: { field: ${order}, direction: ${direction} }`, 'id'));
    }
  });
});
