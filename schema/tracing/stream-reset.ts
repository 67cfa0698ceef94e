import { builder } from '#schema/builder.ts';
import { ClientUpdate } from '#schema/inventory/client-updated.ts';
import type { StreamItem } from './stream.ts';
import { TraceUpdate } from './trace-updated.ts';

const ResetReasonEnum = builder.enumType('StreamResetReason', {
  description: 'Why a stream could not start after the cursor it was given.',
  values: {
    CURSOR_NOT_OURS: {
      description: 'The cursor belongs to another life of the event log: the database was started anew.',
    },
    CURSOR_UNREADABLE: { description: 'The text is no cursor.' },
  },
});

builder.objectRef<StreamItem>('StreamReset').implement({
  interfaces: [TraceUpdate, ClientUpdate],
  description:
    'The stream could not start after the cursor it was given, and ends. Query what you show afresh, then subscribe after this cursor.',
  fields: (t) => ({
    reason: t.field({
      type: ResetReasonEnum,
      description: 'Why it could not.',
      resolve: (item) => {
        if (item.item !== 'reset') throw new Error('a StreamReset was made of an event');
        return item.reason;
      },
    }),
  }),
});
