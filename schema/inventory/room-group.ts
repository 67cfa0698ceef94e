import { countStatesByRoomGroup } from '#domain/inventory/count-states.ts';
import { batchByRequest } from '#schema/batch-by-request.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { whereId } from '#schema/ids.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { roomLists } from './room-order.ts';
import { StateCountType } from './state-count.ts';

const stateCountsOf = batchByRequest((context, ids: readonly string[]) =>
  countStatesByRoomGroup(databaseOf(context), ids),
);

builder.prismaNode('RoomGroup', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Grupo de aulas (RoomGroup): rooms of a center that are thought of together, such as a floor or a building. Groups may stand inside of one another. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Nombre, unique within the center.' }),
    center: t.relation('center', { description: 'Centro (Center) the group belongs to.' }),
    parent: t.relation('parent', {
      nullable: true,
      description: 'Grupo de aulas (RoomGroup) it stands in; null where it hangs from the center itself.',
    }),
    children: listRelated(t, 'children', {
      model: 'RoomGroup',
      order: byName,
      description: 'Grupos de aulas (RoomGroups) that stand in it, by name.',
    }),
    rooms: listRelated(t, 'rooms', {
      model: 'Room',
      ...roomLists(t),
      description: 'Aulas (Rooms) of the group itself, by name; those of the groups inside of it are in those.',
    }),
    stateCounts: t.field({
      type: [StateCountType],
      description:
        'How many clients are in each state, of all rooms of the group and of the groups inside of it; states that no client is in are left out.',
      resolve: ({ id }, _args, context) => stateCountsOf(context, id),
    }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  roomGroups: listRows(t, {
    model: 'RoomGroup',
    order: byName,
    description: 'Grupos de aulas (RoomGroups) of all centers, by name. Permission: read.',
  }),
  roomGroup: rowById(t, 'RoomGroup', 'group of rooms'),
}));
