import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { appendChanges, changesAfter, currentCursor, cursorAt, seqAt } from '#test/support/event-log.ts';
import { openSocket } from '#test/support/open-socket.ts';
import { readMetrics } from '#test/support/read-metrics.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { askOver, connect, sendRaw } from '#test/support/transports.ts';
import { waitFor } from '#test/support/wait-for.ts';

const QUERY = 'subscription($after: String) { clientUpdated(after: $after) { cursor } }';
/** Each event some kilobytes: what the kernel holds is full of a few hundred. */
const ALIASES = Array.from({ length: 90 }, (_, index) => `${'a'.repeat(120)}${index}: cursor`);
const LONG = `subscription($after: String) { clientUpdated(after: $after) { cursor ${ALIASES.join(' ')} } }`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ machines: [], config: { streamStallMs: 400, streamOperationsPerSocket: 5 } });
});
afterAll(() => server.stop());

const db = () => server.app.database.prisma;

const ascending = (seqs: readonly bigint[]) => seqs.every((seq, index) => index === 0 || seq > (seqs[index - 1] ?? 0n));

describe('a socket', () => {
  it('that is cut at any time, and comes back with its cursor, sees each event of the log once and in order', async () => {
    const start = await currentCursor(db());
    const seen: string[] = [];
    let opened: WebSocket | undefined;
    const client = createClient({
      url: server.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      on: {
        opened: (socket) => {
          opened = socket as WebSocket;
        },
      },
      retryAttempts: 1000,
      retryWait: () => Promise.resolve(),
    });
    // What a client has to do: say again where it stands, each time that it subscribes.
    const variables = {
      get after() {
        return seen.at(-1) ?? start;
      },
    };
    const ended = new Promise<void>((resolve, reject) => {
      client.subscribe<{ clientUpdated: { cursor: string } }>(
        { query: QUERY, variables },
        {
          next: ({ data }) => seen.push(data?.clientUpdated.cursor ?? ''),
          error: (error) => reject(error instanceof Error ? error : new Error(JSON.stringify(error))),
          complete: resolve,
        },
      );
    });
    for (let round = 0; round < 30; round += 1) {
      const before = seen.length;
      await appendChanges(db(), 1 + (round % 5));
      if (round % 3 !== 0) continue;
      await waitFor('something new', () => seen.length > before - (round % 2));
      opened?.terminate();
    }
    const expected = await changesAfter(db(), start);
    await waitFor('all events', () => seen.length >= expected.length, 20_000);
    expect(seen.map(seqAt)).toEqual(expected);
    await client.dispose();
    await ended;
  });

  it('that reads nothing is closed with the cursor to come back with, and holds up nobody', async () => {
    const start = await currentCursor(db());
    const slow = await openSocket(server.url, {
      long: { query: LONG, after: start },
      other: { query: QUERY, after: start },
    });
    const quick = await openSocket(server.url, { long: { query: LONG, after: start } });
    await appendChanges(db(), 1);
    await waitFor('both to begin', () => slow.cursors('long').length === 1 && quick.cursors('long').length === 1);
    const givenUp = async () => (await readMetrics(server.url)).get('oggraph_stream_closed_total{code="4290"}') ?? 0;
    const before = await givenUp();
    slow.socket.pause();
    await appendChanges(db(), 1500);
    await waitFor('the quick one to see all', () => quick.cursors('long').length === 1501, 30_000);
    await waitFor('the slow one to be given up', async () => (await givenUp()) > before, 30_000);
    slow.socket.resume();
    const { code, reason } = await slow.closed;
    // Where nothing of the farewell came through, the connection was cut: then its own last cursor is what it has.
    expect(`${code} ${reason}`).toMatch(/^(4290 too slow after=\S+|1006 )$/);
    const after = / after=(\S+)$/.exec(reason)?.[1] ?? slow.cursors('long').at(-1) ?? '';
    expect(slow.seqs('long').length).toBeLessThan(1501);
    expect(ascending(slow.seqs('long'))).toBe(true);
    const back = await openSocket(server.url, { long: { query: QUERY, after } });
    const rest = await changesAfter(db(), after);
    await waitFor('the rest', () => back.seqs('long').length === rest.length, 20_000);
    const whole = new Set([...slow.seqs('long'), ...back.seqs('long')]);
    expect([...whole].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(await changesAfter(db(), start));
    quick.socket.terminate();
    back.socket.terminate();
  }, 90_000);

  it('that reads nothing is held one result of each subscription, however much happens', async () => {
    const own = await startTestServer({ machines: [], config: { streamStallMs: 60_000 } });
    const log = own.app.database.prisma;
    const start = await currentCursor(log);
    const slow = await openSocket(own.url, { a: { query: LONG, after: start }, b: { query: LONG, after: start } });
    const quick = await openSocket(own.url, { long: { query: LONG, after: start } });
    await appendChanges(log, 1);
    await waitFor('both to begin', () => slow.cursors('b').length === 1 && quick.cursors('long').length === 1);
    let longest = 0;
    quick.socket.on('message', (data: Buffer) => {
      longest = Math.max(longest, data.length);
    });
    slow.socket.pause();
    const held: number[] = [];
    for (let count = 201; count <= 1601; count += 200) {
      await appendChanges(log, 200);
      await waitFor('the quick one to see all', () => quick.cursors('long').length === count, 30_000);
      held.push((await readMetrics(own.url)).get('oggraph_stream_waiting_bytes') ?? Number.NaN);
    }
    // The kernel has taken what it takes: from there on, there is something that waits, and no more than one of each.
    expect(held.at(-1)).toBeGreaterThan(longest / 2);
    expect(Math.max(...held)).toBeLessThan(2 * longest + 1000);
    const numbers = await readMetrics(own.url);
    expect(numbers.get('oggraph_stream_connections{transport="websocket"}')).toBe(2);
    expect(numbers.get('oggraph_stream_subscriptions')).toBe(3);
    slow.socket.terminate();
    await waitFor('it to be gone', async () => {
      const now = await readMetrics(own.url);
      return now.get('oggraph_stream_subscriptions') === 1 && now.get('oggraph_stream_waiting_bytes') === 0;
    });
    quick.socket.terminate();
    await own.stop();
  }, 90_000);

  it('that asks and asks and reads nothing is closed before it holds more than it may', async () => {
    const bufferBytes = 65_536;
    const config = { streamStallMs: 60_000, streamBufferBytes: bufferBytes };
    const own = await startTestServer({ machines: [], config });
    const { socket, closed, send } = await openSocket(own.url, {});
    socket.pause();
    const payload = { filler: 'x'.repeat(4000) };
    let most = 0;
    const isOver = async () => {
      for (let index = 0; index < 500; index += 1) send({ type: 'ping', payload });
      const numbers = await readMetrics(own.url);
      most = Math.max(most, numbers.get('oggraph_stream_waiting_bytes') ?? Number.NaN);
      return (numbers.get('oggraph_stream_closed_total{code="4290"}') ?? 0) > 0;
    };
    await waitFor('the end', isOver, 30_000);
    socket.resume();
    expect((await closed).code).toBeOneOf([4290, 1006]);
    // What came with the message that was one too many may still have been answered.
    expect(most).toBeLessThan(bufferBytes * 2);
    await own.stop();
  }, 60_000);

  it('has no more operations than it may, and those that it has go on', async () => {
    const start = await currentCursor(db());
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const one = await openSocket(server.url, Object.fromEntries(ids.map((id) => [id, { query: QUERY, after: start }])));
    await waitFor('a refusal', () => one.errors['f']);
    expect(one.errors['f']).toMatchObject([{ extensions: { code: 'TOO_MANY_OPERATIONS', max: 5 } }]);
    await appendChanges(db(), 1);
    await waitFor('the event', () => ids.slice(0, 5).every((id) => one.cursors(id).length === 1));
    one.socket.terminate();
  });
});

describe('one address', () => {
  it('has no more sockets and event streams than it may, and gives back what it does not need', async () => {
    const own = await startTestServer({ machines: [], config: { streamConnectionsPerAddress: 2 } });
    const stream = await fetch(`${own.url}?query=${encodeURIComponent(QUERY)}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(stream.status).toBe(200);
    const socket = await openSocket(own.url, {});
    const upgrade = () =>
      sendRaw(own.url, {
        method: 'GET',
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
          'sec-websocket-protocol': 'graphql-transport-ws',
        },
      });
    expect(await upgrade()).toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
    const refused = await fetch(`${own.url}?query=${encodeURIComponent(QUERY)}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    socket.socket.terminate();
    await waitFor('a place', async () => (await upgrade()).status === 101);
    await stream.body?.cancel();
    await own.stop();
  });
});

describe('a server that stops', () => {
  it('asks every socket to come back, each after another while, with the cursor to come back with', async () => {
    const own = await startTestServer({ machines: [] });
    const start = await currentCursor(own.app.database.prisma);
    const sockets = await Promise.all(
      Array.from({ length: 6 }, () => openSocket(own.url, { a: { query: QUERY, after: start } })),
    );
    await appendChanges(own.app.database.prisma, 2);
    await waitFor('the events', () => sockets.every((socket) => socket.cursors('a').length === 2));
    const last = sockets[0]?.cursors('a').at(-1) ?? '';
    await own.stop();
    const closings = await Promise.all(sockets.map((socket) => socket.closed));
    for (const { code, reason } of closings) {
      expect(code).toBe(1012);
      expect(reason).toMatch(/^restarting retryMs=\d+ after=/);
      expect(reason).toContain(`after=${last}`);
    }
    expect(new Set(closings.map(({ reason }) => reason)).size).toBeGreaterThan(1);
  });
});

describe('many who ask the same', () => {
  it('cost the database what one costs', async () => {
    const query = 'subscription($after: String) { clientUpdated(after: $after) { cursor client { name } } }';
    const cost = async (count: number) => {
      const start = await currentCursor(db());
      const clients = Array.from({ length: count }, () => connect(server.url));
      const streams = clients.map((client) =>
        client.iterate<{ clientUpdated: { cursor: string } }>({ query, variables: { after: start } }),
      );
      const begun = streams.map((stream) => stream.next());
      await appendChanges(db(), 1);
      await Promise.all(begun);
      // Each has begun by itself; from here on they share.
      const more = streams.map(async (stream) => {
        for (let index = 0; index < 20; index += 1) await stream.next();
      });
      const before = server.statements();
      for (let index = 0; index < 20; index += 1) await appendChanges(db(), 1);
      await Promise.all(more);
      const statements = server.statements() - before;
      for (const client of clients) await client.dispose();
      return statements;
    };
    const one = await cost(1);
    // One who was a little late may have read an event or two for himself.
    expect(await cost(30)).toBeLessThan(one + 60);
  }, 30_000);

  it('are answered apart where they ask for other things or from other places', async () => {
    const start = await currentCursor(db());
    await appendChanges(db(), 3);
    const expected = await changesAfter(db(), start);
    const client = connect(server.url);
    const answers = await Promise.all(
      expected.map(async (_seq, index) => {
        const { data } = await askOver(client, QUERY, {
          after: await cursorAt(db(), expected[index - 1] ?? seqAt(start)),
        });
        return seqAt((data as { clientUpdated: { cursor: string } }).clientUpdated.cursor);
      }),
    );
    expect(answers).toEqual(expected);
    await client.dispose();
  });
});
