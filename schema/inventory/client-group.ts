import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { clientLists } from './client-order.ts';
import { StateCountType, stateCountLoaders } from './state-count.ts';

builder.prismaNode('ClientGroup', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Grupo de clientes (ClientGroup): some machines of a room that are often worked on together. Groups may stand inside of one another. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name, unique within the room.' }),
    room: t.relation('room', { description: 'Aula (Room) the group belongs to.' }),
    parent: t.relation('parent', {
      nullable: true,
      description: 'Grupo de clientes (ClientGroup) it stands in; null where it hangs from the room itself.',
    }),
    children: listRelated(t, 'children', {
      model: 'ClientGroup',
      order: byName,
      description: 'Grupos de clientes (ClientGroups) that stand in it, by name.',
    }),
    clients: listRelated(t, 'clients', {
      model: 'Client',
      ...clientLists(t),
      description: 'Clientes (Clients) of the group itself, by name: those that an operation on the group is for.',
    }),
    stateCounts: t.field({
      type: [StateCountType],
      description:
        'How many of the group’s own clients, those in `clients`, are in each state; states that no client is in are left out.',
      resolve: ({ id }, _args, context) => stateCountLoaders(context).byGroup.load(id),
    }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  clientGroups: listRows(t, {
    model: 'ClientGroup',
    order: byName,
    description: 'Grupos de clientes (ClientGroups) of all rooms, by name. Permission: read.',
  }),
  clientGroup: rowById(t, 'ClientGroup', 'group of clients'),
}));
