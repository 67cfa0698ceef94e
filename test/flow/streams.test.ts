import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendEvents } from '#domain/tracing/append-events.ts';
import { createEventFeed } from '#events/create-event-feed.ts';
import { createLogger } from '#lib/logger.ts';
import { ClientUpdatesDocument, TraceUpdatesDocument } from '#test/operations.generated.ts';
import { clientId, deploy, modelId, untilStatus } from '#test/support/deploy.ts';
import { onServer, openTestDatabase } from '#test/support/open-test-database.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function take<T>(stream: AsyncGenerator<T, undefined>, until: (item: T) => boolean): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) {
    items.push(item);
    if (until(item)) break;
  }
  return items;
}

describe('traceUpdated', () => {
  it('replays everything after the payload’s cursor, also what was over before anybody listened', async () => {
    const { cursor, operation, outcomes } = await deploy(server);
    await untilStatus(server, outcomes[0]?.trace?.id ?? '', 'SUCCEEDED');
    const stream = server.follow(TraceUpdatesDocument, { after: cursor, filter: { operationId: operation.id } });
    const updates = await take(stream, ({ traceUpdated }) => traceUpdated.event?.kind === 'FINISHED');
    expect(updates.map(({ traceUpdated }) => traceUpdated.event?.kind)).toEqual([
      'CREATED',
      'SENDING',
      'ACCEPTED',
      'PROGRESS',
      'PROGRESS',
      'PROGRESS',
      'FINISHED',
    ]);
    expect(
      updates.every(
        ({ traceUpdated }) => traceUpdated.__typename === 'TraceChange' && traceUpdated.trace?.status === 'SUCCEEDED',
      ),
    ).toBe(true);
  });

  it('goes on from any cursor with neither gap nor repeat', async () => {
    const { cursor, operation, outcomes } = await deploy(server);
    await untilStatus(server, outcomes[0]?.trace?.id ?? '', 'SUCCEEDED');
    const isLast = (update: { traceUpdated: { event: { kind: string } | null } }) =>
      update.traceUpdated.event?.kind === 'FINISHED';
    const all = await take(
      server.follow(TraceUpdatesDocument, { after: cursor, filter: { operationId: operation.id } }),
      isLast,
    );
    for (const [index, { traceUpdated }] of all.slice(0, -1).entries()) {
      const rest = await take(
        server.follow(TraceUpdatesDocument, { after: traceUpdated.cursor, filter: { operationId: operation.id } }),
        isLast,
      );
      expect(rest.map((update) => update.traceUpdated.cursor)).toEqual(
        all.slice(index + 1).map((update) => update.traceUpdated.cursor),
      );
    }
  });

  it('yields nothing of other clients', async () => {
    const { cursor } = await deploy(server, { target: { clientIds: [clientId, modelId] } });
    const updates = await take(
      server.follow(TraceUpdatesDocument, { after: cursor, filter: { clientIds: [modelId] } }),
      ({ traceUpdated }) => traceUpdated.event?.kind === 'FINISHED',
    );
    const ids = new Set(updates.map(({ traceUpdated }) => traceUpdated.trace?.id));
    expect(ids.size).toBe(1);
    expect(updates.filter(({ traceUpdated }) => traceUpdated.event?.kind === 'CREATED')).toHaveLength(1);
    await server.room.agent('192.168.2.3').idle();
  });

  it.each([
    ['no cursor at all', 'nonsense', 'CURSOR_UNREADABLE'],
    [
      'a cursor of another log',
      Buffer.from('00000000-0000-4000-8000-000000000000:3').toString('base64url'),
      'CURSOR_NOT_OURS',
    ],
  ])('answers %s with a reset, and where to start anew', async (_name, after, reason) => {
    const updates = await take(server.follow(TraceUpdatesDocument, { after }), () => false);
    expect(updates).toEqual([
      {
        traceUpdated: {
          __typename: 'StreamReset',
          cursor: expect.any(String) as string,
          event: null,
          trace: null,
          reason,
        },
      },
    ]);
  });
});

describe('clientUpdated', () => {
  it('shows a client become busy and free again', async () => {
    const stream = server.follow(ClientUpdatesDocument, { filter: { ids: [clientId] } });
    const updates = take(stream, ({ clientUpdated }) => clientUpdated.status === 'OGLIVE');
    // The subscription has started once the order's own events could be seen by it.
    await expect
      .poll(
        async () => {
          await deploy(server).catch(() => null);
          return (await Promise.race([updates, Promise.resolve(null)])) !== null;
        },
        { interval: 200, timeout: 10_000 },
      )
      .toBe(true);
    expect((await updates).map(({ clientUpdated }) => clientUpdated.status)).toEqual(['BUSY', 'OGLIVE']);
  });
});

describe('the event feed', () => {
  const quiet = createLogger('silent', { pretty: false });

  it('gives each of many subscribers everything once and in order, and a paused one catches up from the log', async () => {
    const database = await openTestDatabase();
    const feed = await createEventFeed({ database, log: quiet });
    const total = 12_000;
    const read = async (pauseAfter: number) => {
      const seqs: bigint[] = [];
      const paused = Promise.withResolvers<void>();
      const events = feed.follow({ after: 0n, matches: () => true });
      for await (const { seq } of events) {
        seqs.push(seq);
        if (seqs.length === pauseAfter) {
          // Stands still until all is written and the memory of the feed has moved on.
          resume.push(paused.resolve);
          await paused.promise;
        }
        if (seqs.length === total) break;
      }
      return seqs;
    };
    const resume: (() => void)[] = [];
    const readers = [read(1), read(0), read(0)];
    for (let written = 0; written < total; written += 1000) {
      await database.prisma.$transaction((tx) =>
        appendEvents(
          tx,
          Array.from({ length: 1000 }, () => ({ kind: 'PROGRESS' as const })),
        ),
      );
    }
    await expect.poll(() => feed.head(), { timeout: 10_000 }).toBe(BigInt(total));
    for (const go of resume) go();
    const expected = Array.from({ length: total }, (_, index) => BigInt(index + 1));
    for (const seqs of await Promise.all(readers)) expect(seqs).toEqual(expected);
    await feed.stop();
    await database.close();
  });

  it.runIf(onServer())('never shows a smaller number after a larger one, whatever commits first', async () => {
    const database = await openTestDatabase();
    const feed = await createEventFeed({ database, log: quiet });
    const writers = 8;
    const each = 40;
    const seen: bigint[] = [];
    const reading = (async () => {
      for await (const { seq } of feed.follow({ after: 0n, matches: () => true })) {
        seen.push(seq);
        if (seen.length === writers * each) break;
      }
    })();
    await Promise.all(
      Array.from({ length: writers }, async () => {
        for (let index = 0; index < each; index += 1) {
          await database.prisma.$transaction((tx) => appendEvents(tx, [{ kind: 'PROGRESS' }]));
        }
      }),
    );
    await reading;
    expect(seen).toEqual(seen.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(new Set(seen).size).toBe(writers * each);
    await feed.stop();
    await database.close();
  });

  it('ends a stream that waits, at once', async () => {
    const database = await openTestDatabase();
    const feed = await createEventFeed({ database, log: quiet });
    const stream = feed.follow({ after: feed.head(), matches: () => true });
    const waiting = stream.next();
    await stream.return?.();
    expect(await waiting).toEqual({ done: true, value: 'ended' });
    await feed.stop();
    await database.close();
  });
});
