import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendChanges, changesAfter, currentCursor, cursorAt, seqAt } from '#test/support/event-log.ts';
import { openEventSource, subscriptionUrl } from '#test/support/event-source.ts';
import type { EventSourceLike } from '#test/support/event-source.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const QUERY = 'subscription($after: String) { clientUpdated(after: $after) { __typename cursor } }';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
});
afterAll(() => server.stop());

const db = () => server.app.database.prisma;
const open = (variables = {}, options = {}) => openEventSource(subscriptionUrl(server.url, QUERY, variables), options);

function seen({ events }: EventSourceLike): { type: string; seq: bigint }[] {
  return events
    .filter(({ type }) => type === 'next')
    .map(({ data }) => {
      const { clientUpdated } = (
        JSON.parse(data) as { data: { clientUpdated: { __typename: string; cursor: string } } }
      ).data;
      return { type: clientUpdated.__typename, seq: seqAt(clientUpdated.cursor) };
    });
}

describe('an EventSource', () => {
  it('that is cut at any place sees each event of the log once and in order', async () => {
    const after = await currentCursor(db());
    const source = open({ after });
    for (let round = 0; round < 25; round += 1) {
      await appendChanges(db(), 1 + (round % 7));
      if (round % 3 === 0) source.cut();
      if (round % 4 === 0) await waitFor('a connection', async () => source.connections() > round / 4);
    }
    const expected = await changesAfter(db(), after);
    await waitFor('all events', async () => seen(source).length >= expected.length);
    expect(seen(source).map(({ seq }) => seq)).toEqual(expected);
    expect(source.connections()).toBeGreaterThan(4);
    source.close();
  });

  it('that was cut before it had seen anything misses nothing of what came meanwhile', async () => {
    const source = open();
    await waitFor('the id to begin with', async () => source.lastEventId() !== '');
    const after = source.lastEventId();
    source.cut();
    await appendChanges(db(), 3);
    await waitFor('all events', async () => seen(source).length >= 3);
    expect(seen(source).map(({ seq }) => seq)).toEqual(await changesAfter(db(), after));
    source.close();
  });

  it('goes on after its Last-Event-ID, whatever the document says', async () => {
    const first = await currentCursor(db());
    await appendChanges(db(), 2);
    const second = await currentCursor(db());
    await appendChanges(db(), 2);
    const response = await fetch(subscriptionUrl(server.url, QUERY, { after: first }), {
      headers: { accept: 'text/event-stream', 'last-event-id': second },
    });
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if ((text.match(/^data: /gm) ?? []).length === 2) break;
    }
    const ids = [...text.matchAll(/^event: next\nid: (.*)$/gm)].map(([, id = '']) => seqAt(id));
    expect(ids).toEqual(await changesAfter(db(), second));
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(text).toMatch(/^retry: \d+$/m);
  });

  it('is told what it cannot go on from, and goes on from where it is told', async () => {
    const source = open({ after: 'nonsense' });
    await waitFor('a reset', async () => seen(source).some(({ type }) => type === 'StreamReset'));
    expect(source.events.map(({ type }) => type)).not.toContain('message');
    await waitFor('the connection after it', async () => source.connections() > 1);
    await appendChanges(db(), 1);
    await waitFor('an event', async () => seen(source).some(({ type }) => type === 'ClientChange'));
    expect(seen(source).map(({ type }) => type)).toEqual(['StreamReset', 'ClientChange']);
    source.close();
  });

  it('is told with each ping how far nothing was for it', async () => {
    const source = openEventSource(
      subscriptionUrl(server.url, 'subscription { clientUpdated(filter: { status: MACOS }) { cursor } }'),
    );
    await waitFor('the id to begin with', async () => source.lastEventId() !== '');
    await appendChanges(db(), 5);
    const head = await cursorAt(db(), seqAt(await currentCursor(db())));
    await waitFor('an id that is as far as the log', async () => source.lastEventId() === head, 20_000);
    expect(source.events).toEqual([]);
    expect(source.connections()).toBe(1);
    source.close();
  });
});

describe('a server that stops', () => {
  it('ends event streams at once, and tells each when to come back', async () => {
    const own = await startTestServer({ machines: [] });
    const sources = Array.from({ length: 8 }, () =>
      openEventSource(subscriptionUrl(own.url, QUERY), { comesBack: false }),
    );
    await waitFor('all to begin', async () => sources.every((source) => source.lastEventId() !== ''));
    const started = performance.now();
    await own.stop();
    // Far less than the half minute that work in hand may take.
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(sources.flatMap(({ events }) => events)).toEqual([]);
    await waitFor('different times to come back', async () => {
      const times = sources.map((source) => source.retryMs());
      return !times.includes(1000) && new Set(times).size > 1;
    });
  });
});
