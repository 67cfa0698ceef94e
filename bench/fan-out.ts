// `npm run bench:streams`: what an event costs the server that many sockets follow, where all ask the same and share one execution, as a ratio
// to each executing for itself. BENCH_DATABASE_URL names a PostgreSQL server; the embedded database otherwise. BENCH_SOCKETS: how many (500).
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { buildApp } from '#app.ts';
import { readConfig } from '#config.ts';
import { appendEvents, readHead } from '#domain/tracing/append-events.ts';
import { formatCursor } from '#domain/tracing/cursor.ts';
import { createLogger } from '#lib/logger.ts';
import { loadRooms } from './one-room.ts';
import { openBenchDatabase } from './open-bench-database.ts';

const SOCKETS = Number(process.env['BENCH_SOCKETS'] ?? 500);
const EVENTS = 40;
const ROUNDS = 5;

const database = await openBenchDatabase(process.env['BENCH_DATABASE_URL'] ?? null);
const app = await buildApp(
  { ...readConfig({}), port: 0, streamConnectionsPerAddress: SOCKETS * 2 },
  { database, log: createLogger('silent', { pretty: false }) },
);
const { host, port } = await app.start();
await loadRooms(database.prisma);
const client = await database.prisma.client.findFirstOrThrow();
const { epoch } = await database.prisma.eventLog.findFirstOrThrow();
const clients = new Worker(new URL('fan-out-clients.ts', import.meta.url));

let statements = 0;
database.onStatement(() => {
  statements += 1;
});

interface Cost {
  /** Processor time of the server's thread for one event to one socket, in microseconds. */
  cpuUs: number;
  wallMs: number;
  statements: number;
}

/** @param name of the operation of each socket: what has another name is executed apart. */
async function measure(name: (index: number) => string): Promise<Cost> {
  const after = formatCursor({ epoch, seq: await readHead(database.prisma) });
  const queries = Array.from(
    { length: SOCKETS },
    (_, index) =>
      `subscription ${name(index)}($after: String) { clientUpdated(after: $after) { cursor status client { id name status ip mac room { name } } } }`,
  );
  clients.postMessage({ url: `ws://${host}:${port}/graphql`, queries, variables: { after }, expected: EVENTS });
  await once(clients, 'message');
  const done = once(clients, 'message');
  const before = { cpu: process.threadCpuUsage(), wall: performance.now(), statements };
  for (let index = 0; index < EVENTS; index += 1) {
    await database.prisma.$transaction((tx) =>
      appendEvents(tx, [
        {
          kind: 'CLIENT_STATUS',
          clientId: client.id,
          roomId: client.roomId,
          clientStatus: index % 2 ? 'BUSY' : 'OGLIVE',
        },
      ]),
    );
  }
  await done;
  const { user, system } = process.threadCpuUsage(before.cpu);
  return {
    cpuUs: (user + system) / EVENTS / SOCKETS,
    wallMs: performance.now() - before.wall,
    statements: (statements - before.statements) / EVENTS,
  };
}

console.log(`${SOCKETS} sockets, ${EVENTS} events each; ${database.kind} database; Node ${process.version}`);
const ratios: number[] = [];
await measure(() => 'Same');
for (let round = 1; round <= ROUNDS; round += 1) {
  // A B, then B A: what drifts in the machine meets both alike.
  const order = round % 2 === 1 ? (['shared', 'apart'] as const) : (['apart', 'shared'] as const);
  const costs = new Map<string, Cost>();
  for (const kind of order) costs.set(kind, await measure(kind === 'shared' ? () => 'Same' : (index) => `Own${index}`));
  const [shared, apart] = [costs.get('shared'), costs.get('apart')];
  if (shared === undefined || apart === undefined) throw new Error('nothing was measured');
  ratios.push(apart.cpuUs / shared.cpuUs);
  const say = ({ cpuUs, wallMs, statements: count }: Cost): string =>
    `${cpuUs.toFixed(1)} µs, ${wallMs.toFixed(0)} ms in all, ${count.toFixed(1)} statements an event`;
  console.log(
    `  round ${round}/${ROUNDS}  shared ${say(shared)};  apart ${say(apart)};  ratio ${ratios.at(-1)?.toFixed(1)}`,
  );
}
const sorted = ratios.toSorted((a, b) => a - b);
console.log(
  `median ratio ${sorted[Math.floor(ROUNDS / 2)]?.toFixed(1)} (${sorted[0]?.toFixed(1)} to ${sorted.at(-1)?.toFixed(1)}): processor time of the server for one event to one socket`,
);

await clients.terminate();
await app.stop();
