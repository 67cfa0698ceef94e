// Streams of those whose rights end: by the clock, by somebody's decision, and renewed before either.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOgGraphClient } from '#client/create-og-graph-client.ts';
import { ClientCursorsDocument } from '#test/operations.generated.ts';
import { appendChanges, changesAfter, currentCursor, seqAt } from '#test/support/event-log.ts';
import { createFakeTokens } from '#test/support/fake-tokens.ts';
import type { FakeTokens } from '#test/support/fake-tokens.ts';
import { openSocket } from '#test/support/open-socket.ts';
import type { RawSocket } from '#test/support/open-socket.ts';
import { readMetrics } from '#test/support/read-metrics.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const QUERY = 'subscription($after: String) { clientUpdated(after: $after) { cursor } }';
const LIFE_MS = 2500;

let tokens: FakeTokens;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ machines: [], resolvePrincipal: (...shown) => tokens.resolve(...shown) });
});
beforeEach(() => {
  tokens = createFakeTokens();
});
afterAll(() => server.stop());

const db = () => server.app.database.prisma;
const ana = { name: 'ana', version: 1 };

const open = (token: string, after: string): Promise<RawSocket> =>
  openSocket(server.url, { a: { query: QUERY, after } }, { authorization: `Bearer ${token}` });

function renew(socket: RawSocket, token: string): Promise<unknown> {
  const before = socket.pongs.length;
  socket.send({ type: 'ping', payload: { authorization: `Bearer ${token}` } });
  return waitFor('an answer', () => socket.pongs.length > before && { pong: socket.pongs.at(-1) }).then(
    ({ pong }) => pong,
  );
}

describe('a socket', () => {
  it('is closed when its token ends, with the cursor to come back with', async () => {
    const start = await currentCursor(db());
    const socket = await open(tokens.issue(ana, LIFE_MS), start);
    await appendChanges(db(), 3);
    await waitFor('the events', () => socket.cursors('a').length === 3);
    const { code, reason } = await socket.closed;
    expect([code, reason]).toEqual([4403, `expired after=${socket.cursors('a').at(-1)}`]);
    await appendChanges(db(), 2);
    const back = await open(tokens.issue(ana), reason.replace('expired after=', ''));
    await waitFor('the rest', () => back.cursors('a').length === 2);
    expect([...socket.seqs('a'), ...back.seqs('a')]).toEqual(await changesAfter(db(), start));
    expect((await readMetrics(server.url)).get('oggraph_stream_closed_total{code="4403"}')).toBeGreaterThan(0);
    back.socket.terminate();
  }, 20_000);

  it('goes on beyond the end of its token when it has shown a newer one in time', async () => {
    const start = await currentCursor(db());
    const socket = await open(tokens.issue(ana, LIFE_MS), start);
    const firstEnd = Date.now() + LIFE_MS;
    const pong = await renew(socket, tokens.issue(ana, LIFE_MS * 2));
    expect(pong).toEqual({
      renewed: true,
      expiresAt: expect.stringMatching(/^\d{4}-/) as string,
      expiresInMs: expect.any(Number) as number,
    });
    await waitFor('the end of the first', () => Date.now() > firstEnd + 200);
    await appendChanges(db(), 2);
    await waitFor('the events', () => socket.cursors('a').length === 2);
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(socket.seqs('a')).toEqual(await changesAfter(db(), start));
  }, 20_000);

  it.each([
    ['a token of somebody else', () => tokens.issue({ name: 'berta', version: 1 }), 'ANOTHER_PERSON'],
    ['a token that is none', () => 'nothing', 'NOT_VALID'],
    ['one with other rights', () => tokens.issue({ name: 'ana', version: 2 }), 'RIGHTS_CHANGED'],
  ])('is not renewed by %s, and stays as it was', async (_name, other, reason) => {
    const start = await currentCursor(db());
    const socket = await open(tokens.issue(ana, 60_000), start);
    expect(await renew(socket, other())).toEqual({ renewed: false, reason });
    await appendChanges(db(), 1);
    await waitFor('the event', () => socket.cursors('a').length === 1);
    socket.socket.terminate();
  });

  it('that guesses is told nothing of what it has guessed', async () => {
    const socket = await open(tokens.issue(ana, 60_000), await currentCursor(db()));
    for (let index = 0; index < 20; index += 1) {
      socket.send({ type: 'ping', payload: { authorization: `Bearer guess-${index}` } });
    }
    await waitFor('all answers', () => socket.pongs.length === 20);
    expect(socket.pongs.every((pong) => !(pong as { renewed: boolean }).renewed)).toBe(true);
    expect(JSON.stringify(socket.pongs)).not.toContain('guess');
    socket.socket.terminate();
  });

  it('is not opened for somebody who shows nothing, or nothing good', async () => {
    for (const init of [{}, { authorization: 'Bearer nothing' }, { authorization: 3 }]) {
      expect(await (await openSocket(server.url, {}, init)).closed).toEqual({ code: 4403, reason: 'Forbidden' });
    }
  });

  it('is closed within seconds when what it has shown is taken back, or its rights change', async () => {
    const start = await currentCursor(db());
    const [gone, changed] = [tokens.issue(ana, 60_000), tokens.issue(ana)];
    const sockets = [await open(gone, start), await open(changed, start)];
    tokens.change(gone, null);
    tokens.change(changed, { name: 'ana', version: 2 });
    const closings = await Promise.all(sockets.map(({ closed }) => closed));
    expect(closings.map(({ code, reason }) => `${code} ${reason.replace(/ after=.+$/, ' after')}`)).toEqual([
      '4403 not valid any more after',
      '4403 rights changed after',
    ]);
  }, 20_000);
});

describe('over HTTP', () => {
  it('an event stream ends with a last event that says why, and is not complete', async () => {
    const start = await currentCursor(db());
    const authorization = `Bearer ${tokens.issue(ana, LIFE_MS)}`;
    const search = new URLSearchParams({ query: QUERY, variables: JSON.stringify({ after: start }) });
    const response = await fetch(`${server.url}?${search.toString()}`, {
      headers: { accept: 'text/event-stream', authorization },
    });
    await appendChanges(db(), 1);
    const events = (await response.text()).split('\n\n').filter((text) => text.includes('event:'));
    expect(events).toHaveLength(2);
    const [, id = '', data = ''] = /^event: next\nid: (.+)\ndata: (.+)$/.exec(events[1] ?? '') ?? [];
    expect(JSON.parse(data)).toEqual({
      errors: [{ message: 'The stream ends: expired.', extensions: { code: 'UNAUTHENTICATED', after: id } }],
    });
    expect(seqAt(id)).toBe((await changesAfter(db(), start)).at(-1));
  }, 20_000);

  it('nothing is answered to somebody who is not let in', async () => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer nothing' },
      body: JSON.stringify({ query: '{ viewer { name } }' }),
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });
});

describe('the client', () => {
  it('shows a new token before the last one ends, and its streams run on one socket all the while', async () => {
    const client = createOgGraphClient({ url: server.url, token: () => tokens.issue(ana, LIFE_MS) });
    const states: string[] = [];
    const start = await currentCursor(db());
    const stream = client.subscribe(
      ClientCursorsDocument,
      {},
      { after: start, onStatus: ({ state }) => states.push(state) },
    );
    await stream.started;
    const beganAt = Date.now();
    const seen: bigint[] = [];
    while (Date.now() < beganAt + LIFE_MS * 2) {
      await appendChanges(db(), 1);
      seen.push(seqAt((await stream.next()).value?.clientUpdated.cursor ?? ''));
      await waitFor('a while', () => Date.now() > beganAt + seen.length * 500);
    }
    expect(states).toEqual(['live']);
    expect(seen).toEqual(await changesAfter(db(), start));
    expect(new Set(tokens.shown).size).toBeGreaterThan(2);
    client.close();
  }, 30_000);

  it('comes back with a new token where the last one has ended, and misses nothing', async () => {
    const issued: string[] = [];
    const client = createOgGraphClient({
      url: server.url,
      retry: { minDelayMs: 5, maxDelayMs: 20 },
      token: () => {
        issued.push(tokens.issue(ana, 60_000));
        return issued.at(-1) ?? '';
      },
    });
    const start = await currentCursor(db());
    const stream = client.subscribe(ClientCursorsDocument, {}, { after: start });
    await appendChanges(db(), 1);
    const seen = [(await stream.next()).value?.clientUpdated.cursor ?? ''];
    tokens.change(issued[0] ?? '', null);
    await waitFor('a new token', () => issued.length > 1, 20_000);
    await appendChanges(db(), 1);
    seen.push((await stream.next()).value?.clientUpdated.cursor ?? '');
    expect(seen.map(seqAt)).toEqual(await changesAfter(db(), start));
    client.close();
  }, 30_000);
});
