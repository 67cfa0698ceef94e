import { expect, it } from 'vitest';
import { currentCursor } from '#test/support/event-log.ts';
import { openSocket } from '#test/support/open-socket.ts';
import { readMetrics } from '#test/support/read-metrics.ts';
import { startTcpProxy } from '#test/support/start-tcp-proxy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const QUERY = 'subscription($after: String) { clientUpdated(after: $after) { cursor } }';

it('a socket that answers no ping any more is given up, one that is only quiet is not', async () => {
  const server = await startTestServer({ machines: [] });
  const proxy = await startTcpProxy(server.url);
  const start = await currentCursor(server.app.database.prisma);
  const gone = await openSocket(proxy.url, { a: { query: QUERY, after: start } });
  const quiet = await openSocket(server.url, { a: { query: QUERY, after: start } });
  const count = async (name: string) => (await readMetrics(server.url)).get(`oggraph_stream_${name}`) ?? 0;
  await waitFor('both', async () => (await count('subscriptions')) === 2);
  proxy.freeze();
  // Two pings, twelve seconds apart.
  await waitFor('one to be given up', async () => (await count('connections{transport="websocket"}')) === 1, 60_000);
  expect(await count('subscriptions')).toBe(1);
  expect(await count('closed_total{code="1006"}')).toBe(1);
  expect(quiet.socket.readyState).toBe(quiet.socket.OPEN);
  gone.socket.terminate();
  quiet.socket.terminate();
  proxy.stop();
  await server.stop();
}, 90_000);
