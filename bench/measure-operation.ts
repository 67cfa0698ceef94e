import { parseConnectTo } from '#agent/connect-to.ts';
// How long one operation takes over many machines, from the mutation to the last trace's end: server and simulated agents in one process.
import { buildApp } from '#app.ts';
import { readConfig } from '#config.ts';
import { createLogger } from '#lib/logger.ts';
import { createMadeUpRoom } from '#simulator/create-made-up-room.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import { openBenchDatabase } from './open-bench-database.ts';

const CLIENTS = 1000;

const database = await openBenchDatabase(process.env['BENCH_DATABASE_URL'] ?? null);
const machines = createMadeUpRoom(`10.8.0.0/16:${CLIENTS}`);
const simulator = await createSimulator({
  agents: machines,
  serverUrl: 'http://127.0.0.1:9',
  behaviour: { durationMs: 100, progressSteps: 2 },
});
const app = await buildApp(
  { ...readConfig({}), port: 0, agentConnectTo: parseConnectTo(simulator.connectTo) },
  { database, log: createLogger('warn', { pretty: false }) },
);
const { host, port } = await app.start();
const base = `http://${host}:${port}`;
simulator.setServerUrl(`${base}/opengnsys/rest`);
const db = database.prisma;
const center = await db.center.create({ data: { name: 'Centro' } });
const room = await db.room.create({ data: { name: 'Aula', centerId: center.id } });
await db.client.createMany({
  data: machines.map(({ name, mac, ip }) => ({ name, mac: mac.toUpperCase(), ip, roomId: room.id })),
});

let started = performance.now();
const since = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
await Promise.all(machines.map(({ ip }) => simulator.agent(ip).bootOgLive()));
const known = await db.client.count({ where: { status: 'OGLIVE' } });
console.log(`${CLIENTS} clients; ${database.kind} database; Node ${process.version}`);
console.log(`  all boot at once: ${known} on ogLive after ${since()}`);

started = performance.now();
const response = await fetch(`${base}/graphql`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    query: `mutation Run($roomId: ID!) {
      runScript(input: { script: "echo", target: { roomId: $roomId }, onBlocked: SKIP_BLOCKED, waitForAgentsMs: 0 }) { __typename }
    }`,
    variables: { roomId: Buffer.from(`Room:${room.id}`).toString('base64') },
  }),
});
await response.text();
console.log(`  one runScript over all: accepted after ${since()}`);
for (;;) {
  const [unsent, active] = await Promise.all([
    db.trace.count({ where: { sentAt: null } }),
    db.operation.count({ where: { finishedAt: null } }),
  ]);
  if (unsent > 0 || active > 0) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    continue;
  }
  break;
}
const ends = await db.trace.groupBy({ by: ['status'], _count: true });
const calls = machines.map(
  ({ ip }) => simulator.agent(ip).received.filter(({ path }) => path.endsWith('EjecutarScript')).length,
);
console.log(
  `  all ended after ${since()}: ${ends.map(({ status, _count: count }) => `${count} ${status}`).join(', ')}`,
);
console.log(
  `  agents told once: ${calls.filter((count) => count === 1).length}, more than once: ${calls.filter((count) => count > 1).length}`,
);
await app.stop();
await simulator.stop();
