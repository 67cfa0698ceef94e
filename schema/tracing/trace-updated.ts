import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { cursorOf, startStream } from './stream.ts';
import type { StreamItem } from './stream.ts';
import { TraceEventType } from './trace-event.ts';
import { TraceFilter, createTraceEventMatcher } from './trace-filter.ts';

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
          ? null
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
      filter: t.arg({ type: TraceFilter, description: 'Which traces; all when left out.' }),
      after: t.arg.string({
        description:
          'Replay everything after this cursor first, then go on live: no gap and no repeat. From now when left out.',
      }),
    },
    description: 'Trazas (Traces) as they happen: every event, in order. Permission: read.',
    subscribe: (_root, { filter, after }, context) => startStream(context, after, createTraceEventMatcher(filter)),
    resolve: (item: StreamItem) => item,
  }),
);
