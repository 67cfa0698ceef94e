import { netmaskOf } from '#domain/inventory/network-settings.ts';
import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { orderBy } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { clientLists } from './client-order.ts';

builder.prismaNode('Subnet', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Subred (Subnet): a network that clients get their addresses from. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true, description: 'Nombre; null where it has none.' }),
    cidr: t.expose('cidr', {
      type: 'CIDR',
      description: 'Dirección y máscara: network address with prefix length; unique.',
    }),
    netmask: t.field({
      type: 'IPv4',
      select: { cidr: true },
      description: 'Máscara de red: netmask of the network, as its prefix length says it.',
      resolve: ({ cidr }) => netmaskOf(cidr),
    }),
    router: t.expose('routerIp', {
      type: 'IPv4',
      nullable: true,
      description: 'Router of the network; null where none was given.',
    }),
    clients: listRelated(t, 'clients', {
      model: 'Client',
      ...clientLists(t),
      description: 'Clientes (Clients) of the subnet, by name.',
    }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  subnets: listRows(t, {
    model: 'Subnet',
    order: orderBy({ kind: 'bigint', nullable: true, path: ['networkNumber'] }),
    description: 'Subredes (Subnets), by the number of their address. Permission: read.',
  }),
  subnet: rowById(t, 'Subnet', 'subnet'),
}));
