import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { StateCountType, stateCountLoaders } from './state-count.ts';

builder.prismaNode('Center', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Centro (Center): a faculty, school or campus with its rooms. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name, unique.' }),
    rooms: listRelated(t, 'rooms', {
      model: 'Room',
      order: byName,
      description: 'Aulas (Rooms) of the center, by name.',
    }),
    clients: listRelated(t, 'clients', {
      model: 'Client',
      order: byName,
      description: 'All clients (Clients) of all rooms of the center, by name.',
    }),
    stateCounts: t.field({
      type: [StateCountType],
      description: 'How many clients of the center are in each state; states that no client is in are left out.',
      resolve: (center, _args, context) => stateCountLoaders(context).byCenter.load(center.id),
    }),
  }),
});

builder.queryFields((t) => ({
  centers: listRows(t, {
    model: 'Center',
    order: byName,
    description: 'Centros (Centers), by name. Permission: read.',
  }),
  center: rowById(t, 'Center', 'center'),
}));
