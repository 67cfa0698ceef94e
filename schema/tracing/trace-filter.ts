import type { LoggedEvent } from '#domain/tracing/event.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { builder } from '#schema/builder.ts';
import { isGiven, readId } from '#schema/ids.ts';
import { ActionEnum, TraceStatusEnum } from './trace-status.ts';

export const TraceFilter = builder.inputType('TraceFilter', {
  description: 'Which traces: all conditions given must hold. An id that names nothing matches nothing.',
  fields: (t) => ({
    traceIds: t.idList({ description: 'Only these traces.' }),
    operationId: t.id({ description: 'Only traces of this operation.' }),
    clientIds: t.idList({ description: 'Only traces of these clients.' }),
    roomId: t.id({ description: 'Only traces of clients of this room.' }),
    action: t.field({ type: [ActionEnum], description: 'Only traces of these actions.' }),
    status: t.field({
      type: [TraceStatusEnum],
      description: 'Only traces in these states; when followed live, only moves into them.',
    }),
  }),
});

type TraceFilterInput = typeof TraceFilter.$inferInput;

/** The filter with our own ids: one reading of it for queries and for streams, so that both mean the same. */
function readFilter(filter: TraceFilterInput | null | undefined) {
  const ids = (globalIds: readonly string[] | null | undefined, type: string) =>
    globalIds === null || globalIds === undefined
      ? null
      : globalIds.map((id) => readId(id, type)).filter((id) => id !== null);
  return {
    traceIds: ids(filter?.traceIds, 'Trace'),
    operationIds: ids(isGiven(filter?.operationId) ? [filter.operationId] : null, 'Operation'),
    clientIds: ids(filter?.clientIds, 'Client'),
    roomIds: ids(isGiven(filter?.roomId) ? [filter.roomId] : null, 'Room'),
    actions: filter?.action ?? null,
    statuses: filter?.status ?? null,
  };
}

export function tracesWhere(filter: TraceFilterInput | null | undefined): Prisma.TraceWhereInput {
  const { traceIds, operationIds, clientIds, roomIds, actions, statuses } = readFilter(filter);
  return {
    ...(traceIds === null ? {} : { id: { in: traceIds } }),
    ...(operationIds === null ? {} : { operationId: { in: operationIds } }),
    ...(clientIds === null ? {} : { clientId: { in: clientIds } }),
    ...(roomIds === null ? {} : { client: { roomId: { in: roomIds } } }),
    ...(actions === null ? {} : { action: { in: [...actions] } }),
    ...(statuses === null ? {} : { status: { in: [...statuses] } }),
  };
}

/** Whether an event is about a trace that the filter asks for. */
export function createTraceEventMatcher(filter: TraceFilterInput | null | undefined): (event: LoggedEvent) => boolean {
  const { traceIds, operationIds, clientIds, roomIds, actions, statuses } = readFilter(filter);
  const within = <T>(wanted: readonly T[] | null, value: T | null) =>
    wanted === null || (value !== null && wanted.includes(value));
  return (event) =>
    event.traceId !== null &&
    within(traceIds, event.traceId) &&
    within(operationIds, event.operationId) &&
    within(clientIds, event.clientId) &&
    within(roomIds, event.roomId) &&
    within(actions, event.action) &&
    within(statuses, event.traceStatus);
}
