// `npm run bench:crowd`: many consoles on one server, each following one job, while agents report. Then the server stops under all of them.
// BENCH_DATABASE_URL names a PostgreSQL server; the embedded database otherwise. BENCH_SOCKETS (5000), BENCH_REPORTS a second (1000),
// BENCH_SECONDS (20). Each socket takes a file descriptor at both ends: `ulimit -n` has to be twice as many.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { buildApp } from '#app.ts';
import { readConfig } from '#config.ts';
import { createLogger } from '#lib/logger.ts';
import { openBenchDatabase } from './open-bench-database.ts';
import { loadRunningJobs, sendReports } from './reports.ts';

const SOCKETS = Number(process.env['BENCH_SOCKETS'] ?? 5000);
const REPORTS = Number(process.env['BENCH_REPORTS'] ?? 1000);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 20);
const MIB = 1024 * 1024;

const database = await openBenchDatabase(process.env['BENCH_DATABASE_URL'] ?? null);
const app = await buildApp(
  { ...readConfig({}), port: 0, agentSenderPolicy: 'any', streamConnectionsPerAddress: SOCKETS + 10 },
  { database, log: createLogger('silent', { pretty: false }), reconcileEveryMs: 3_600_000 },
);
const jobs = await loadRunningJobs(database.prisma);
const clients = await database.prisma.client.findMany({ select: { id: true } });
const { host, port } = await app.start();
const base = `http://${host}:${port}`;
const memory = () => {
  const { rss, heapUsed } = process.memoryUsage();
  return `${Math.round(rss / MIB)} MiB resident, ${Math.round(heapUsed / MIB)} MiB of heap`;
};

console.log(`${SOCKETS} sockets, ${jobs.length} jobs; ${database.kind} database; Node ${process.version}`);
console.log(`  before: ${memory()}`);
const consoles = fork(new URL('./crowd-sockets.ts', import.meta.url));
const filters = clients.map(({ id }) => ({ clientIds: [encodeGlobalID('Client', id)] }));
const beganAt = performance.now();
consoles.send({ url: `ws://${host}:${port}/graphql`, sockets: SOCKETS, filters });
await once(consoles, 'message');
console.log(`  all open after ${((performance.now() - beganAt) / 1000).toFixed(1)} s: ${memory()}`);

interface Tally {
  updates: number;
  closings: Record<string, number>;
  retries: number[];
}
async function readTally(): Promise<Tally> {
  consoles.send('tally');
  const [tally] = (await once(consoles, 'message')) as [Tally];
  return tally;
}
async function readMetric(name: string): Promise<string> {
  const text = await (await fetch(`${base}/metrics`)).text();
  return new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? 'nothing';
}

const loop = monitorEventLoopDelay({ resolution: 10 });
loop.enable();
const cpu = process.cpuUsage();
const watch = setInterval(
  () => {
    void readMetric('oggraph_stream_waiting_bytes').then((bytes) =>
      console.log(`    ${memory()}, ${bytes} bytes wait`),
    );
  },
  Math.max(5000, (SECONDS * 1000) / 10),
);
const sent = await sendReports(`${base}/opengnsys/rest/clients/status/webhook`, {
  seconds: SECONDS,
  connections: 200,
  perSecond: REPORTS,
});
clearInterval(watch);
const { user, system } = process.cpuUsage(cpu);
const { updates, closings } = await readTally();
console.log(
  [
    `  ${Math.round(sent.ok / sent.seconds)} reports/s answered 200 (${REPORTS} wanted, ${Math.round(sent.sent / SECONDS)} sent), ${sent.refused} turned away, ${sent.failed} failed;`,
    `p50 ${sent.p50.toFixed(0)} ms, p99 ${sent.p99.toFixed(0)} ms; ${Math.round(updates / sent.seconds)} updates/s to the sockets;`,
    `CPU ${Math.round((user + system) / 1e4 / sent.seconds)} %, event loop p99 ${(loop.percentile(99) / 1e6).toFixed(0)} ms;`,
    `${memory()}; closed meanwhile: ${JSON.stringify(closings)}`,
  ].join(' '),
);

const stoppedAt = performance.now();
await app.stop();
const stopMs = performance.now() - stoppedAt;
const { closings: ends, retries } = await readTally();
const spread = retries.toSorted((a, b) => a - b);
console.log(
  `  stopped in ${(stopMs / 1000).toFixed(1)} s: ${JSON.stringify(ends)}; to come back after ${spread[0]} to ${spread.at(-1)} ms, ${new Set(retries).size} different times`,
);
consoles.kill();
