import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName, orderBy, text } from '#schema/pages/order.ts';

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
    clients: listRelated(t, 'clients', {
      model: 'Client',
      order: byName,
      description: 'Clientes (Clients) of the subnet, by name.',
    }),
  }),
});

builder.queryField('subnets', (t) =>
  listRows(t, {
    model: 'Subnet',
    order: orderBy(text('cidr')),
    description: 'Subredes (Subnets), by address. Permission: read.',
  }),
);
