import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { FirmwareEnum } from '#schema/inventory/firmware.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRows } from '#schema/pages/connection.ts';
import { byName } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';

builder.prismaNode('PxeTemplate', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Plantilla PXE (PxeTemplate): the text that ogBoot makes the boot files of clients out of. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Nombre, unique.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Descripción, for people; null for none.',
    }),
    firmware: t.expose('firmware', {
      type: FirmwareEnum,
      nullable: true,
      description: 'Firmware that it is for; null for any.',
    }),
    template: t.exposeString('template', { description: 'Plantilla: the text, at most 20000 characters.' }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  pxeTemplates: listRows(t, {
    model: 'PxeTemplate',
    order: byName,
    description: 'Plantillas PXE (PxeTemplates), by name. Permission: read.',
  }),
  pxeTemplate: rowById(t, 'PxeTemplate', 'PXE template'),
}));
