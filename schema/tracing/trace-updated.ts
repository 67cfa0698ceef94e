import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { noRow } from '#schema/no-row.ts';
import { readMode, streamArgs } from './stream-args.ts';
import { cursorOf, startStream } from './stream.ts';
import type { StreamItem } from './stream.ts';
import { TraceEventType } from './trace-event.ts';
import { createTraceEventMatcher, traceFilter } from './trace-filter.ts';

export const TraceUpdate = builder.interfaceRef<StreamItem>('TraceUpdate').implement({
  description:
    'What a stream of traces yields: something that happened to a trace (`TraceChange`), or the news that it must start anew (`StreamReset`).',
  resolveType: ({ item }) => (item === 'event' ? 'TraceChange' : 'StreamReset'),
  fields: (t) => ({
    cursor: t.string({
      description: 'Where the stream stands: subscribe after it to go on from here.',
      resolve: (item, _args, context) => cursorOf(item, context),
    }),
    event: t.field({
      type: TraceEventType,
      nullable: true,
      description: 'What happened; null on a reset.',
      resolve: (item) => (item.item === 'event' ? item.event : null),
    }),
    trace: t.prismaField({
      type: 'Trace',
      nullable: true,
      description: 'The trace as it is now, which may be further on than the event says; null on a reset.',
      resolve: (query, item, _args, context) =>
        item.item === 'reset' || item.event.traceId === null
          ? noRow(query)
          : databaseOf(context).trace.findUnique({ ...query, where: { id: item.event.traceId } }),
    }),
  }),
});

builder.objectRef<StreamItem>('TraceChange').implement({
  interfaces: [TraceUpdate],
  description: 'Something happened to a trace.',
});

builder.subscriptionField('traceUpdated', (t) =>
  t.field({
    type: TraceUpdate,
    args: {
      filter: t.arg({
        type: traceFilter.type,
        description:
          'Which traces; all when left out. What an event says of its trace – `traceIds`, `operationId`, `clientIds`, `roomId`, `action`, `status`, `active` – is taken from the event, everything else from the database when the event comes by.',
      }),
      ...streamArgs(t.arg),
    },
    description: 'Trazas (Traces) as they happen: every event, in order. Permission: read.',
    subscribe: (_root, { filter, after, ...mode }, context) =>
      startStream(context, {
        after,
        latest: readMode(mode, ({ traceId }) => traceId ?? ''),
        ...createTraceEventMatcher(filter, context),
      }),
    resolve: (item: StreamItem) => item,
  }),
);
