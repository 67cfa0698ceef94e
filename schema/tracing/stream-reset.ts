import { builder } from '#schema/builder.ts';
import { clientLists } from '#schema/inventory/client-order.ts';
import { ClientUpdate } from '#schema/inventory/client-updated.ts';
import { RoomUpdate } from '#schema/inventory/room-updated.ts';
import { MulticastSessionUpdate } from '#schema/operations/multicast-session-updated.ts';
import { listRows } from '#schema/pages/connection.ts';
import { OperationUpdate } from './operation-updated.ts';
import type { StreamItem } from './stream.ts';
import { traceLists } from './trace-order.ts';
import { TraceUpdate } from './trace-updated.ts';

const ResetReasonEnum = builder.enumType('StreamResetReason', {
  description: 'Why a stream could not go on after the cursor it was given.',
  values: {
    CURSOR_NOT_OURS: {
      description: 'The cursor belongs to another life of the event log: the database was started anew.',
    },
    CURSOR_TOO_OLD: {
      description:
        'What came after the cursor is not kept any more (`EVENT_RETENTION_DAYS`, `EVENT_RETENTION_ROWS`), or not all of it.',
    },
    CURSOR_UNREADABLE: { description: 'The text is no cursor.' },
  },
});

builder.objectRef<StreamItem>('StreamReset').implement({
  interfaces: [TraceUpdate, ClientUpdate, OperationUpdate, RoomUpdate, MulticastSessionUpdate],
  description:
    'The stream could not go on after the cursor it was given, and ends. Show afresh what is asked for here – `operation` or `room` where the stream is about one, else `traces` or `clients` – and subscribe after this cursor.',
  fields: (t) => ({
    reason: t.field({
      type: ResetReasonEnum,
      description: 'Why it could not.',
      resolve: (item) => {
        if (item.item !== 'reset') throw new Error('a StreamReset was made of an event');
        return item.reason;
      },
    }),
    traces: listRows(t, {
      model: 'Trace',
      ...traceLists(t),
      description: 'Trazas (Traces) as they are now, newest first: what a stream of traces goes on from.',
    }),
    clients: listRows(t, {
      model: 'Client',
      ...clientLists(t),
      description: 'Clientes (Clients) as they are now: what a stream of clients goes on from.',
    }),
  }),
});
