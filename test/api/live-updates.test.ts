import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import { DEFAULT_REPOSITORY_BEHAVIOUR } from '#simulator/repository/repository-behaviour.ts';
import { ask } from '#test/support/ask.ts';
import { deploy } from '#test/support/deploy.ts';
import { appendChanges, currentCursor, cursorAt, seqAt } from '#test/support/event-log.ts';
import { followUntil } from '#test/support/follow-raw.ts';
import { mutate } from '#test/support/mutate.ts';
import { isOver, startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(3, {
    behaviour: { ...DEFAULT_BEHAVIOUR, durationMs: 80, progressSteps: 5, joinTimeoutMs: 8000 },
    repository: { behaviour: { ...DEFAULT_REPOSITORY_BEHAVIOUR, jobMs: 20 } },
    reconcileEveryMs: 150,
  });
  await db().imageReplica.updateMany({
    where: { imageId: scenario.image.id },
    data: { checksum: classroom.server.room.repository?.images[0]?.id ?? null },
  });
});
afterAll(() => classroom.server.stop());

const db = () => classroom.server.app.database.prisma;
const url = () => classroom.server.url;
const target = () => ({ clientIds: [...classroom.clientIds] });

describe('operationUpdated', () => {
  const QUERY = `subscription($id: ID!, $after: String, $mode: StreamMode!) {
    operationUpdated(id: $id, after: $after, mode: $mode) {
      __typename cursor event { kind } operation { status finishedAt cancelledAt progress } ... on StreamReset { reason }
    }
  }`;
  interface Update {
    __typename: string;
    cursor: string;
    event: { kind: string } | null;
    operation: { status: string; finishedAt: string | null; cancelledAt: string | null; progress: number } | null;
  }

  const rowsOf = async (operationId: string) => {
    const { id } = await db().operation.findFirstOrThrow({ orderBy: { createdAt: 'desc' }, select: { id: true } });
    expect(encodeGlobalID('Operation', id)).toBe(operationId);
    return db().event.findMany({ where: { operationId: id }, orderBy: { seq: 'asc' }, select: { seq: true } });
  };

  it('tells everything that the log has of it, from the payload’s cursor to the end', async () => {
    const { cursor, operation } = await deploy(classroom.server, { target: target(), method: 'UDPCAST' });
    await classroom.until(
      operation.id,
      'the streams to end',
      ({ multicastSessions, ...rest }) =>
        isOver(rest as never) && multicastSessions.nodes.every(({ status }) => status === 'FINISHED'),
    );
    const rows = await rowsOf(operation.id);
    const last = await cursorAt(db(), rows.at(-1)?.seq ?? 0n);
    const variables = { id: operation.id, after: cursor, mode: 'EVERY' };
    const updates = await followUntil<Update>(url(), QUERY, variables, (update) => update.cursor === last);
    expect(updates.map((update) => seqAt(update.cursor))).toEqual(rows.map(({ seq }) => seq));
    expect(updates.filter(({ event }) => event?.kind === 'FINISHED')).toHaveLength(3);
    expect(updates.every(({ operation: now }) => now?.status === 'SUCCEEDED')).toBe(true);
    // Only the newest: all of it is there already, so it is one.
    const newest = await followUntil<Update>(url(), QUERY, { ...variables, mode: 'LATEST' }, () => true);
    expect(newest.map((update) => update.cursor)).toEqual([last]);
  });

  it('tells of a wish to cancel it all', async () => {
    const { cursor, operation } = await deploy(classroom.server, { target: target(), waitForAgentsMs: 0 });
    const wished = followUntil<Update>(
      url(),
      QUERY,
      { id: operation.id, after: cursor, mode: 'EVERY' },
      ({ event, operation: now }) => event === null && now?.cancelledAt !== null,
    );
    await mutate(url(), 'cancelOperation', { operationId: operation.id });
    expect((await wished).at(-1)?.event).toBeNull();
    await classroom.until(operation.id, 'the end', isOver);
  });

  it('with a cursor that is none shows the operation afresh', async () => {
    const { operation } = await deploy(classroom.server, { target: target() });
    const [reset] = await followUntil<Update>(
      url(),
      QUERY,
      { id: operation.id, after: 'x', mode: 'EVERY' },
      () => true,
    );
    expect(reset).toMatchObject({ __typename: 'StreamReset', reason: 'CURSOR_UNREADABLE', event: null });
    expect(reset?.operation).not.toBeNull();
    await classroom.until(operation.id, 'the end', isOver);
  });
});

describe('multicastSessionUpdated', () => {
  it('tells each state that a session goes into', async () => {
    const { cursor, operation } = await deploy(classroom.server, { target: target(), method: 'UFTP' });
    const query = `subscription($filter: MulticastSessionFilter, $after: String) {
      multicastSessionUpdated(filter: $filter, after: $after) { sessionStatus session { status operation { id } } }
    }`;
    const updates = await followUntil<{ sessionStatus: string; session: { operation: { id: string } } }>(
      url(),
      query,
      { filter: { operationId: operation.id }, after: cursor },
      ({ sessionStatus }) => sessionStatus === 'FINISHED',
    );
    expect(updates.map(({ sessionStatus }) => sessionStatus)).toEqual(['GATHERING', 'STARTING', 'SENDING', 'FINISHED']);
    expect(updates.every(({ session }) => session.operation.id === operation.id)).toBe(true);
    await classroom.until(operation.id, 'the end', isOver);
  });
});

describe('roomUpdated', () => {
  const QUERY = `subscription($id: ID!, $after: String, $mode: StreamMode! = LATEST) {
    roomUpdated(id: $id, after: $after, mode: $mode) { __typename cursor room { name stateCounts { status count } } }
  }`;
  interface Update {
    cursor: string;
    room: { name: string; stateCounts: { status: string; count: number }[] } | null;
  }
  const total = ({ room }: Update) => (room?.stateCounts ?? []).reduce((sum, { count }) => sum + count, 0);

  it('tells of clients that come, move and go, whoever does it, once for many', async () => {
    const after = await currentCursor(db());
    const room = await db().room.create({
      data: { name: 'Aula nueva', centerId: scenario.center.id, routerIp: '10.4.0.1', netmask: '255.255.0.0' },
    });
    const id = encodeGlobalID('Room', room.id);
    const count = (want: number) =>
      followUntil<Update>(url(), QUERY, { id, after }, (update) => total(update) === want);
    const filled = count(40);
    await db().client.createMany({
      data: Array.from({ length: 40 }, (_, index) => ({
        name: `n${index}`,
        mac: `0A:00:00:00:01:${index.toString(16).padStart(2, '0').toUpperCase()}`,
        ip: `10.4.0.${index + 2}`,
        roomId: room.id,
      })),
    });
    expect(await filled).toHaveLength(1);
    const moved = await db().client.findMany({ where: { roomId: room.id }, take: 3, select: { id: true } });
    const lessened = count(37);
    const payload = await mutate(
      url(),
      'moveClients',
      {
        clientIds: moved.map((client) => encodeGlobalID('Client', client.id)),
        roomId: classroom.roomId,
      },
      '... on MoveClientsPayload { cursor }',
    );
    expect(seqAt(payload['cursor'] as string)).toBeGreaterThan(0n);
    await lessened;
    const emptied = count(0);
    await db().client.deleteMany({ where: { roomId: room.id } });
    await emptied;
    const rows = await db().event.findMany({ where: { roomId: room.id } });
    // One for all that came, one for the move, one for all that went.
    expect(rows.map(({ kind }) => kind)).toEqual(['ROOM_CHANGED', 'ROOM_CHANGED', 'ROOM_CHANGED']);
  });
});

describe('LATEST', () => {
  const QUERY = `subscription($after: String, $rate: Int) {
    clientUpdated(after: $after, mode: LATEST, maxPerSecond: $rate) { cursor status }
  }`;
  interface Update {
    cursor: string;
    status: string;
  }

  it('hands on of each thing only the newest, in order, so that any cursor is one to go on from', async () => {
    const after = await currentCursor(db());
    const ids = Array.from({ length: 5 }, () => crypto.randomUUID());
    const drafts = Array.from({ length: 200 }, (_, index) => ({
      kind: 'CLIENT_STATUS' as const,
      clientId: ids[(index * 3) % 5] ?? '',
      clientStatus: index % 2 === 0 ? ('OGLIVE' as const) : ('BUSY' as const),
    }));
    await db().$transaction((tx) => appendEvents(tx, drafts));
    await appendChanges(db(), 1, { clientStatus: 'MACOS' });
    const isLast = ({ status }: Update) => status === 'MACOS';
    const updates = await followUntil<Update>(url(), QUERY, { after }, isLast);
    const newest = await db().event.groupBy({
      by: ['clientId'],
      where: { clientId: { in: ids } },
      _max: { seq: true },
    });
    const expected = newest.map(({ _max: { seq } }) => seq ?? 0n).toSorted((a, b) => (a < b ? -1 : 1));
    expect(updates.slice(0, -1).map(({ cursor }) => seqAt(cursor))).toEqual(expected);
    for (const [index, { cursor }] of updates.slice(0, -1).entries()) {
      const rest = await followUntil<Update>(url(), QUERY, { after: cursor }, isLast);
      expect(rest.map((update) => update.cursor)).toEqual(updates.slice(index + 1).map((update) => update.cursor));
    }
  });

  it('tells no more often than it may, and how it ended all the same', async () => {
    const after = await currentCursor(db());
    const clientId = crypto.randomUUID();
    const following = followUntil<Update>(url(), QUERY, { after, rate: 5 }, ({ status }) => status === 'MACOS');
    const started = performance.now();
    let appended = 0;
    await waitFor('a second to go by', async () => {
      await appendChanges(db(), 1, { clientId });
      appended += 1;
      return performance.now() - started > 1000;
    });
    await appendChanges(db(), 1, { clientId, clientStatus: 'MACOS' });
    const updates = await following;
    const seconds = (performance.now() - started) / 1000;
    expect(updates.length).toBeLessThanOrEqual(Math.ceil(seconds * 5) + 1);
    expect(updates.length).toBeLessThan(appended);
  });

  it.each([
    { mode: 'LATEST', rate: 0 },
    { mode: 'LATEST', rate: 51 },
    { mode: 'EVERY', rate: 5 },
  ])('refuses a rate that makes no sense: %j', async ({ mode, rate }) => {
    const query = `subscription { clientUpdated(mode: ${mode}, maxPerSecond: ${rate}) { cursor } }`;
    await expect(followUntil(url(), query, {}, () => true)).rejects.toThrow(/INVALID_ARGUMENT/);
  });
});

describe('traceEvents', () => {
  const QUERY = `query($after: String, $filter: TraceFilter) {
    traceEvents(after: $after, filter: $filter) { cursor hasMore updates { __typename cursor event { kind } } }
  }`;
  interface Page {
    cursor: string;
    hasMore: boolean;
    updates: { __typename: string; cursor: string; event: { kind: string } | null }[];
  }
  const page = async (variables: object) => {
    const { data, errors } = await ask(url(), QUERY, variables as Record<string, unknown>);
    expect(errors).toBeUndefined();
    return (data as { traceEvents: Page }).traceEvents;
  };

  it('asked again and again tells a script what a stream would have told', async () => {
    let { cursor } = await page({});
    const start = cursor;
    const { operation } = await deploy(classroom.server, { target: target() });
    const kinds: string[] = [];
    const seqs: bigint[] = [];
    await waitFor('three ends', async () => {
      const found = await page({ after: cursor, filter: { operationId: operation.id } });
      cursor = found.cursor;
      kinds.push(...found.updates.map(({ event }) => event?.kind ?? ''));
      seqs.push(...found.updates.map((update) => seqAt(update.cursor)));
      return kinds.filter((kind) => kind === 'FINISHED').length === 3;
    });
    const rows = await db().event.findMany({
      where: { seq: { gt: seqAt(start) }, traceId: { not: null } },
      orderBy: { seq: 'asc' },
    });
    expect(seqs).toEqual(rows.map(({ seq }) => seq));
  });

  it('tells of a cursor that is none, and goes on from where it says', async () => {
    const reset = await page({ after: 'x' });
    expect(reset.updates).toMatchObject([{ __typename: 'StreamReset', event: null }]);
    expect((await page({ after: reset.cursor })).updates).toEqual([]);
  });
});

describe('a list', () => {
  it('says where to subscribe from, so that nothing falls between the two', async () => {
    const before = seqAt(await currentCursor(db()));
    const { data } = await ask(url(), '{ rooms { cursor nodes { clients { cursor } } } }');
    const { rooms } = data as { rooms: { cursor: string; nodes: { clients: { cursor: string } }[] } };
    expect(seqAt(rooms.cursor)).toBe(before);
    expect(rooms.nodes.every(({ clients }) => clients.cursor === rooms.cursor)).toBe(true);
  });
});
