import type { BootColumns } from '#domain/inventory/boot-settings.ts';
import { resolveNetworkSettings } from '#domain/inventory/network-settings.ts';
import { requireAddress } from '#schema/addresses.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { whereId } from '#schema/ids.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { rowById } from '#schema/row-by-id.ts';
import { traceLists } from '#schema/tracing/trace-order.ts';
import { BOOT_COLUMNS, bootFields } from './boot-settings.ts';
import { clientLists } from './client-order.ts';
import { ClientStatusEnum } from './client-status.ts';
import { FirmwareEnum } from './firmware.ts';
import { NETWORK_COLUMNS, NetworkSettingsType } from './network-settings.ts';

builder.prismaNode('Client', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Cliente (Client): one machine of a room, as the panel of ogGui shows it. Permission: read.',
  fields: (t) => ({
    uuid: t.expose('id', { type: 'UUID', description: 'Uuid: the id as other OpenGnsys components write it.' }),
    name: t.exposeString('name', { description: 'Nombre: host name.' }),
    mac: t.expose('mac', { type: 'MAC', description: 'MAC address of the interface it boots from; unique.' }),
    ip: t.expose('ip', { type: 'IPv4', description: 'Address at which its agent is called; unique.' }),
    netiface: t.exposeString('netiface', {
      nullable: true,
      description: 'Netiface: name of the network interface in ogLive, such as `eth0`; null where not set.',
    }),
    status: t.expose('status', {
      type: ClientStatusEnum,
      description: 'Estado: what its agent last said it is doing.',
    }),
    agentVersion: t.exposeString('agentVersion', {
      nullable: true,
      description: 'Version of its ogAgent, as that last said; null until it has.',
    }),
    agentCertificateSha256: t.exposeString('agentCertificateSha256', {
      nullable: true,
      description:
        'SHA-256 of the only certificate its agent may show, 64 hexadecimal digits, where `AGENT_TLS=pinned`; null until the first contact. `forgetAgentCertificate` clears it.',
    }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its agent was last heard of; null if never.',
    }),
    firmware: t.expose('firmware', {
      type: FirmwareEnum,
      nullable: true,
      description: 'BIOS or UEFI; null where not known.',
    }),
    serialNumber: t.exposeString('serialNumber', {
      nullable: true,
      description: 'Serial number, as its agent first reported it; null until then.',
    }),
    validation: t.exposeBoolean('validation', {
      description: 'Validación: whether a person must log in before ogLive’s menu.',
    }),
    maintenance: t.exposeBoolean('maintenance', {
      description: 'Mantenimiento: whether the machine is kept out of all operations.',
    }),
    netDriver: t.exposeString('netDriver', {
      nullable: true,
      description: 'Driver of the network interface in ogLive; null where not set.',
    }),
    loginPage: t.exposeString('loginPage', {
      nullable: true,
      description: 'Página de login: address of the page where a person logs in; null where not set.',
    }),
    validationPage: t.exposeString('validationPage', {
      nullable: true,
      description: 'Página de validación: address that checks the login; null where not set.',
    }),
    remoteAccess: t.exposeBoolean('remoteAccess', {
      description: 'Acceso remoto: whether a remote user may be given this machine.',
    }),
    photo: t.exposeString('photo', { nullable: true, description: 'Foto: name of its picture; null for none.' }),
    menuResolution: t.exposeString('menuResolution', {
      nullable: true,
      description: 'Resolución of the menu on its screen, such as `1024x768`; null where not set.',
    }),
    autoexec: t.relation('autoexec', {
      nullable: true,
      description: 'Autoexec: command (Command) that ogLive runs by itself at each start; null for none.',
    }),
    hardwareProfile: t.relation('hardwareProfile', {
      nullable: true,
      description: 'Perfil de hardware (HardwareProfile): what it is made of; null where not known.',
    }),
    center: t.relation('center', { nullable: false, onNull: 'error', description: 'Centro (Center) of its room.' }),
    network: t.field({
      type: NetworkSettingsType,
      select: { room: { select: { ...NETWORK_COLUMNS, center: { select: NETWORK_COLUMNS } } } },
      description:
        'Configuración de red that holds for it: its room’s, else its center’s, else the server’s. A client has none of its own.',
      resolve: ({ room }) =>
        resolveNetworkSettings([
          { origin: 'ROOM', settings: room },
          { origin: 'CENTER', settings: room.center },
        ]),
    }),
    ...bootFields<BootColumns & { room: BootColumns & { center: BootColumns } }>(t, {
      from: 'the client’s own, else its room’s, else its center’s',
      select: { ...BOOT_COLUMNS, room: { select: { ...BOOT_COLUMNS, center: { select: BOOT_COLUMNS } } } },
      levels: (client) => [
        { origin: 'CLIENT', settings: client },
        { origin: 'ROOM', settings: client.room },
        { origin: 'CENTER', settings: client.room.center },
      ],
    }),
    ...keptFields(t),
    room: t.relation('room', { description: 'Aula (Room) it stands in.' }),
    group: t.relation('group', { nullable: true, description: 'Grupo (ClientGroup) it belongs to; null for none.' }),
    subnet: t.relation('subnet', {
      nullable: true,
      description: 'Subred (Subnet) of its address; null where not set.',
    }),
    repository: t.relation('repository', {
      nullable: true,
      description: 'Repositorio (Repository) it takes images from; null where not set.',
    }),
    disks: t.relation('disks', {
      query: { orderBy: { number: 'asc' } },
      description:
        'Discos (Disks), by number. A machine has few; a report of its agent names at most 1024 disks and partitions together.',
    }),
    partitions: t.relation('partitions', {
      query: { orderBy: [{ disk: { number: 'asc' } }, { number: 'asc' }] },
      description: 'Particiones (Partitions) of all its disks, by disk and number; at most 1024.',
    }),
    traces: listRelated(t, 'traces', {
      model: 'Trace',
      ...traceLists(t),
      description: 'Trazas (Traces) of its jobs, newest first.',
    }),
    viewerCanDeploy: t.boolean({
      description:
        'Whether the viewer has the right to deploy images to it. Whether it is ready for one, `planDeployment` tells.',
      // Until access control is built, everybody is the administrator.
      resolve: () => true,
    }),
  }),
});

builder.queryFields((t) => ({
  clients: listRows(t, {
    model: 'Client',
    ...clientLists(t),
    description: 'Clientes (Clients), by name. Permission: read.',
  }),
  client: rowById(t, 'Client', 'client'),
  clientByMac: t.prismaField({
    type: 'Client',
    nullable: true,
    args: { mac: t.arg({ type: 'MAC', required: true, description: 'MAC address in any usual notation.' }) },
    description: 'One client by its MAC address; null when there is none. Permission: read.',
    resolve: (query, _root, { mac }, context) =>
      databaseOf(context).client.findUnique({ ...query, where: { mac: requireAddress('MAC', mac) } }),
  }),
}));
