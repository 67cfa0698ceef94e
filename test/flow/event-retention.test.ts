import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPruneEvents } from '#domain/tracing/prune-events.ts';
import { createLogger } from '#lib/logger.ts';
import { appendChanges, currentCursor, cursorAt, seqAt } from '#test/support/event-log.ts';
import { openEventSource, subscriptionUrl } from '#test/support/event-source.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { askOver, connect } from '#test/support/transports.ts';
import { waitFor } from '#test/support/wait-for.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
});
afterAll(() => server.stop());

const db = () => server.app.database.prisma;
const log = createLogger('silent', { pretty: false });
const DAY_MS = 86_400_000;
const inDays = (days: number) => ({ now: () => new Date(Date.now() + days * DAY_MS) });

function prune(retention: { days: number; rows: number }, days = 0): Promise<void> {
  return createPruneEvents({ db: db(), clock: inDays(days), log, retention })(new AbortController().signal);
}

const DOCUMENT = `subscription($after: String) {
  clientUpdated(after: $after) { __typename cursor ... on StreamReset { reason clients(first: 1) { totalCount } } }
}`;

async function follow(after: string) {
  const socket = connect(server.url);
  const { data, errors } = await askOver(socket, DOCUMENT, { after });
  await socket.dispose();
  expect(errors).toBeUndefined();
  return (data as { clientUpdated: { __typename: string; cursor: string; reason?: string; clients?: unknown } })
    .clientUpdated;
}

describe('events that are thrown away', () => {
  it('by number, are the oldest, and the newest are all there', async () => {
    await appendChanges(db(), 2500);
    const head = seqAt(await currentCursor(db()));
    await prune({ days: 0, rows: 100 });
    const left = await db().event.findMany({ orderBy: { seq: 'asc' }, select: { seq: true } });
    expect(left.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, index) => head - 99n + BigInt(index)));
  });

  it('by age, are those of long ago, and never the last one of all', async () => {
    await appendChanges(db(), 10);
    const head = seqAt(await currentCursor(db()));
    await prune({ days: 30, rows: 0 }, 29);
    expect(await db().event.count()).toBeGreaterThan(10);
    await prune({ days: 30, rows: 0 }, 31);
    expect(await db().event.findMany({ select: { seq: true } })).toEqual([{ seq: head }]);
  });

  it('are none where nothing is said of it', async () => {
    await appendChanges(db(), 10);
    const before = await db().event.count();
    await prune({ days: 0, rows: 0 }, 10_000);
    expect(await db().event.count()).toBe(before);
  });
});

describe('a subscriber whose cursor is older than what is kept', () => {
  it('gets a reset with the snapshot to start from, and misses nothing after it', async () => {
    // More than the feed remembers: what is older is read from the log, as after a start of the server.
    await appendChanges(db(), 10_000);
    const oldest = await cursorAt(db(), 1n);
    const remembered = await currentCursor(db());
    await appendChanges(db(), 20);
    await prune({ days: 0, rows: 5 });
    await waitFor('the feed to forget', async () => (await follow(oldest)).__typename === 'StreamReset');
    const reset = await follow(oldest);
    expect(reset).toMatchObject({
      __typename: 'StreamReset',
      reason: 'CURSOR_TOO_OLD',
      clients: { totalCount: expect.any(Number) as number },
    });
    expect(seqAt(reset.cursor)).toBe(seqAt(await currentCursor(db())));
    await appendChanges(db(), 1);
    expect(await follow(reset.cursor)).toMatchObject({ __typename: 'ClientChange' });
    // Whatever memory still has is no hole, though the log has it no more.
    expect(await follow(remembered)).toMatchObject({ __typename: 'ClientChange' });
  });

  it('goes on where the cut is just behind it, and not where it is one event further', async () => {
    const { prunedSeq } = await db().eventLog.findFirstOrThrow();
    // Behind what the feed remembers: read from the log.
    await appendChanges(db(), 10_000);
    await waitFor('the feed to forget', async () => (await follow(await cursorAt(db(), prunedSeq - 1n))).reason);
    expect((await follow(await cursorAt(db(), prunedSeq))).__typename).toBe('ClientChange');
  });

  it('as an EventSource goes on by itself', async () => {
    const source = openEventSource(subscriptionUrl(server.url, DOCUMENT, { after: await cursorAt(db(), 1n) }));
    await waitFor('the reset', async () => source.events.length > 0);
    await waitFor('the connection after it', async () => source.connections() > 1);
    await appendChanges(db(), 1);
    await waitFor('an event', async () => source.events.some(({ data }) => data.includes('ClientChange')));
    source.close();
  });
});
