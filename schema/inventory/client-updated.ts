import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';
import { readIds } from '#schema/filters/conditions.ts';
import { createEventMatcher } from '#schema/filters/match-events.ts';
import type { Decisions, EventMatcher } from '#schema/filters/match-events.ts';
import { noRow } from '#schema/no-row.ts';
import { readMode, streamArgs } from '#schema/tracing/stream-args.ts';
import { cursorOf, startStream } from '#schema/tracing/stream.ts';
import type { StreamItem } from '#schema/tracing/stream.ts';
import { clientFilter } from './client-filter.ts';
import type { ClientFilterInput } from './client-filter.ts';
import { ClientStatusEnum } from './client-status.ts';

export const ClientUpdate = builder.interfaceRef<StreamItem>('ClientUpdate').implement({
  description:
    'What a stream of clients yields: a change of a client’s state (`ClientChange`), or the news that it must start anew (`StreamReset`).',
  resolveType: ({ item }) => (item === 'event' ? 'ClientChange' : 'StreamReset'),
  fields: (t) => ({
    cursor: t.string({
      description: 'Where the stream stands: subscribe after it to go on from here.',
      resolve: (item, _args, context) => cursorOf(item, context),
    }),
    status: t.field({
      type: ClientStatusEnum,
      nullable: true,
      description: 'State that the client went into; null on a reset.',
      resolve: (item) => (item.item === 'event' ? item.event.clientStatus : null),
    }),
    client: t.prismaField({
      type: 'Client',
      nullable: true,
      description: 'The client as it is now, which may be further on than `status`; null on a reset.',
      resolve: (query, item, _args, context) =>
        item.item === 'reset' || item.event.clientId === null
          ? noRow(query)
          : databaseOf(context).client.findUnique({ ...query, where: { id: item.event.clientId } }),
    }),
  }),
});

builder
  .objectRef<StreamItem>('ClientChange')
  .implement({ interfaces: [ClientUpdate], description: 'A client’s state changed.' });

builder.subscriptionField('clientUpdated', (t) =>
  t.field({
    type: ClientUpdate,
    args: {
      filter: t.arg({
        type: clientFilter.type,
        description:
          'Which clients; all when left out. `status`, wherever it is in the filter, is about the state that a client goes into, and everything else about the client as it is in the database when that comes by.',
      }),
      ...streamArgs(t.arg),
    },
    description: 'Clientes (Clients) as their states change, in order. Permission: read.',
    subscribe: (_root, { filter, after, ...mode }, context) =>
      startStream(context, {
        after,
        latest: readMode(mode, ({ clientId }) => clientId ?? ''),
        ...createClientEventMatcher(filter, context),
      }),
    resolve: (item: StreamItem) => item,
  }),
);

const DECISIONS: Decisions<ClientFilterInput> = {
  ids: (ids, { clientId }) => clientId !== null && readIds(ids, 'Client').includes(clientId),
  status: (statuses, { clientStatus }) => clientStatus !== null && statuses.includes(clientStatus),
};

/** Whether an event is a change of state of a client that the filter asks for. */
function createClientEventMatcher(filter: ClientFilterInput | null | undefined, context: Context): EventMatcher {
  const db = databaseOf(context);
  const { couldMatch, matches } = createEventMatcher(clientFilter, filter, {
    decisions: DECISIONS,
    db,
    exists: async ({ clientId }, where) =>
      clientId !== null &&
      (await db.client.findFirst({ where: { AND: [{ id: clientId }, where] }, select: { id: true } })) !== null,
  });
  return {
    couldMatch: (event) =>
      event.kind === 'CLIENT_STATUS' && event.clientId !== null && event.clientStatus !== null && couldMatch(event),
    matches,
  };
}
