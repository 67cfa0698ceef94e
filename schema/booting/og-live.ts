import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRows } from '#schema/pages/connection.ts';
import { byName } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { OgLiveStatusEnum } from './og-live-status.ts';

builder.prismaNode('OgLive', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'ogLive (OgLive): a live system that ogBoot serves, from which machines are imaged. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Nombre, unique.' }),
    isDefault: t.exposeBoolean('isDefault', {
      description: 'Por defecto: whether machines boot it that are told no other. At most one is.',
    }),
    status: t.expose('status', { type: OgLiveStatusEnum, description: 'Estado of its installation on ogBoot.' }),
    distribution: t.exposeString('distribution', {
      nullable: true,
      description: 'Distribución it is built from, such as `noble`; null where not known.',
    }),
    kernel: t.exposeString('kernel', {
      nullable: true,
      description: 'Version of its kernel, such as `6.8.0-31-generic`; null where not known.',
    }),
    architecture: t.exposeString('architecture', {
      nullable: true,
      description: 'Arquitectura, such as `amd64`; null where not known.',
    }),
    revision: t.exposeString('revision', {
      nullable: true,
      description: 'Revisión it was built from; null where not known.',
    }),
    directory: t.exposeString('directory', {
      nullable: true,
      description: 'Directorio: folder on ogBoot that it is served from; null where not known.',
    }),
    iso: t.exposeString('iso', {
      nullable: true,
      description: 'Name of the ISO file it was installed from; null where not known.',
    }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  ogLives: listRows(t, { model: 'OgLive', order: byName, description: 'ogLives (OgLive), by name. Permission: read.' }),
  ogLive: rowById(t, 'OgLive', 'ogLive'),
}));
