import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { readId, whereId } from '#schema/ids.ts';
import { page } from '#schema/page-size.ts';
import { byName } from '#schema/sorting.ts';

builder.prismaNode('Repository', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Repositorio (Repository): an ogRepository that keeps image files and hands them to clients. Permission: read.',
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

builder.queryFields((t) => ({
  repositories: t.prismaConnection({
    type: 'Repository',
    cursor: 'id',
    ...page,
    description: 'Repositorios (Repositories), by name. Permission: read.',
    resolve: (query, _root, _args, context) => databaseOf(context).repository.findMany({ ...query, ...byName }),
    totalCount: (_root, _args, context) => databaseOf(context).repository.count(),
  }),
  repository: t.prismaField({
    type: 'Repository',
    nullable: true,
    args: { id: t.arg.id({ required: true, description: 'Id of the repository.' }) },
    description: 'One repository by its id; null when there is none. Permission: read.',
    resolve: (query, _root, { id: globalId }, context) => {
      const id = readId(globalId, 'Repository');
      return id === null ? null : databaseOf(context).repository.findUnique({ ...query, where: { id } });
    },
  }),
}));
