import { encodeGlobalID } from '@pothos/plugin-relay';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendEvents, readHead } from '#domain/tracing/append-events.ts';
import { formatCursor } from '#domain/tracing/cursor.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import { ClientStatesDocument, TraceKindsDocument } from '#test/operations.generated.ts';
import type { ClientFilter, TraceFilter } from '#test/operations.generated.ts';
import { anyFilter, conditionValues, createEvaluation, fetchCampus } from '#test/support/client-filter-model.ts';
import { createCampus } from '#test/support/create-campus.ts';
import type { Campus } from '#test/support/create-campus.ts';
import { scatterCampus } from '#test/support/scatter-campus.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { connect, askOver } from '#test/support/transports.ts';

let server: TestServer;
let campus: Campus;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
  const db = server.app.database.prisma;
  campus = await createCampus(db, { centers: 2, rooms: 2, clients: 4, disks: 1, partitions: 3 });
  await scatterCampus(db, campus);
});
afterAll(() => server.stop());

const db = () => server.app.database.prisma;
const idOf = (type: string, ids: readonly string[], index = 0) => encodeGlobalID(type, ids[index] ?? '');
const append = (events: readonly EventDraft[]) => db().$transaction((tx) => appendEvents(tx, events));

async function currentCursor(): Promise<string> {
  const { epoch } = await db().eventLog.findFirstOrThrow();
  return formatCursor({ epoch, seq: await readHead(db()) });
}

async function take<T>(stream: AsyncGenerator<T, undefined>, until: (item: T) => boolean): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) {
    if (until(item)) break;
    items.push(item);
  }
  return items;
}

describe('a filtered stream of clients', () => {
  /** The state of the event that ends a test’s stream; no other event has it. */
  const END = 'MACOS_SESSION';

  it('takes states from the event and everything else from the database, however they are put together', async () => {
    const after = await currentCursor();
    const fetched = await fetchCampus(db());
    const states = ['OFF', 'OGLIVE', 'BUSY'] as const;
    const events = fetched.clients.flatMap((client, index) =>
      [0, 1].map((n) => ({ client, status: states[(index + n) % 3] ?? 'OFF' })),
    );
    const drafts: EventDraft[] = events.map(({ client, status }) => ({
      kind: 'CLIENT_STATUS',
      clientId: client.id,
      roomId: client.roomId,
      clientStatus: status,
    }));
    const last = { ...drafts[0], kind: 'CLIENT_STATUS', clientStatus: END } satisfies EventDraft;
    await append([...drafts, last]);

    const groupIds = (await db().clientGroup.findMany()).map(({ id }) => id);
    const roomGroupIds = (await db().roomGroup.findMany()).map(({ id }) => id);
    const evaluate = createEvaluation(fetched);
    const sizes = new Set<number>();
    await fc.assert(
      fc.asyncProperty(anyFilter(conditionValues(campus, groupIds, roomGroupIds)), async (filter) => {
        const updates = await take(
          server.follow(ClientStatesDocument, { after, filter: { or: [filter, { status: [END] }] } }),
          ({ clientUpdated }) => clientUpdated.status === END,
        );
        const expected = events
          .filter(({ client, status }) => evaluate(filter, { ...client, status }))
          .map(({ client, status }) => ({ status, client: { id: encodeGlobalID('Client', client.id) } }));
        sizes.add(expected.length);
        expect(updates.map(({ clientUpdated }) => clientUpdated)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
    expect(sizes.size).toBeGreaterThan(3);
  }, 60_000);

  it('hears of a client that came to match after the stream had begun', async () => {
    const [clientId = ''] = campus.clientIds;
    const filter: ClientFilter = { or: [{ nameContains: 'recién' }, { status: ['INITIALIZING'] }] };
    const stream = server.follow(ClientStatesDocument, { after: await currentCursor(), filter });
    const move = (clientStatus: 'OFF' | 'LINUX' | 'INITIALIZING') =>
      append([{ kind: 'CLIENT_STATUS', clientId, clientStatus }]);
    await move('OFF');
    await move('INITIALIZING');
    expect((await stream.next()).value?.clientUpdated.status).toBe('INITIALIZING');
    await db().client.update({ where: { id: clientId }, data: { name: 'recién-llegado' } });
    await move('LINUX');
    expect((await stream.next()).value?.clientUpdated.status).toBe('LINUX');
    await stream.return(undefined);
  });

  it('refuses at its start a filter beyond the limits', async () => {
    const or = Array.from({ length: 101 }, () => ({ maintenance: true }));
    const socket = connect(server.url);
    const document = 'subscription($filter: ClientFilter) { clientUpdated(filter: $filter) { status } }';
    const { errors } = await askOver(socket, document, { filter: { or } });
    await socket.dispose();
    expect(errors?.[0]?.extensions).toEqual({ code: 'FILTER_TOO_COMPLEX', limit: 'conditions', max: 100 });
  });
});

describe('a filtered stream of traces', () => {
  const STATUSES = ['PENDING', 'RUNNING', 'FAILED'] as const;

  /** One event of each of the first traces in each of the states, and one that ends the stream. */
  async function happen(): Promise<string> {
    const after = await currentCursor();
    const traces = await db().trace.findMany({ where: { id: { in: campus.traceIds } }, include: { client: true } });
    const drafts = traces.flatMap(({ id, operationId, clientId, action, client }) =>
      STATUSES.map((traceStatus): EventDraft => ({
        kind: 'PROGRESS',
        traceId: id,
        operationId,
        clientId,
        roomId: client.roomId,
        action,
        traceStatus,
        message: id,
      })),
    );
    await append([...drafts, { ...drafts[0], kind: 'LATE_REPORT', traceStatus: 'LOST', message: 'end' }]);
    return after;
  }

  async function follow(after: string, filter: TraceFilter): Promise<{ status: string | null; traceId: string }[]> {
    const updates = await take(
      server.follow(TraceKindsDocument, { after, filter: { or: [filter, { status: ['LOST'] }] } }),
      ({ traceUpdated }) => traceUpdated.event?.message === 'end',
    );
    return updates.map(({ traceUpdated }) => ({
      status: traceUpdated.event?.status ?? null,
      traceId: traceUpdated.event?.message ?? '',
    }));
  }

  it.each<
    [string, () => [TraceFilter, (trace: { index: number; status: string; centerId: string | null }) => boolean]]
  >([
    ['no condition', () => [{}, () => true]],
    ['a state', () => [{ status: ['FAILED'] }, ({ status }) => status === 'FAILED']],
    ['no such state', () => [{ not: { status: ['FAILED'] } }, ({ status }) => status !== 'FAILED']],
    ['having not ended', () => [{ active: true }, ({ status }) => status !== 'FAILED']],
    ['having ended', () => [{ active: false }, ({ status }) => status === 'FAILED']],
    [
      'a center and a state',
      () => [
        { centerId: idOf('Center', campus.centerIds), status: ['RUNNING'] },
        ({ status, centerId }) => status === 'RUNNING' && centerId === campus.centerIds[0],
      ],
    ],
    [
      'a state, or not a center',
      () => [
        { or: [{ status: ['RUNNING'] }, { not: { centerId: idOf('Center', campus.centerIds) } }] },
        ({ status, centerId }) => status === 'RUNNING' || centerId !== campus.centerIds[0],
      ],
    ],
    [
      'a client, and who asked for it',
      () => [
        { clientIds: [idOf('Client', campus.clientIds, 2)], requestedBy: 'administrator' },
        ({ index }) => index === 2,
      ],
    ],
    ['somebody else who asked for it', () => [{ requestedBy: 'nadie' }, () => false]],
    ['not an id of nothing', () => [{ not: { roomId: '' } }, () => true]],
    ['an empty `or`', () => [{ or: [] }, () => false]],
  ])('with %s hears what matches and nothing else', async (_name, given) => {
    const [filter, matches] = given();
    const after = await happen();
    const centers = new Map(
      (await db().trace.findMany({ include: { client: true } })).map(({ id, client }) => [id, client.centerId]),
    );
    const heard = await follow(after, filter);
    const stored = campus.traceIds.flatMap((traceId, index) =>
      STATUSES.map((status) => ({ traceId, index, status, centerId: centers.get(traceId) ?? null })),
    );
    const text = (event: { traceId: string; status: string | null }) => `${event.traceId} ${event.status}`;
    expect(heard.map(text).toSorted()).toEqual(stored.filter(matches).map(text).toSorted());
  });

  it('does not ask the database about what an event says itself', async () => {
    const cost = async (filter: TraceFilter) => {
      const counts: number[] = [];
      // The stream before this one may not have ended when its socket has; the least of some runs is without it.
      while (counts.length < 3) {
        const after = await happen();
        const before = server.statements();
        await follow(after, filter);
        counts.push(server.statements() - before);
      }
      return Math.min(...counts);
    };
    const events = campus.traceIds.length * STATUSES.length;
    // The feed looks into its log every second, and the stream’s own start costs a few.
    expect(await cost({ status: ['SENDING'], not: { clientIds: [] } })).toBeLessThan(15);
    expect(await cost({ requestedBy: 'nadie' })).toBeGreaterThanOrEqual(events);
    // Where the event decides, the rest is not looked up.
    expect(await cost({ requestedBy: 'nadie', status: ['SENDING'] })).toBeLessThan(15);
  });
});
