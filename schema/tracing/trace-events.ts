import { formatCursor } from '#domain/tracing/cursor.ts';
import { builder } from '#schema/builder.ts';
import type { Context } from '#schema/context.ts';
import { startStream } from './stream.ts';
import type { StreamItem } from './stream.ts';
import { createTraceEventMatcher, traceFilter } from './trace-filter.ts';
import { TraceUpdate } from './trace-updated.ts';

const MAX_UPDATES = 100;
/** How long one request may look for what it asked for: it goes on with the next one. */
const MAX_LOOK_MS = 2000;

interface TraceEvents {
  updates: readonly StreamItem[];
  cursor: string;
  hasMore: boolean;
}

const TraceEventsType = builder.objectRef<TraceEvents>('TraceEvents').implement({
  description: 'What has happened to traces after a cursor, for scripts that ask from time to time.',
  fields: (t) => ({
    updates: t.field({
      type: [TraceUpdate],
      description: `What \`traceUpdated\` would have told, in its order, at most ${MAX_UPDATES}; a \`StreamReset\` is the only one.`,
      resolve: ({ updates }) => [...updates],
    }),
    cursor: t.exposeString('cursor', { description: 'Ask after this cursor next time, also where there was nothing.' }),
    hasMore: t.exposeBoolean('hasMore', { description: 'Whether there may be more already: ask again at once.' }),
  }),
});

builder.queryField('traceEvents', (t) =>
  t.field({
    type: TraceEventsType,
    args: {
      filter: t.arg({ type: traceFilter.type, description: 'Which traces, as for `traceUpdated`; all when left out.' }),
      after: t.arg.string({
        description: 'Only what came after this cursor; left out: nothing, and the cursor of now.',
      }),
    },
    description:
      'Eventos de trazas: what `traceUpdated` tells, for who would rather ask again and again than listen. Permission: read.',
    resolve: (_root, { filter, after }, context) => readEvents(context, filter, after),
  }),
);

async function readEvents(
  context: Context,
  filter: Parameters<typeof createTraceEventMatcher>[0],
  after: string | null | undefined,
): Promise<TraceEvents> {
  const { epoch } = context.services;
  const signal = AbortSignal.timeout(MAX_LOOK_MS);
  const stream = await startStream(context, { after, signal, ...createTraceEventMatcher(filter, context) });
  const updates: StreamItem[] = [];
  while (updates.length < MAX_UPDATES) {
    const next = await stream.nextNow();
    if (next === undefined || next.done === true) break;
    updates.push(next.value);
    if (next.value.item === 'reset') break;
  }
  const last = updates.at(-1);
  const seq = last?.item === 'reset' ? last.seq : (stream.position() ?? context.asOf);
  await stream.return();
  return {
    updates,
    cursor: formatCursor({ epoch, seq }),
    hasMore: updates.length === MAX_UPDATES || signal.aborted,
  };
}
