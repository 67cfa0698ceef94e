// Several servers on one PostgreSQL, one of them killed; and the connection that listens for events cut again and again.
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createOgGraphClient } from '#client/create-og-graph-client.ts';
import { FollowTracesDocument } from '#client/operations.generated.ts';
import type { Storage } from '#domain/storage.ts';
import { EVENTS_CHANNEL } from '#domain/tracing/append-events.ts';
import { appendChanges, changesAfter, currentCursor, seqAt } from '#test/support/event-log.ts';
import { openEventSource, subscriptionUrl } from '#test/support/event-source.ts';
import { openSocket } from '#test/support/open-socket.ts';
import { onServer, openTestDatabase } from '#test/support/open-test-database.ts';
import { loadRunningJobs } from '#test/support/running-jobs.ts';
import { spawnServer } from '#test/support/spawn-server.ts';
import type { ServerProcess } from '#test/support/spawn-server.ts';
import { startTcpProxy } from '#test/support/start-tcp-proxy.ts';
import type { TcpProxy } from '#test/support/start-tcp-proxy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const JOBS = 24;
const REPORTS_EACH = 40;
const PATIENCE_MS = 120_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp();
});

/** Somebody who follows all traces, whatever happens to the server that he follows them on. */
interface Follower {
  name: string;
  seqs: () => bigint[];
}

function followByClient(url: string, after: string, name: string): Follower {
  const client = createOgGraphClient({ url, retry: { minDelayMs: 10, maxDelayMs: 200 } });
  cleanups.push(() => client.close());
  const seqs: bigint[] = [];
  const stream = client.subscribe(FollowTracesDocument, {}, { after });
  void (async () => {
    for await (const { traceUpdated } of stream) {
      seqs.push(traceUpdated.__typename === 'StreamReset' ? -1n : seqAt(traceUpdated.cursor));
    }
  })();
  return { name, seqs: () => seqs };
}

function followByEventSource(url: string, after: string, name: string): Follower {
  const query = 'subscription($after: String) { traceUpdated(after: $after) { cursor } }';
  const source = openEventSource(subscriptionUrl(url, query, { after }));
  cleanups.push(() => source.close());
  const toSeq = ({ data }: { data: string }) =>
    seqAt((JSON.parse(data) as { data: { traceUpdated: { cursor: string } } }).data.traceUpdated.cursor);
  return { name, seqs: () => source.events.filter(({ type }) => type === 'next').map(toSeq) };
}

/** An agent that says its progress step by step to whichever server answers. */
async function reportAll(job: string, urls: () => readonly string[]): Promise<void> {
  for (let progress = 1; progress <= REPORTS_EACH; progress += 1) {
    await waitFor(
      'a server that takes a report',
      async () => {
        const among = urls();
        const url = among[Math.floor(Math.random() * among.length)] ?? '';
        const response = await fetch(url.replace('/graphql', '/opengnsys/rest/clients/status/webhook'), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ job_id: job, progress, ido: '' }),
        }).catch(() => null);
        return response?.status === 200;
      },
      30_000,
    );
  }
}

async function eventsOfTraces(db: Storage, after: string): Promise<bigint[]> {
  const rows = await db.event.findMany({
    where: { traceId: { not: null }, seq: { gt: seqAt(after) } },
    orderBy: { seq: 'asc' },
    select: { seq: true },
  });
  return rows.map(({ seq }) => seq);
}

describe.runIf(onServer())('three servers on one database, one of them killed', () => {
  it(
    'show each of their subscribers the whole log, event by event, wherever reports have landed',
    async () => {
      const database = await openTestDatabase();
      cleanups.push(() => database.close());
      const db = database.prisma;
      const jobs = await loadRunningJobs(db, JOBS);
      const env = {
        DATABASE_URL: database.url ?? '',
        AGENT_SENDER_POLICY: 'any',
        AGENT_CONNECT_TO: '::127.0.0.1:9',
      };
      const servers: ServerProcess[] = [];
      const proxies: TcpProxy[] = [];
      for (let index = 0; index < 3; index += 1) {
        const server = await spawnServer(env);
        servers.push(server);
        cleanups.push(() => server.end('SIGKILL'));
        const proxy = await startTcpProxy(server.url);
        proxies.push(proxy);
        cleanups.push(() => proxy.stop());
      }
      const start = await currentCursor(db);
      const followers = proxies.flatMap(({ url }, index) => [
        followByClient(url, start, `client of server ${index}`),
        followByEventSource(url, start, `EventSource of server ${index}`),
      ]);
      const alive = [...servers];
      const reporting = Promise.all(jobs.map((job) => reportAll(job, () => alive.map(({ url }) => url))));
      const [, , victim] = servers;
      const [third, first] = [proxies[2], servers[0]];
      if (victim === undefined || third === undefined || first === undefined) throw new Error('there are no three');
      await waitFor(
        'its subscribers to be in the middle of it',
        () => (followers.at(-1)?.seqs().length ?? 0) > 100,
        60_000,
      );
      await victim.end('SIGKILL');
      alive.pop();
      third.leadTo(first.url);
      await reporting;
      const expected = await eventsOfTraces(db, start);
      expect(expected.length).toBeGreaterThanOrEqual(JOBS * REPORTS_EACH);
      for (const { name, seqs } of followers) {
        await waitFor(`all events at the ${name}`, () => seqs().length >= expected.length, 30_000);
        expect(seqs(), name).toEqual(expected);
      }
      expect(third.connections()).toBeGreaterThan(2);
    },
    PATIENCE_MS,
  );
});

describe.runIf(onServer())('the connection that listens for events', () => {
  it(
    'may be cut again and again: nothing is missed, and nothing waits for long',
    async () => {
      const server = await startTestServer({ machines: [] });
      cleanups.push(() => server.stop());
      const db = server.app.database.prisma;
      const listeners = () => db.$queryRaw<{ pid: number }[]>`
      SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = ${`LISTEN "${EVENTS_CHANNEL}"`}`;
      const cut = () => db.$queryRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query = ${`LISTEN "${EVENTS_CHANNEL}"`}`;
      const start = await currentCursor(db);
      const query = 'subscription($after: String) { clientUpdated(after: $after) { cursor } }';
      const socket = await openSocket(server.url, { a: { query, after: start } });
      const cutPids = new Set<number>();
      const delays: number[] = [];
      for (let round = 0; cutPids.size < 4; round += 1) {
        for (const { pid } of await listeners()) cutPids.add(pid);
        await cut();
        const before = performance.now();
        await appendChanges(db, 1 + (round % 3));
        const { length } = await changesAfter(db, start);
        await waitFor('the events', () => socket.cursors('a').length === length, 15_000);
        delays.push(performance.now() - before);
        await delay(50);
      }
      expect(socket.seqs('a')).toEqual(await changesAfter(db, start));
      // A second is how often the log is looked at in any case; the rest is for a slow machine.
      expect(Math.max(...delays)).toBeLessThan(10_000);
      await waitFor('somebody to listen again', async () => (await listeners()).length === 1);
      socket.socket.terminate();
    },
    PATIENCE_MS,
  );
});
