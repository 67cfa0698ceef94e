import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { readId } from '#schema/ids.ts';
import { noRow } from '#schema/no-row.ts';
import { readMode, streamArgs } from '#schema/tracing/stream-args.ts';
import { cursorOf, startStream } from '#schema/tracing/stream.ts';
import type { StreamItem } from '#schema/tracing/stream.ts';

export const RoomUpdate = builder.interfaceRef<StreamItem>('RoomUpdate').implement({
  description:
    'What the stream of a room yields: its clients or their states changed (`RoomChange`), or the news that it must start anew (`StreamReset`).',
  resolveType: ({ item }) => (item === 'event' ? 'RoomChange' : 'StreamReset'),
  fields: (t) => ({
    cursor: t.string({
      description: 'Where the stream stands: subscribe after it to go on from here.',
      resolve: (item, _args, context) => cursorOf(item, context),
    }),
    room: t.prismaField({
      type: 'Room',
      nullable: true,
      description:
        'The room as it is now, with its `stateCounts`, on a reset too; null where it was deleted, or the stream is another one.',
      resolve: (query, item, _args, context) => {
        const id = roomOf(item);
        return id === null ? noRow(query) : databaseOf(context).room.findUnique({ ...query, where: { id } });
      },
    }),
  }),
});

builder
  .objectRef<StreamItem>('RoomChange')
  .implement({ interfaces: [RoomUpdate], description: 'Clients of a room, or their states, changed.' });

builder.subscriptionField('roomUpdated', (t) =>
  t.field({
    type: RoomUpdate,
    args: { id: t.arg.id({ required: true, description: 'Id of the room.' }), ...streamArgs(t.arg, 'LATEST') },
    description:
      'Un aula (Room) as the states of its clients change, and as clients come and go: what its state counts need. Nothing for an id that names none. Permission: read.',
    subscribe: (_root, { id, after, ...mode }, context) => {
      const roomId = readId(id, 'Room');
      return startStream(context, {
        after,
        latest: readMode(mode, () => ''),
        couldMatch: ({ kind, roomId: changed }) =>
          roomId !== null && changed === roomId && (kind === 'CLIENT_STATUS' || kind === 'ROOM_CHANGED'),
        ...(roomId === null ? {} : { about: { roomId } }),
      });
    },
    resolve: (item: StreamItem) => item,
  }),
);

function roomOf(item: StreamItem): string | null {
  if (item.item === 'event') return item.event.roomId;
  return 'roomId' in item.about ? (item.about.roomId ?? null) : null;
}
