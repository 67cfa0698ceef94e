import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { readId } from '#schema/ids.ts';
import { noRow } from '#schema/no-row.ts';
import { readMode, streamArgs } from './stream-args.ts';
import { cursorOf, startStream } from './stream.ts';
import type { StreamItem } from './stream.ts';
import { TraceEventType, isOfTrace } from './trace-event.ts';

export const OperationUpdate = builder.interfaceRef<StreamItem>('OperationUpdate').implement({
  description:
    'What the stream of an operation yields: something that happened to it (`OperationChange`), or the news that it must start anew (`StreamReset`).',
  resolveType: ({ item }) => (item === 'event' ? 'OperationChange' : 'StreamReset'),
  fields: (t) => ({
    cursor: t.string({
      description: 'Where the stream stands: subscribe after it to go on from here.',
      resolve: (item, _args, context) => cursorOf(item, context),
    }),
    event: t.field({
      type: TraceEventType,
      nullable: true,
      description:
        'What happened to one of its traces; null where it happened to the operation as a whole or to a session of it, and on a reset.',
      resolve: (item) => (item.item === 'event' && isOfTrace(item.event.kind) ? item.event : null),
    }),
    operation: t.prismaField({
      type: 'Operation',
      nullable: true,
      description:
        'The operation as it is now, on a reset too; null where it was deleted, or the stream is another one.',
      resolve: (query, item, _args, context) => {
        const id = operationOf(item);
        return id === null ? noRow(query) : databaseOf(context).operation.findUnique({ ...query, where: { id } });
      },
    }),
  }),
});

builder
  .objectRef<StreamItem>('OperationChange')
  .implement({ interfaces: [OperationUpdate], description: 'Something happened to an operation.' });

builder.subscriptionField('operationUpdated', (t) =>
  t.field({
    type: OperationUpdate,
    args: { id: t.arg.id({ required: true, description: 'Id of the operation.' }), ...streamArgs(t.arg) },
    description:
      'Una operación (Operation) as it goes on: whatever happens to it, its traces and its multicast sessions. Nothing for an id that names none. Permission: read.',
    subscribe: (_root, { id, after, ...mode }, context) => {
      const operationId = readId(id, 'Operation');
      return startStream(context, {
        after,
        latest: readMode(mode, () => ''),
        couldMatch: (event) => operationId !== null && event.operationId === operationId,
        ...(operationId === null ? {} : { about: { operationId } }),
      });
    },
    resolve: (item: StreamItem) => item,
  }),
);

function operationOf(item: StreamItem): string | null {
  if (item.item === 'event') return item.event.operationId;
  return 'operationId' in item.about ? (item.about.operationId ?? null) : null;
}
