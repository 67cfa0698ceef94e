// What one room and all below it costs through the public API, as a ratio to hand-written SQL on the same
// database, in the same run. BENCH_DATABASE_URL names a PostgreSQL server to measure on; the embedded database otherwise.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildApp } from '#app.ts';
import { readConfig } from '#config.ts';
import { createLogger } from '#lib/logger.ts';
import { ROOM_QUERY, ROOM_SQL, loadRooms } from './one-room.ts';
import { openBenchDatabase } from './open-bench-database.ts';

const ROUNDS = 7;
const REQUESTS_A_ROUND = 40;

const database = await openBenchDatabase(process.env['BENCH_DATABASE_URL'] ?? null);
const app = await buildApp(
  { ...readConfig({}), port: 0 },
  { database, log: createLogger('silent', { pretty: false }) },
);
const { host, port } = await app.start();
const roomId = await loadRooms(database.prisma);

let statements = 0;
database.onStatement(() => {
  statements += 1;
});

// The floor: one statement that makes the whole answer, behind the barest HTTP server.
const floor = createServer((_request, response) => {
  void database.prisma.$queryRawUnsafe<{ json: string }[]>(ROOM_SQL, roomId).then(([row]) => {
    response.setHeader('content-type', 'application/json');
    response.end(`{"data":${row?.json ?? 'null'}}`);
  });
});
await new Promise<void>((resolve) => {
  floor.listen(0, '127.0.0.1', resolve);
});

const ask = {
  oggraph: () =>
    fetch(`http://${host}:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: ROOM_QUERY, variables: { id: Buffer.from(`Room:${roomId}`).toString('base64') } }),
    }).then((response) => response.text()),
  floor: () => fetch(`http://127.0.0.1:${(floor.address() as AddressInfo).port}`).then((response) => response.text()),
};

const dataOf = (text: string): unknown => (JSON.parse(text) as { data: unknown }).data;
const [ours, theirs] = [dataOf(await ask.oggraph()), dataOf(await ask.floor())];
if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
  throw new Error('ogGraph and the hand-written SQL do not give the same answer: nothing to compare');
}
const before = statements;
const bytes = (await ask.oggraph()).length;
const statementsARequest = statements - before;

console.log(
  `One room: 30 clients, 2 disks each, 4 partitions each; ${bytes} bytes; ${database.kind} database; Node ${process.version}`,
);
const ratios: number[] = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  // A B, then B A: what drifts in the machine meets both alike.
  const order: ('oggraph' | 'floor')[] = round % 2 === 1 ? ['oggraph', 'floor'] : ['floor', 'oggraph'];
  const times = new Map<string, number>();
  for (const name of order) times.set(name, await measure(ask[name]));
  const ratio = (times.get('oggraph') ?? 0) / (times.get('floor') ?? 1);
  ratios.push(ratio);
  console.log(
    `  round ${round}/${ROUNDS}  ogGraph ${times.get('oggraph')?.toFixed(2)} ms  hand-written SQL ${times.get('floor')?.toFixed(2)} ms  ratio ${ratio.toFixed(2)}`,
  );
}
const sorted = ratios.toSorted((a, b) => a - b);
console.log(
  `median ratio ${sorted[Math.floor(ROUNDS / 2)]?.toFixed(2)} (${sorted[0]?.toFixed(2)} to ${sorted.at(-1)?.toFixed(2)}); ${statementsARequest} SQL statements a request`,
);

floor.closeAllConnections();
floor.close();
await app.stop();

/** Median time of one request, in milliseconds, one after another. */
async function measure(request: () => Promise<string>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < REQUESTS_A_ROUND; index += 1) {
    const start = performance.now();
    await request();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[REQUESTS_A_ROUND / 2] ?? 0;
}
