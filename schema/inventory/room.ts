import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { StateCountType, stateCountLoaders } from './state-count.ts';

builder.prismaNode('Room', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Aula (Room): the client machines of one physical classroom. An operation may target all of them at once. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name, unique within the center.' }),
    center: t.relation('center', { description: 'Centro (Center) the room belongs to.' }),
    routerIp: t.expose('routerIp', {
      type: 'IPv4',
      nullable: true,
      description: 'Router of the room’s network; null where none was given.',
    }),
    netmask: t.expose('netmask', {
      type: 'IPv4',
      nullable: true,
      description: 'Máscara de red: netmask of the room’s network; null where none was given.',
    }),
    groups: listRelated(t, 'groups', {
      model: 'ClientGroup',
      order: byName,
      description: 'Grupos de clientes (ClientGroups) of the room, by name.',
    }),
    clients: listRelated(t, 'clients', {
      model: 'Client',
      order: byName,
      description: 'Clientes (Clients) of the room, by name.',
    }),
    stateCounts: t.field({
      type: [StateCountType],
      description: 'How many clients of the room are in each state; states that no client is in are left out.',
      resolve: (room, _args, context) => stateCountLoaders(context).byRoom.load(room.id),
    }),
  }),
});

builder.prismaNode('ClientGroup', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Grupo de clientes (ClientGroup): some machines of a room that are often worked on together. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name, unique within the room.' }),
    room: t.relation('room', { description: 'Aula (Room) the group belongs to.' }),
    clients: listRelated(t, 'clients', {
      model: 'Client',
      order: byName,
      description: 'Clientes (Clients) of the group, by name.',
    }),
  }),
});

builder.queryFields((t) => ({
  rooms: listRows(t, {
    model: 'Room',
    order: byName,
    description: 'Aulas (Rooms) of all centers, by name. Permission: read.',
  }),
  room: rowById(t, 'Room', 'room'),
}));
