import type { BootColumns } from '#domain/inventory/boot-settings.ts';
import { resolveNetworkSettings } from '#domain/inventory/network-settings.ts';
import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { DeployedImageType, deployedImagesOfRoom } from '#schema/imaging/deployed-image.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { blackoutLists } from '#schema/scheduling/blackout-lists.ts';
import { BOOT_COLUMNS, bootFields } from './boot-settings.ts';
import { clientLists } from './client-order.ts';
import { NETWORK_COLUMNS, NetworkSettingsType } from './network-settings.ts';
import { roomLists } from './room-order.ts';
import { StateCountType, stateCountLoaders } from './state-count.ts';

builder.prismaNode('Room', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Aula (Room): the client machines of one physical classroom. An operation may target all of them at once. Permission: read.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name, unique within the center.' }),
    center: t.relation('center', { description: 'Centro (Center) the room belongs to.' }),
    routerIp: t.expose('routerIp', {
      type: 'IPv4',
      nullable: true,
      description: 'Router of the room’s network; null where none was given: `network` has what then holds.',
    }),
    netmask: t.expose('netmask', {
      type: 'IPv4',
      nullable: true,
      description:
        'Máscara de red: netmask of the room’s network; null where none was given: `network` has what then holds.',
    }),
    network: t.field({
      type: NetworkSettingsType,
      select: { ...NETWORK_COLUMNS, center: { select: NETWORK_COLUMNS } },
      description: 'Configuración de red that holds in the room: its own, else its center’s, else the server’s.',
      resolve: (room) =>
        resolveNetworkSettings([
          { origin: 'ROOM', settings: room },
          { origin: 'CENTER', settings: room.center },
        ]),
    }),
    ...bootFields<BootColumns & { center: BootColumns }>(t, {
      from: 'the room’s own, else its center’s',
      select: { ...BOOT_COLUMNS, center: { select: BOOT_COLUMNS } },
      levels: (room) => [
        { origin: 'ROOM', settings: room },
        { origin: 'CENTER', settings: room.center },
      ],
    }),
    parent: t.relation('roomGroup', {
      nullable: true,
      description:
        'Grupo de aulas (RoomGroup) it stands in, the `roomGroupId` of inputs; null where it hangs from the center itself.',
    }),
    location: t.exposeString('location', {
      nullable: true,
      description: 'Ubicación: where it is; null where not given.',
    }),
    jobLimit: t.exposeInt('jobLimit', {
      nullable: true,
      description: 'Most of its clients that have a job in hand at once; others wait. Null for no limit.',
    }),
    seats: t.exposeInt('seats', { nullable: true, description: 'Puestos: number of seats; null where not given.' }),
    hasProjector: t.exposeBoolean('hasProjector', { description: 'Proyector: whether there is one.' }),
    hasBoard: t.exposeBoolean('hasBoard', { description: 'Pizarra: whether there is a board.' }),
    photo: t.exposeString('photo', {
      nullable: true,
      description: 'Foto: name of its picture; null for none.',
    }),
    remoteAccess: t.exposeBoolean('remoteAccess', {
      description: 'Acceso remoto: whether remote users may be given its machines.',
    }),
    reservableFromHour: t.exposeInt('reservableFromHour', {
      nullable: true,
      description: 'First hour of the day for that, 0 to 24; null for no limit.',
    }),
    reservableUntilHour: t.exposeInt('reservableUntilHour', {
      nullable: true,
      description: 'Hour of the day at which that ends, 0 to 24; null for no limit.',
    }),
    validation: t.exposeBoolean('validation', {
      description: 'Validación: whether a person must log in before ogLive’s menu.',
    }),
    loginPage: t.exposeString('loginPage', {
      nullable: true,
      description: 'Página de login: address of the page where a person logs in; null where not set.',
    }),
    validationPage: t.exposeString('validationPage', {
      nullable: true,
      description: 'Página de validación: address that checks the login; null where not set.',
    }),
    teacherClient: t.relation('teacherClient', {
      nullable: true,
      description: 'Ordenador del profesor: the client (Client) of the teacher; null where none is said.',
    }),
    groups: listRelated(t, 'groups', {
      model: 'ClientGroup',
      order: byName,
      description: 'Grupos de clientes (ClientGroups) of the room, those inside of others too, by name.',
    }),
    clients: listRelated(t, 'clients', {
      model: 'Client',
      ...clientLists(t),
      description: 'Clientes (Clients) of the room, by name.',
    }),
    blackouts: listRelated(t, 'blackouts', {
      model: 'Blackout',
      ...blackoutLists(t),
      description: 'Bloqueos (Blackouts) of the room, in the order in which they begin.',
    }),
    blackoutCalendars: listRelated(t, 'blackoutCalendars', {
      model: 'BlackoutCalendar',
      order: byName,
      description: 'Calendarios (BlackoutCalendars) that were imported for the room, by name.',
    }),
    stateCounts: t.field({
      type: [StateCountType],
      description: 'How many clients of the room are in each state; states that no client is in are left out.',
      resolve: (room, _args, context) => stateCountLoaders(context).byRoom.load(room.id),
    }),
    deployedImages: t.field({
      type: [DeployedImageType],
      description:
        'Imágenes desplegadas: what the disks of its clients carry, by image name and revision; at most one line for each revision of each image, and so no more than its clients have partitions.',
      resolve: ({ id }, _args, context) => deployedImagesOfRoom(context, id),
    }),
    ...keptFields(t),
  }),
});

builder.queryFields((t) => ({
  rooms: listRows(t, {
    model: 'Room',
    ...roomLists(t),
    description: 'Aulas (Rooms) of all centers, by name. Permission: read.',
  }),
  room: rowById(t, 'Room', 'room'),
}));
