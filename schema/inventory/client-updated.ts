import type { LoggedEvent } from '#domain/tracing/event.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';
import { cursorOf, startStream } from '#schema/tracing/stream.ts';
import type { StreamItem } from '#schema/tracing/stream.ts';
import { ClientStatusEnum } from './client-status.ts';
import { ClientFilter, clientsWhere } from './client.ts';
import type { ClientFilterInput } from './client.ts';

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
          ? null
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
        type: ClientFilter,
        description:
          'Which clients; all when left out. `status` takes moves into these states. Who is in a group or has a name is looked up once, when the stream starts.',
      }),
      after: t.arg.string({
        description:
          'Replay every change after this cursor first, then go on live: no gap and no repeat. From now when left out.',
      }),
    },
    description: 'Clientes (Clients) as their states change, in order. Permission: read.',
    subscribe: async (_root, { filter, after }, context) =>
      startStream(context, after, await createClientEventMatcher(filter, context)),
    resolve: (item: StreamItem) => item,
  }),
);

async function createClientEventMatcher(
  filter: ClientFilterInput | null | undefined,
  context: Context,
): Promise<(event: LoggedEvent) => boolean> {
  const { status, ...membership } = filter ?? {};
  const isUnfiltered = Object.values(membership).every((condition) => condition === null || condition === undefined);
  const members = isUnfiltered
    ? null
    : await databaseOf(context).client.findMany({ where: clientsWhere(membership), select: { id: true } });
  const clientIds = members === null ? null : new Set(members.map(({ id }) => id));
  return ({ kind, clientId, clientStatus }) =>
    kind === 'CLIENT_STATUS' &&
    clientId !== null &&
    clientStatus !== null &&
    (clientIds === null || clientIds.has(clientId)) &&
    (!status || status.includes(clientStatus));
}
