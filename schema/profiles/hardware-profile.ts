import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { clientLists } from '#schema/inventory/client-order.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName, orderBy, text } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { HardwareKindEnum } from './item-kinds.ts';

builder.prismaNode('HardwareProfile', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Perfil de hardware (HardwareProfile): what machines are made of. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Nombre, unique.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Descripción, for people; null for none.',
    }),
    components: listRelated(t, 'components', {
      model: 'HardwareComponent',
      order: orderBy(text('description')),
      description: 'Componentes (HardwareComponents), by their description.',
    }),
    clients: listRelated(t, 'clients', {
      model: 'Client',
      ...clientLists(t),
      description: 'Clientes (Clients) that are made of this, by name.',
    }),
    ...keptFields(t),
  }),
});

builder.prismaObject('HardwareComponent', {
  description:
    'Componente (HardwareComponent): a piece of hardware of one kind and description, whichever machines have it.',
  fields: (t) => ({
    kind: t.expose('kind', { type: HardwareKindEnum, description: 'Tipo.' }),
    description: t.exposeString('description', { description: 'Descripción, as the machine’s agent reported it.' }),
  }),
});

builder.queryFields((t) => ({
  hardwareProfiles: listRows(t, {
    model: 'HardwareProfile',
    order: byName,
    description: 'Perfiles de hardware (HardwareProfiles), by name. Permission: read.',
  }),
  hardwareProfile: rowById(t, 'HardwareProfile', 'hardware profile'),
}));
