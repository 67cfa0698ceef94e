import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import { isStorable } from '#lib/storable-text.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { Context } from '#schema/context.ts';
import { databaseOf } from '#schema/context.ts';
import { conditionsOn, readIds } from '#schema/filters/conditions.ts';
import { defineFilter } from '#schema/filters/define-filter.ts';
import type { InputOf } from '#schema/filters/define-filter.ts';
import { createEventMatcher } from '#schema/filters/match-events.ts';
import type { Decisions, EventMatcher } from '#schema/filters/match-events.ts';
import { readId } from '#schema/ids.ts';
import { ActionEnum, TraceStatusEnum } from './trace-status.ts';

const traces = conditionsOn<Prisma.TraceWhereInput>();

export const traceFilter = defineFilter('TraceFilter', 'Which traces.', {
  traceIds: traces.ids('Trace', 'Only these traces.', (ids) => ({ id: { in: ids } })),
  operationId: traces.id('Operation', 'Only traces of this operation.', (operationId) => ({ operationId })),
  clientIds: traces.ids('Client', 'Only traces of these clients.', (ids) => ({ clientId: { in: ids } })),
  roomId: traces.id('Room', 'Only traces of clients of this room.', (roomId) => ({ client: { roomId } })),
  centerId: traces.id('Center', 'Only traces of clients of this center.', (id) => ({
    client: { AND: [{ centerId: { not: null } }, { centerId: id }] },
  })),
  groupId: traces.id('ClientGroup', 'Only traces of clients of this group itself.', (id) => ({
    client: { AND: [{ groupId: { not: null } }, { groupId: id }] },
  })),
  action: traces.by([ActionEnum], 'Only traces of these actions.', (actions) => ({ action: { in: actions } })),
  status: traces.by(
    [TraceStatusEnum],
    'Only traces in these states; when followed live, only what happens to them there and moves into them.',
    (statuses) => ({ status: { in: statuses } }),
  ),
  active: traces.flag('Whether it has not ended; when followed live, whether it had not when it happened.', {
    status: { in: [...ACTIVE_STATUSES] },
  }),
  requestedBy: traces.by('String', 'Only traces of operations that this user asked for.', (requestedBy) =>
    isStorable(requestedBy) ? { operation: { requestedBy } } : false,
  ),
  createdAfter: traces.since('Only traces recorded at this instant or later.', (createdAt) => ({ createdAt })),
  createdBefore: traces.before('Only traces recorded before this.', (createdAt) => ({ createdAt })),
  finishedAfter: traces.since('Only traces that ended at this instant or later.', (at) =>
    traces.known('finishedAt', at),
  ),
  finishedBefore: traces.before('Only traces that ended before this; those that have not are left out.', (at) =>
    traces.known('finishedAt', at),
  ),
});

type TraceFilterInput = InputOf<typeof traceFilter>;

// An id that names nothing is no event’s.
const DECISIONS: Decisions<TraceFilterInput> = {
  traceIds: (ids, { traceId }) => includes(readIds(ids, 'Trace'), traceId),
  operationId: (id, { operationId }) => includes([readId(id, 'Operation')], operationId),
  clientIds: (ids, { clientId }) => includes(readIds(ids, 'Client'), clientId),
  roomId: (id, { roomId }) => includes([readId(id, 'Room')], roomId),
  action: (actions, { action }) => includes(actions, action),
  status: (statuses, { traceStatus }) => includes(statuses, traceStatus),
  active: (wanted, { traceStatus }) => includes(ACTIVE_STATUSES, traceStatus) === wanted,
};

/** Whether an event is about a trace that the filter asks for. */
export function createTraceEventMatcher(filter: TraceFilterInput | null | undefined, context: Context): EventMatcher {
  const db = databaseOf(context);
  const { couldMatch, matches } = createEventMatcher(traceFilter, filter, {
    decisions: DECISIONS,
    db,
    exists: async ({ traceId }, where) =>
      traceId !== null &&
      (await db.trace.findFirst({ where: { AND: [{ id: traceId }, where] }, select: { id: true } })) !== null,
  });
  return { couldMatch: (event) => event.traceId !== null && couldMatch(event), matches };
}

function includes<T>(wanted: readonly (T | null)[], value: T | null): boolean {
  return value !== null && wanted.includes(value);
}
