// How long a room of 200 takes that is switched on at one moment: each machine says all that ogLive’s agent says in its first minute, one
// after the other, and gives up what is not answered within 5 s. BENCH_DATABASE_URL names a PostgreSQL server; the embedded database otherwise.
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { parseConnectTo } from '#agent/connect-to.ts';
import { buildApp } from '#app.ts';
import { readConfig } from '#config.ts';
import { createLogger } from '#lib/logger.ts';
import { createMadeUpRoom } from '#simulator/create-made-up-room.ts';
import { openBenchDatabase } from './open-bench-database.ts';

const MACHINES = 200;
const GIVE_UP_MS = 5000;
const CFG =
  '1:0:1:::52428800:0;1:1:7:NTFS:Windows 10:26214400:41;1:2:83:EXT4:Ubuntu 24.04:15728640:5;1:4:ca:CACHE::9437184:1';

const database = await openBenchDatabase(process.env['BENCH_DATABASE_URL'] ?? null);
const app = await buildApp(
  // Every agent calls from here.
  { ...readConfig({}), port: 0, agentConnectTo: parseConnectTo('::127.0.0.1:9') },
  { database, log: createLogger('warn', { pretty: false }), reconcileEveryMs: 3_600_000 },
);
const { host, port } = await app.start();
const machines = createMadeUpRoom(`10.3.0.0/16:${MACHINES}`);
const center = await database.prisma.center.create({ data: { name: 'Centro' } });
const room = await database.prisma.room.create({ data: { name: 'Aula', centerId: center.id } });
await database.prisma.client.createMany({
  data: machines.map(({ name, mac, ip }) => ({ name, mac: mac.toUpperCase(), ip, roomId: room.id })),
});

let heard = 0;
const socket = createClient({ url: `ws://${host}:${port}/graphql`, webSocketImpl: WebSocket });
socket.subscribe(
  { query: 'subscription { clientUpdated { cursor status client { name } } }' },
  { next: () => (heard += 1), error: console.error, complete: () => {} },
);

let statements = 0;
database.onStatement(() => {
  statements += 1;
});
let gaveUp = 0;
const waited: number[] = [];

async function say(route: string, body: object): Promise<void> {
  const start = performance.now();
  try {
    const response = await fetch(`http://${host}:${port}/opengnsys/rest/ogAdmClient/${route}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
    await response.text();
    if (response.status !== 200) gaveUp += 1;
  } catch {
    gaveUp += 1;
  }
  waited.push(performance.now() - start);
}

console.log(`${MACHINES} machines start ogLive at once; ${database.kind} database; Node ${process.version}`);
for (const [turn, secret] of [
  ['their disks not known yet', 'a1'],
  ['once more', 'b2'],
  ['and again', 'c3'],
] as const) {
  waited.length = 0;
  gaveUp = 0;
  statements = 0;
  const start = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(
    machines.map(async ({ mac, ip }) => {
      const about = { iph: ip, mac };
      await say('InclusionCliente', { ...about, cfg: CFG, secret: secret.repeat(16), agent_version: '1.4.5' });
      await say('AutoexecCliente', { ...about, exe: 0 });
      await say('ComandosPendientes', about);
      await say('DisponibilidadComandos', { ...about, tpc: 'OPG' });
    }),
  );
  const tookMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const sorted = waited.toSorted((a, b) => a - b);
  const on = await database.prisma.client.count({ where: { status: 'OGLIVE' } });
  console.log(
    [
      `  ${turn}: all done after ${tookMs.toFixed(0)} ms,`,
      `an answer p50 ${sorted[Math.floor(sorted.length / 2)]?.toFixed(0)} ms, slowest ${sorted.at(-1)?.toFixed(0)} ms,`,
      `${gaveUp} given up, ${on} on ogLive, ${(statements / MACHINES).toFixed(1)} statements and ${((user + system) / 1000 / MACHINES).toFixed(1)} ms of CPU a machine`,
    ].join(' '),
  );
}
console.log(`  a subscriber heard ${heard} changes`);
await socket.dispose();
await app.stop();
