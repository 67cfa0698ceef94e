import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRows } from '#schema/pages/connection.ts';
import { byName } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';

builder.prismaNode('Menu', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Menú (Menu): what ogLive shows on a client’s screen. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Nombre, unique.' }),
    isDefault: t.exposeBoolean('isDefault', {
      description: 'Por defecto: whether machines show it that are told no other. At most one is.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Descripción, for people; null for none.',
    }),
    resolution: t.exposeString('resolution', {
      nullable: true,
      description: 'Resolución of the screen, such as `1024x768`; null where not set.',
    }),
    publicUrl: t.exposeString('publicUrl', {
      nullable: true,
      description: 'Address of the page that everybody sees; null for none.',
    }),
    privateUrl: t.exposeString('privateUrl', {
      nullable: true,
      description: 'Address of the page that is seen after logging in; null for none.',
    }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  menus: listRows(t, { model: 'Menu', order: byName, description: 'Menús (Menus), by name. Permission: read.' }),
  menu: rowById(t, 'Menu', 'menu'),
}));
