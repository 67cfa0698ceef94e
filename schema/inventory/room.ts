import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { readId, whereId } from '#schema/ids.ts';
import { page } from '#schema/page-size.ts';
import { byName } from '#schema/sorting.ts';
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
    groups: t.relatedConnection('groups', {
      cursor: 'id',
      ...page,
      query: byName,
      description: 'Grupos de clientes (ClientGroups) of the room, by name.',
    }),
    clients: t.relatedConnection('clients', {
      cursor: 'id',
      ...page,
      query: byName,
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
    clients: t.relatedConnection('clients', {
      cursor: 'id',
      ...page,
      query: byName,
      description: 'Clientes (Clients) of the group, by name.',
    }),
  }),
});

builder.queryFields((t) => ({
  rooms: t.prismaConnection({
    type: 'Room',
    cursor: 'id',
    ...page,
    description: 'Aulas (Rooms) of all centers, by name. Permission: read.',
    resolve: (query, _root, _args, context) => databaseOf(context).room.findMany({ ...query, ...byName }),
    totalCount: (_root, _args, context) => databaseOf(context).room.count(),
  }),
  room: t.prismaField({
    type: 'Room',
    nullable: true,
    args: { id: t.arg.id({ required: true, description: 'Id of the room.' }) },
    description: 'One room by its id; null when there is none. Permission: read.',
    resolve: (query, _root, { id: globalId }, context) => {
      const id = readId(globalId, 'Room');
      return id === null ? null : databaseOf(context).room.findUnique({ ...query, where: { id } });
    },
  }),
}));
