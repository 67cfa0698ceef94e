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
import { RepositoryStatusType, RepositoryTransferType } from './repository-status.ts';

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
    transferLimit: t.exposeInt('transferLimit', {
      nullable: true,
      description: 'Most clients that fetch an image of their own from it at once; others wait. Null for no limit.',
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
    status: t.field({
      type: RepositoryStatusType,
      description: 'Estado: what it says of itself at this moment. It is asked, at most once in 5 seconds.',
      resolve: ({ id: repositoryId, ip }, _args, { services }) => services.imageFiles.live.status({ repositoryId, ip }),
    }),
    transfers: t.field({
      type: [RepositoryTransferType],
      nullable: true,
      description:
        'Transferencias: what it sends by multicast at this moment, at most 2000. It is asked, at most once in 5 seconds; null where it cannot say.',
      resolve: async ({ id: repositoryId, ip }, _args, { services }) => {
        const transfers = await services.imageFiles.live.transfers({ repositoryId, ip });
        return transfers === null ? null : [...transfers];
      },
    }),
    unregisteredImages: listRelated(t, 'unregisteredImages', {
      model: 'UnregisteredImage',
      order: byName,
      description: 'Imágenes sin registrar: files that it has and that are no images of ours, by name.',
    }),
    lastSynchronizedAt: t.expose('lastSynchronizedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When what it holds was last looked at and written down; null for never.',
    }),
    lastReachedAt: t.expose('lastReachedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last answered anything; null for never.',
    }),
    lastError: t.exposeString('lastError', {
      nullable: true,
      description: 'What went wrong with it last, in English; null where the last thing asked of it went well.',
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
