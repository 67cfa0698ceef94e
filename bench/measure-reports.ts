// How many progress reports a second are stored and applied, each before it is answered, while subscribers listen to all of them.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { buildApp } from '#app.ts';
import { readConfig } from '#config.ts';
import { createLogger } from '#lib/logger.ts';
import { openBenchDatabase } from './open-bench-database.ts';
import { JOBS, loadRunningJobs, sendReports } from './reports.ts';

const SECONDS = 6;
const SUBSCRIBERS = 20;

const database = await openBenchDatabase(process.env['BENCH_DATABASE_URL'] ?? null);
const app = await buildApp(
  // Each report is judged by where it comes from: the generator is a proxy that says for which client it speaks.
  { ...readConfig({ TRUSTED_PROXIES: '127.0.0.1' }), port: 0 },
  { database, log: createLogger('warn', { pretty: false }), reconcileEveryMs: 3_600_000 },
);
await loadRunningJobs(database.prisma);
const { host, port } = await app.start();

let heard = 0;
const sockets = Array.from({ length: SUBSCRIBERS }, () => {
  const socket = createClient({ url: `ws://${host}:${port}/graphql`, webSocketImpl: WebSocket });
  socket.subscribe(
    { query: 'subscription { traceUpdated { cursor ... on TraceUpdate { event { kind } } } }' },
    { next: () => (heard += 1), error: console.error, complete: () => {} },
  );
  return socket;
});

console.log(`Progress of ${JOBS} jobs, ${SUBSCRIBERS} subscribers; ${database.kind} database; Node ${process.version}`);
for (const perSecond of [250, 500, 1000, null]) {
  const [before, heardBefore] = [await database.prisma.agentReport.count(), heard];
  const eventsBefore = await database.prisma.event.count();
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  const cpu = process.cpuUsage();
  const sent = await sendReports(`http://${host}:${port}/opengnsys/rest/clients/status/webhook`, {
    seconds: SECONDS,
    connections: perSecond === null ? 64 : 500,
    perSecond,
  });
  const { user, system } = process.cpuUsage(cpu);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const stored = (await database.prisma.agentReport.count()) - before;
  const events = (await database.prisma.event.count()) - eventsBefore;
  console.log(
    [
      `  ${perSecond === null ? 'as fast as answered' : `${perSecond} a second`}:`,
      `${Math.round(sent.ok / sent.seconds)}/s answered 200, ${sent.refused} turned away, ${sent.failed} failed,`,
      `${stored === sent.ok ? 'all stored' : `${stored} STORED OF ${sent.ok}`},`,
      `p50 ${sent.p50.toFixed(0)} ms, p99 ${sent.p99.toFixed(0)} ms, CPU ${Math.round((user + system) / 1e4 / sent.seconds)} %,`,
      `event loop p99 ${(loop.percentile(99) / 1e6).toFixed(0)} ms,`,
      `subscribers heard ${heard - heardBefore} of ${events * SUBSCRIBERS}`,
    ].join(' '),
  );
  await database.prisma.trace.updateMany({ data: { progress: 0 } });
}
for (const socket of sockets) await socket.dispose();
await app.stop();
