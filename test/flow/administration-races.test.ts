import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCampus } from '#test/support/create-campus.ts';
import type { Campus } from '#test/support/create-campus.ts';
import { mutate } from '#test/support/mutate.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
let campus: Campus;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
  const size = { centers: 2, rooms: 3, clients: 10, disks: 1, partitions: 3 };
  campus = await createCampus(server.app.database.prisma, size);
});
afterAll(() => server.stop());

const at = (type: string, ids: readonly string[], index: number) => encodeGlobalID(type, ids[index % ids.length] ?? '');
const hex = (number: number) => number.toString(16).padStart(2, '0');

it('many administrators at once get in one another’s way, and each is told so in its own words', async () => {
  const asked: [name: string, input: object][] = [];
  for (let n = 0; n < 30; n += 1) {
    const roomId = at('Room', campus.roomIds, n);
    const clientIds = campus.clientIds.slice(n, n + 20).map((id) => encodeGlobalID('Client', id));
    asked.push(
      ['moveClients', { roomId, clientIds: n % 2 === 0 ? clientIds : clientIds.toReversed() }],
      ['updateClient', { id: clientIds[0], name: `cambiado-${n}`, roomId }],
      ['createClient', { roomId, name: `nuevo-${n}`, mac: `02:98:00:00:00:${hex(n)}`, ip: `10.98.0.${n + 1}` }],
    );
    if (n % 7 === 0) asked.push(['deleteRoom', { id: roomId, cascade: true }]);
    if (n % 5 === 0) {
      const roomIds = campus.roomIds.slice(0, 4).map((id) => encodeGlobalID('Room', id));
      asked.push(['moveRooms', { roomIds, centerId: at('Center', campus.centerIds, n) }]);
    }
    if (n % 6 === 0) {
      const rows = Array.from({ length: 30 }, (_, row) => `i${row},02:98:00:00:00:${hex(row)},10.98.0.${row + 1}`);
      const file = { text: ['name,mac,ip', ...rows].join('\n') };
      asked.push(['importClients', { roomId, file, dryRun: false, onExisting: 'UPDATE', onBadRow: 'SKIP' }]);
    }
  }
  // An error that no union tells of would fail the call.
  const answers = await Promise.all(asked.map(([name, input]) => mutate(server.url, name, input)));
  const expected = new Set<unknown>([undefined, 'NOT_FOUND', 'ALREADY_EXISTS', 'IMPORT_REFUSED', 'IN_USE']);
  expect(answers.map(({ code }) => code).filter((code) => !expected.has(code))).toEqual([]);

  // Whatever the order was: every client is in a room that there is, and in its center.
  const db = server.app.database.prisma;
  const clients = await db.client.findMany({ select: { centerId: true, room: { select: { centerId: true } } } });
  expect(clients.filter(({ centerId, room }) => centerId !== room.centerId)).toEqual([]);
});
