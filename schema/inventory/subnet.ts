import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { whereId } from '#schema/ids.ts';
import { page } from '#schema/page-size.ts';
import { byName } from '#schema/sorting.ts';

builder.prismaNode('Subnet', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Subred (Subnet): a network that clients get their addresses from. Permission: read.',
  fields: (t) => ({
    cidr: t.expose('cidr', {
      type: 'CIDR',
      description: 'Dirección y máscara: network address with prefix length; unique.',
    }),
    router: t.expose('routerIp', {
      type: 'IPv4',
      nullable: true,
      description: 'Router of the network; null where none was given.',
    }),
    clients: t.relatedConnection('clients', {
      cursor: 'id',
      ...page,
      query: byName,
      description: 'Clientes (Clients) of the subnet, by name.',
    }),
  }),
});

builder.queryField('subnets', (t) =>
  t.prismaConnection({
    type: 'Subnet',
    cursor: 'id',
    ...page,
    description: 'Subredes (Subnets), by address. Permission: read.',
    resolve: (query, _root, _args, context) =>
      databaseOf(context).subnet.findMany({ ...query, orderBy: [{ cidr: 'asc' }, { id: 'asc' }] }),
    totalCount: (_root, _args, context) => databaseOf(context).subnet.count(),
  }),
);
