import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { readId, whereId } from '#schema/ids.ts';
import { page } from '#schema/page-size.ts';
import { byName } from '#schema/sorting.ts';
import { StateCountType, stateCountLoaders } from './state-count.ts';

builder.prismaNode('Center', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Centro (Center): a faculty, school or campus with its rooms. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name, unique.' }),
    rooms: t.relatedConnection('rooms', {
      cursor: 'id',
      ...page,
      query: byName,
      description: 'Aulas (Rooms) of the center, by name.',
    }),
    clients: t.relatedConnection('clients', {
      cursor: 'id',
      ...page,
      query: byName,
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
  centers: t.prismaConnection({
    type: 'Center',
    cursor: 'id',
    ...page,
    description: 'Centros (Centers), by name. Permission: read.',
    resolve: (query, _root, _args, context) => databaseOf(context).center.findMany({ ...query, ...byName }),
    totalCount: (_root, _args, context) => databaseOf(context).center.count(),
  }),
  center: t.prismaField({
    type: 'Center',
    nullable: true,
    args: { id: t.arg.id({ required: true, description: 'Id of the center.' }) },
    description: 'One center by its id; null when there is none. Permission: read.',
    resolve: (query, _root, { id: globalId }, context) => {
      const id = readId(globalId, 'Center');
      return id === null ? null : databaseOf(context).center.findUnique({ ...query, where: { id } });
    },
  }),
}));
