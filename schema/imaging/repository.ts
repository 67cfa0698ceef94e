import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName, orderBy, text } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';

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
    images: listRelated(t, 'replicas', {
      model: 'ImageReplica',
      order: orderBy(text('image', 'name')),
      description: 'Copies of images that it holds, by the image’s name.',
    }),
  }),
});

builder.queryFields((t) => ({
  repositories: listRows(t, {
    model: 'Repository',
    order: byName,
    description: 'Repositorios (Repositories), by name. Permission: read.',
  }),
  repository: rowById(t, 'Repository', 'repository'),
}));
