// Streams over lines that are cut, go dead or lead elsewhere, compared event by event with the log.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOgGraphClient } from '#client/create-og-graph-client.ts';
import type { OgGraphClient } from '#client/create-og-graph-client.ts';
import type { Stream, StreamStatus } from '#client/resume-stream.ts';
import { scenario } from '#demo/scenario.ts';
import { appendEvents, readHead } from '#domain/tracing/append-events.ts';
import { formatCursor } from '#domain/tracing/cursor.ts';
import { ClientCursorsDocument } from '#test/operations.generated.ts';
import type { ClientCursorsSubscription } from '#test/operations.generated.ts';
import { startTcpProxy } from '#test/support/start-tcp-proxy.ts';
import type { TcpProxy } from '#test/support/start-tcp-proxy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

let server: TestServer;
let proxy: TcpProxy;
let client: OgGraphClient;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
});
afterAll(() => server.stop());
beforeEach(async () => {
  proxy = await startTcpProxy(server.url);
  client = createOgGraphClient({ url: proxy.url, retry: RETRY });
});
afterEach(() => {
  client.close();
  proxy.stop();
});

const RETRY = { minDelayMs: 5, maxDelayMs: 40 };
const pc1 = encodeGlobalID('Client', scenario.client.id);
const db = () => server.app.database.prisma;

/** Has pc1 change its state so many times. @returns the cursors of it, from the log. */
async function happen(count: number): Promise<string[]> {
  const before = await readHead(db());
  const { id } = scenario.client;
  const event = { kind: 'CLIENT_STATUS', clientId: id, roomId: scenario.room.id } as const;
  const { epoch } = await db().eventLog.findFirstOrThrow();
  await db().$transaction((tx) =>
    appendEvents(
      tx,
      Array.from({ length: count }, (_, index) => ({ ...event, clientStatus: index % 2 === 0 ? 'OFF' : 'OGLIVE' })),
    ),
  );
  return Array.from({ length: count }, (_, index) => formatCursor({ epoch, seq: before + BigInt(index + 1) }));
}

async function take(stream: Stream<ClientCursorsSubscription>, count: number): Promise<string[]> {
  const cursors: string[] = [];
  while (cursors.length < count) {
    const { done, value } = await stream.next();
    if (done === true) throw new Error(`the stream ended after ${cursors.length} of ${count}`);
    cursors.push(value.clientUpdated.__typename === 'StreamReset' ? 'reset' : value.clientUpdated.cursor);
  }
  return cursors;
}

const follow = (options: Parameters<OgGraphClient['subscribe']>[2] = {}) =>
  client.subscribe(ClientCursorsDocument, { filter: { ids: [pc1] } }, options);

describe('a stream over a line that is cut', () => {
  it('in the middle of anything, forty times and more: has every event of the log once and in order', async () => {
    // Fewer bytes than a greeting takes, half a message, or some hundred events.
    proxy.cutAfter(() => 50 + Math.floor(Math.random() ** 3 * 20_000));
    const streams = [follow(), follow()];
    await Promise.all(streams.map(({ started }) => started));
    const expected: string[] = [];
    const reading = streams.map((stream) => take(stream, 1500));
    for (let batch = 0; batch < 30; batch += 1) expected.push(...(await happen(50)));
    for (const read of await Promise.all(reading)) expect(read).toEqual(expected);
    expect(proxy.connections()).toBeGreaterThan(40);
  });

  it('before anything has happened: begins where it began', async () => {
    const stream = follow();
    await stream.started;
    proxy.leadTo(null);
    proxy.cut();
    const expected = await happen(3);
    proxy.leadTo(server.url);
    expect(await take(stream, 3)).toEqual(expected);
  });

  it('so that nobody notices: asks whether the server is still there, and comes back', async () => {
    client.close();
    client = createOgGraphClient({ url: proxy.url, retry: RETRY, keepAliveMs: 300 });
    const stream = follow();
    await stream.started;
    const before = proxy.connections();
    proxy.freeze();
    const expected = await happen(3);
    expect(await take(stream, 3)).toEqual(expected);
    expect(proxy.connections()).toBeGreaterThan(before);
  });

  it('and that leads to another log then: yields a reset, and goes on with that one', async () => {
    const other = await startTestServer({ machines: [] });
    try {
      const stream = follow();
      await stream.started;
      proxy.leadTo(other.url);
      proxy.cut();
      expect(await take(stream, 1)).toEqual(['reset']);
      const mine = server;
      server = other;
      const expected = await happen(2);
      server = mine;
      expect(await take(stream, 2)).toEqual(expected);
    } finally {
      await other.stop();
    }
  });
});

describe('streams', () => {
  it('of one client share one socket, and close it with the last of them', async () => {
    const [first, second] = [follow(), follow()];
    await Promise.all([first.started, second.started]);
    expect(proxy.connections()).toBe(1);
    await first.return();
    const expected = await happen(2);
    expect(await take(second, 2)).toEqual(expected);
    await second.return();
    await waitFor('the socket to close', () => proxy.open() === 0);
    const third = follow();
    await third.started;
    expect(proxy.connections()).toBe(2);
  });

  it('that nobody reads for a while have all of it later', async () => {
    const stream = follow();
    await stream.started;
    const expected = [...(await happen(3000)), ...(await happen(3000))];
    const more = follow({ after: expected.at(-2) ?? '' });
    // The server has told all that it will without being asked again.
    expect(await take(more, 1)).toEqual(expected.slice(-1));
    expect(await take(stream, 6000)).toEqual(expected);
  });

  it('start at a cursor with what came after it', async () => {
    const [first = '', ...others] = await happen(5);
    expect(await take(follow({ after: first }), 4)).toEqual(others);
  });
});

describe('a stream that is aborted', () => {
  const OVER = { done: true, value: undefined };

  it('while it waits: is over at once, without an error', async () => {
    const aborting = new AbortController();
    const stream = follow({ signal: aborting.signal });
    await stream.started;
    const waiting = stream.next();
    aborting.abort();
    expect([await waiting, await stream.next()]).toEqual([OVER, OVER]);
    await waitFor('the socket to close', () => proxy.open() === 0);
  });

  it('while events wait to be taken: throws them away', async () => {
    const aborting = new AbortController();
    const stream = follow({ signal: aborting.signal });
    await stream.started;
    const expected = await happen(10);
    expect(await take(stream, 1)).toEqual(expected.slice(0, 1));
    aborting.abort();
    expect(await stream.next()).toEqual(OVER);
    await waitFor('the socket to close', () => proxy.open() === 0);
  });

  it('while there is no server: tries no more', async () => {
    proxy.leadTo(null);
    const aborting = new AbortController();
    const statuses: StreamStatus['state'][] = [];
    const stream = follow({ signal: aborting.signal, onStatus: ({ state }) => statuses.push(state) });
    await waitFor('some attempts', () => statuses.length > 3);
    aborting.abort();
    expect(await stream.next()).toEqual(OVER);
    await stream.started;
    expect(new Set(statuses)).toEqual(new Set(['reconnecting']));
  });

  it('before it begins: never connects', async () => {
    const stream = follow({ signal: AbortSignal.abort() });
    await stream.started;
    expect(await stream.next()).toEqual(OVER);
    expect(proxy.connections()).toBe(0);
  });

  it('by leaving the loop: closes its socket', async () => {
    const stream = follow();
    await stream.started;
    await happen(3);
    for await (const { clientUpdated } of stream) if (clientUpdated.cursor !== '') break;
    await waitFor('the socket to close', () => proxy.open() === 0);
  });

  it('by closing its client: as all others of it; and there are no more', async () => {
    const [first, second] = [follow(), follow()];
    await Promise.all([first.started, second.started]);
    client.close();
    expect(await Promise.all([first.next(), second.next()])).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(() => follow()).toThrow('closed');
  });
});

describe('what will not go away', () => {
  it('ends a stream: a variable that cannot be', async () => {
    const filter = { status: ['ON' as 'OFF'] };
    const stream = client.subscribe(ClientCursorsDocument, { filter });
    await expect(stream.next()).rejects.toMatchObject({ code: 'ANSWERED_WITH_ERRORS' });
    await expect(stream.started).rejects.toMatchObject({ code: 'ANSWERED_WITH_ERRORS' });
  });

  it('ends a stream: no server, as often as was to be tried', async () => {
    proxy.leadTo(null);
    const impatient = createOgGraphClient({ url: proxy.url, retry: { attempts: 3, minDelayMs: 5 } });
    const stream = impatient.subscribe(ClientCursorsDocument, {});
    await expect(stream.next()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(proxy.connections()).toBe(4);
  });
});
