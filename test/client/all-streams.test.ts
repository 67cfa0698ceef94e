// Every stream that there is, by the client, over a line that is cut while things happen: compared with the log, event by event.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOgGraphClient } from '#client/create-og-graph-client.ts';
import type { OgGraphClient } from '#client/create-og-graph-client.ts';
import {
  FollowClientsDocument,
  FollowMulticastSessionsDocument,
  FollowOperationDocument,
  FollowRoomDocument,
  FollowTracesDocument,
} from '#client/operations.generated.ts';
import type { Stream } from '#client/resume-stream.ts';
import { scenario } from '#demo/scenario.ts';
import { appendEvents, readHead } from '#domain/tracing/append-events.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import { currentCursor, seqAt } from '#test/support/event-log.ts';
import { loadRunningJobs } from '#test/support/running-jobs.ts';
import { startTcpProxy } from '#test/support/start-tcp-proxy.ts';
import type { TcpProxy } from '#test/support/start-tcp-proxy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

interface Update {
  __typename: string;
  cursor: string;
}

let server: TestServer;
let proxy: TcpProxy;
let client: OgGraphClient;
let operationId: string;
let traceId: string;
beforeAll(async () => {
  // Nobody is to wonder what became of the job.
  server = await startTestServer({ machines: [], reconcileEveryMs: 3_600_000 });
  await loadRunningJobs(db(), 1);
  const trace = await db().trace.findFirstOrThrow();
  ({ id: traceId, operationId } = trace);
});
afterAll(() => server.stop());
beforeEach(async () => {
  proxy = await startTcpProxy(server.url);
  client = createOgGraphClient({ url: proxy.url, retry: { minDelayMs: 5, maxDelayMs: 40 } });
});
afterEach(() => {
  client.close();
  proxy.stop();
});

const db = () => server.app.database.prisma;
const roomId = scenario.room.id;
const clientId = scenario.client.id;

/** One of everything that is followed here, and of what is not. */
const happenings = (): EventDraft[] => [
  { kind: 'PROGRESS', traceId, operationId, roomId, clientId, progress: 1 },
  { kind: 'CLIENT_STATUS', clientId, roomId, clientStatus: 'BUSY' },
  { kind: 'SESSION_CHANGED', operationId, sessionId: operationId, sessionStatus: 'SENDING' },
  { kind: 'ROOM_CHANGED', roomId },
];

async function take<T extends object>(stream: Stream<T>, count: number): Promise<Update[]> {
  const updates: Update[] = [];
  while (updates.length < count) {
    const { done, value } = await stream.next();
    if (done === true) throw new Error(`it ended after ${updates.length} of ${count}`);
    updates.push(...(Object.values(value) as Update[]));
  }
  return updates;
}

type Open = (after: string) => Stream<object>;
const STREAMS: readonly [name: string, kinds: EventDraft['kind'][], open: Open][] = [
  ['traceUpdated', ['PROGRESS'], (after) => client.subscribe(FollowTracesDocument, {}, { after })],
  ['clientUpdated', ['CLIENT_STATUS'], (after) => client.subscribe(FollowClientsDocument, {}, { after })],
  [
    'operationUpdated',
    ['PROGRESS', 'SESSION_CHANGED'],
    (after) => client.subscribe(FollowOperationDocument, { id: encodeGlobalID('Operation', operationId) }, { after }),
  ],
  [
    'roomUpdated',
    ['CLIENT_STATUS', 'ROOM_CHANGED'],
    (after) => client.subscribe(FollowRoomDocument, { id: encodeGlobalID('Room', roomId), mode: 'EVERY' }, { after }),
  ],
  [
    'multicastSessionUpdated',
    ['SESSION_CHANGED'],
    (after) => client.subscribe(FollowMulticastSessionsDocument, {}, { after }),
  ],
];

describe('each stream', () => {
  it.each(STREAMS)('%s has every event of the log once and in order', async (_name, kinds, open) => {
    proxy.cutAfter(() => 400 + Math.floor(Math.random() * 8000));
    const start = await currentCursor(db());
    const stream = open(start);
    for (let round = 0; round < 15; round += 1) {
      await db().$transaction((tx) => appendEvents(tx, [...happenings(), ...happenings()]));
    }
    const expected = await db().event.findMany({
      where: { seq: { gt: seqAt(start) }, kind: { in: kinds } },
      orderBy: { seq: 'asc' },
    });
    expect(expected).toHaveLength(30 * kinds.length);
    const updates = await take(stream, expected.length);
    expect(updates.map(({ cursor }) => seqAt(cursor))).toEqual(expected.map(({ seq }) => seq));
    expect(proxy.connections()).toBeGreaterThan(1);
  });
});

describe('a stream of the newest only', () => {
  it('tells fewer events, none of them twice, and always the last, over a line that is cut too', async () => {
    proxy.cutAfter(() => 400 + Math.floor(Math.random() * 2000));
    const start = await currentCursor(db());
    const stream = client.subscribe(
      FollowRoomDocument,
      { id: encodeGlobalID('Room', roomId), maxPerSecond: 50 },
      { after: start },
    );
    const rounds = 60;
    for (let round = 0; round < rounds; round += 1) await db().$transaction((tx) => appendEvents(tx, happenings()));
    const head = await readHead(db());
    const seen: bigint[] = [];
    while (seen.at(-1) !== head) {
      const [update] = await take(stream, 1);
      seen.push(seqAt(update?.cursor ?? ''));
    }
    expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => (a < b ? -1 : 1)));
    expect(seen.length).toBeLessThan(rounds * 2);
  });
});

describe('a stream whose cursor is of another log', () => {
  const foreign = Buffer.from('00000000-0000-4000-8000-000000000000:3').toString('base64url');

  it('of a room or of an operation brings what there is now with its reset, and goes on after it', async () => {
    const room = client.subscribe(FollowRoomDocument, { id: encodeGlobalID('Room', roomId) }, { after: foreign });
    const operation = client.subscribe(
      FollowOperationDocument,
      { id: encodeGlobalID('Operation', operationId) },
      { after: foreign },
    );
    const first = [await take(room, 1), await take(operation, 1)].flat();
    expect(first).toMatchObject([
      { __typename: 'StreamReset', reason: 'CURSOR_NOT_OURS', room: { name: scenario.room.name } },
      { __typename: 'StreamReset', reason: 'CURSOR_NOT_OURS', operation: { action: 'RUN_SCRIPT' } },
    ]);
    await db().$transaction((tx) => appendEvents(tx, happenings()));
    const then = [await take(room, 1), await take(operation, 1)].flat();
    expect(then.map(({ __typename }) => __typename)).toEqual(['RoomChange', 'OperationChange']);
  });
});
