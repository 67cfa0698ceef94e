import type { Prisma } from '#prisma/generated/client/client.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';
import { conditionsOn, readIds } from '#schema/filters/conditions.ts';
import { defineFilter } from '#schema/filters/define-filter.ts';
import type { InputOf } from '#schema/filters/define-filter.ts';
import { createEventMatcher } from '#schema/filters/match-events.ts';
import type { EventMatcher } from '#schema/filters/match-events.ts';
import { readId } from '#schema/ids.ts';
import { noRow } from '#schema/no-row.ts';
import { readMode, streamArgs } from '#schema/tracing/stream-args.ts';
import { cursorOf, startStream } from '#schema/tracing/stream.ts';
import type { StreamItem } from '#schema/tracing/stream.ts';
import { SessionStatusEnum } from './multicast-session.ts';

const sessions = conditionsOn<Prisma.MulticastSessionWhereInput>();

const sessionFilter = defineFilter('MulticastSessionFilter', 'Which multicast sessions.', {
  ids: sessions.ids('MulticastSession', 'Only these sessions.', (ids) => ({ id: { in: ids } })),
  operationId: sessions.id('Operation', 'Only sessions of this operation.', (operationId) => ({ operationId })),
  repositoryId: sessions.id('Repository', 'Only sessions that this repository sends.', (repositoryId) => ({
    repositoryId,
  })),
  status: sessions.by([SessionStatusEnum], 'Only sessions that go into these states.', (statuses) => ({
    status: { in: statuses },
  })),
});

export const MulticastSessionUpdate = builder.interfaceRef<StreamItem>('MulticastSessionUpdate').implement({
  description:
    'What a stream of multicast sessions yields: a session went into a state (`MulticastSessionChange`), or the news that it must start anew (`StreamReset`).',
  resolveType: ({ item }) => (item === 'event' ? 'MulticastSessionChange' : 'StreamReset'),
  fields: (t) => ({
    cursor: t.string({
      description: 'Where the stream stands: subscribe after it to go on from here.',
      resolve: (item, _args, context) => cursorOf(item, context),
    }),
    sessionStatus: t.field({
      type: SessionStatusEnum,
      nullable: true,
      description: 'State that the session went into; null on a reset.',
      resolve: (item) => (item.item === 'event' ? item.event.sessionStatus : null),
    }),
    session: t.prismaField({
      type: 'MulticastSession',
      nullable: true,
      description: 'The session as it is now, which may be further on than `sessionStatus`; null on a reset.',
      resolve: (query, item, _args, context) =>
        item.item === 'reset' || item.event.sessionId === null
          ? noRow(query)
          : databaseOf(context).multicastSession.findUnique({ ...query, where: { id: item.event.sessionId } }),
    }),
  }),
});

builder
  .objectRef<StreamItem>('MulticastSessionChange')
  .implement({ interfaces: [MulticastSessionUpdate], description: 'A multicast session went into a state.' });

builder.subscriptionField('multicastSessionUpdated', (t) =>
  t.field({
    type: MulticastSessionUpdate,
    args: {
      filter: t.arg({ type: sessionFilter.type, description: 'Which sessions; all when left out.' }),
      ...streamArgs(t.arg),
    },
    description: 'Sesiones multicast (MulticastSessions) as they go from state to state. Permission: read.',
    subscribe: (_root, { filter, after, ...mode }, context) =>
      startStream(context, {
        after,
        latest: readMode(mode, ({ sessionId }) => sessionId ?? ''),
        ...createSessionEventMatcher(filter, context),
      }),
    resolve: (item: StreamItem) => item,
  }),
);

function createSessionEventMatcher(
  filter: InputOf<typeof sessionFilter> | null | undefined,
  context: Context,
): EventMatcher {
  const db = databaseOf(context);
  const { couldMatch, matches } = createEventMatcher(sessionFilter, filter, {
    decisions: {
      ids: (ids, { sessionId }) => sessionId !== null && readIds(ids, 'MulticastSession').includes(sessionId),
      operationId: (id, { operationId }) => operationId !== null && readId(id, 'Operation') === operationId,
      status: (statuses, { sessionStatus }) => sessionStatus !== null && statuses.includes(sessionStatus),
    },
    db,
    exists: async ({ sessionId }, where) =>
      sessionId !== null &&
      (await db.multicastSession.findFirst({ where: { AND: [{ id: sessionId }, where] }, select: { id: true } })) !==
        null,
  });
  return { couldMatch: (event) => event.kind === 'SESSION_CHANGED' && couldMatch(event), matches };
}
