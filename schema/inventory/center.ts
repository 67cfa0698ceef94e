import { resolveNetworkSettings } from '#domain/inventory/network-settings.ts';
import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { DeployedImageType, deployedImagesOfCenter } from '#schema/imaging/deployed-image.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { centerLists } from './center-filter.ts';
import { clientLists } from './client-order.ts';
import { NETWORK_COLUMNS, NetworkSettingsType } from './network-settings.ts';
import { roomLists } from './room-order.ts';
import { StateCountType, stateCountLoaders } from './state-count.ts';

builder.prismaNode('Center', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Centro (Center): a faculty, school or campus with its rooms. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name, unique.' }),
    rooms: listRelated(t, 'rooms', {
      model: 'Room',
      ...roomLists(t),
      description: 'Aulas (Rooms) of the center, by name.',
    }),
    roomGroups: listRelated(t, 'roomGroups', {
      model: 'RoomGroup',
      order: byName,
      description: 'Grupos de aulas (RoomGroups) of the center, those inside of others too, by name.',
    }),
    repositories: listRelated(t, 'repositories', {
      model: 'Repository',
      order: byName,
      description: 'Repositorios (Repositories) that belong to the center, by name.',
    }),
    routerIp: t.expose('routerIp', {
      type: 'IPv4',
      nullable: true,
      description: 'Router of the center’s network; null where none was given.',
    }),
    netmask: t.expose('netmask', {
      type: 'IPv4',
      nullable: true,
      description: 'Máscara de red: netmask of the center’s network; null where none was given.',
    }),
    network: t.field({
      type: NetworkSettingsType,
      select: NETWORK_COLUMNS,
      description:
        'Configuración de red that holds in the center, and in those of its rooms that do not say otherwise: its own, else the server’s.',
      resolve: (center) => resolveNetworkSettings([{ origin: 'CENTER', settings: center }]),
    }),
    ogLive: t.relation('ogLive', {
      nullable: true,
      description: 'ogLive (OgLive) set for the whole center; null where none is, and the default one is booted.',
    }),
    menu: t.relation('menu', {
      nullable: true,
      description: 'Menú (Menu) set for the whole center; null where none is, and the default one is shown.',
    }),
    pxeTemplate: t.relation('pxeTemplate', {
      nullable: true,
      description: 'Plantilla PXE (PxeTemplate) set for the whole center; null where none is.',
    }),
    clients: listRelated(t, 'clients', {
      model: 'Client',
      ...clientLists(t),
      description: 'All clients (Clients) of all rooms of the center, by name.',
    }),
    stateCounts: t.field({
      type: [StateCountType],
      description: 'How many clients of the center are in each state; states that no client is in are left out.',
      resolve: (center, _args, context) => stateCountLoaders(context).byCenter.load(center.id),
    }),
    deployedImages: t.field({
      type: [DeployedImageType],
      description:
        'Imágenes desplegadas: what the disks of its clients carry, by image name and revision; at most one line for each revision of each image.',
      resolve: ({ id }, _args, context) => deployedImagesOfCenter(context, id),
    }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  centers: listRows(t, {
    model: 'Center',
    ...centerLists(t),
    description: 'Centros (Centers), by name. Permission: read.',
  }),
  center: rowById(t, 'Center', 'center'),
}));
