import { sumReplicas } from '#domain/imaging/sum-replicas.ts';
import { batchByRequest } from '#schema/batch-by-request.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { whereId } from '#schema/ids.ts';
import { clientLists } from '#schema/inventory/client-order.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName, orderBy, text } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';

const totalsOf = batchByRequest((context, ids: readonly string[]) => sumReplicas(databaseOf(context), ids));

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
    imageCount: t.int({
      description: 'How many copies of images it holds, in whatever state.',
      resolve: async ({ id }, _args, context) => (await totalsOf(context, id)).imageCount,
    }),
    totalSizeBytes: t.field({
      type: 'BigInt',
      description: 'Bytes of all their compressed files; those whose size is not known do not count.',
      resolve: async ({ id }, _args, context) => (await totalsOf(context, id)).totalSizeBytes,
    }),
    clients: listRelated(t, 'clients', {
      model: 'Client',
      ...clientLists(t),
      description: 'Clientes (Clients) that take images from it, by name.',
    }),
    center: t.relation('center', {
      nullable: true,
      description: 'Centro (Center) it belongs to; null where it serves all.',
    }),
    ...keptFields(t),
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
