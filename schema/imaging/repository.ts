import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { whereId } from '#schema/ids.ts';
import { page } from '#schema/page-size.ts';
import { byName } from '#schema/sorting.ts';

builder.prismaNode('Repository', {
  id: { field: 'id' },
  findUnique: whereId,
  description: 'Repositorio (Repository): an ogRepository that keeps image files and hands them to clients. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name, unique.' }),
    ip: t.expose('ip', { type: 'IPv4', description: 'Address that clients fetch images from; unique.' }),
    path: t.exposeString('path', { description: 'Ruta: folder of the image files on the repository.' }),
    images: t.relatedConnection('replicas', {
      cursor: 'id',
      ...page,
      query: { orderBy: [{ image: { name: 'asc' } }, { id: 'asc' }] },
      description: 'Copies of images that it holds, by the image’s name.',
    }),
  }),
});

builder.queryField('repositories', (t) =>
  t.prismaConnection({
    type: 'Repository',
    cursor: 'id',
    ...page,
    description: 'Repositorios (Repositories), by name. Permission: read.',
    resolve: (query, _root, _args, context) => databaseOf(context).repository.findMany({ ...query, ...byName }),
    totalCount: (_root, _args, context) => databaseOf(context).repository.count(),
  }),
);
