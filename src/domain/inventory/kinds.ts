import {
  always,
  choice,
  comments,
  flag,
  hostAddress,
  integer,
  line,
  macAddress,
  name,
  network,
  reference,
  screenResolution,
  webAddress,
} from '#domain/administration/field-rules.ts';
import type { Kind } from '#domain/administration/kind.ts';
import { checkRouter, requireHostIn } from '#domain/administration/network-rules.ts';
import {
  activeTraces,
  clientsWithHistory,
  deleted,
  deletedGroups,
  history,
  released,
} from '#domain/administration/release.ts';
import { BOOT_FIELDS, NETWORK_FIELDS } from '#domain/administration/shared-fields.ts';
import { checkParent } from '#domain/administration/tree-rules.ts';
import { InvalidInputError } from '#domain/errors.ts';
import { settleClient } from './settle-client.ts';
import { settleSubnet } from './settle-subnet.ts';

export const CENTER: Kind = {
  clientsGoBy: 'center_id',
  type: 'Center',
  fields: { name: name(), comments: comments(), ...NETWORK_FIELDS, ...BOOT_FIELDS },
  unique: [{ columns: ['name'], field: 'name' }],
  dependents: [
    { type: 'Repository', count: (tx, centerId) => tx.repository.count({ where: { centerId } }) },
    ...clientsWithHistory((centerId) => ({ centerId })),
    deletedGroups('ClientGroup', (centerId) => ({ room: { centerId } })),
    deleted('Blackout', (centerId) => ({ room: { centerId } })),
    deleted('BlackoutCalendar', (centerId) => ({ room: { centerId } })),
    deleted('Room', (centerId) => ({ centerId })),
    deletedGroups('RoomGroup', (centerId) => ({ centerId })),
  ],
  settle: async (_tx, { routerIp, netmask }) => {
    checkRouter(routerIp, netmask);
    return {};
  },
};

export const ROOM_GROUP: Kind = {
  type: 'RoomGroup',
  fields: {
    centerId: always(reference('Center')),
    parentId: reference('RoomGroup'),
    name: name(),
    comments: comments(),
  },
  unique: [{ columns: ['centerId', 'name'], field: 'name' }],
  dependents: [released('RoomGroup', 'parentId'), released('Room', 'roomGroupId')],
  settle: async (tx, row, changed, id) => {
    if (typeof changed['parentId'] === 'string') {
      await checkParent(tx, 'RoomGroup', {
        id,
        parentId: changed['parentId'],
        ownerColumn: 'center_id',
        ownerId: String(row['centerId']),
      });
    }
    return {};
  },
};

export const ROOM: Kind = {
  clientsGoBy: 'room_id',
  type: 'Room',
  fields: {
    centerId: always(reference('Center')),
    roomGroupId: reference('RoomGroup'),
    name: name(),
    comments: comments(),
    location: line(200),
    seats: integer(0, 10_000),
    jobLimit: integer(1, 10_000),
    hasProjector: flag(),
    hasBoard: flag(),
    photo: line(200),
    remoteAccess: flag(),
    reservableFromHour: integer(0, 23),
    reservableUntilHour: integer(1, 24),
    validation: flag(),
    loginPage: webAddress(),
    validationPage: webAddress(),
    teacherClientId: reference('Client'),
    ...NETWORK_FIELDS,
    ...BOOT_FIELDS,
  },
  unique: [
    { columns: ['centerId', 'name'], field: 'name' },
    { columns: ['teacherClientId'], field: 'teacherClientId' },
  ],
  dependents: [
    ...clientsWithHistory((roomId) => ({ roomId })),
    deletedGroups('ClientGroup', (roomId) => ({ roomId })),
    deleted('Blackout', (roomId) => ({ roomId })),
    deleted('BlackoutCalendar', (roomId) => ({ roomId })),
  ],
  settle: async (tx, row, changed, id) => {
    checkRouter(row['routerIp'], row['netmask']);
    const from = row['reservableFromHour'];
    const until = row['reservableUntilHour'];
    if (typeof from === 'number' && typeof until === 'number' && until <= from) {
      throw new InvalidInputError(['input', 'reservableUntilHour'], 'OUT_OF_RANGE', { min: from + 1, max: 24 });
    }
    if (typeof changed['teacherClientId'] === 'string') {
      const teacher = await tx.client.findUnique({
        where: { id: changed['teacherClientId'] },
        select: { roomId: true },
      });
      if (teacher?.roomId !== id) {
        throw new InvalidInputError(['input', 'teacherClientId'], 'OF_ANOTHER_PARENT', { parent: 'Room' });
      }
    }
    if (typeof row['roomGroupId'] !== 'string') return {};
    const group = await tx.roomGroup.findUnique({ where: { id: row['roomGroupId'] }, select: { centerId: true } });
    if (group?.centerId === row['centerId']) return {};
    // A room that moves to another center leaves its group behind, unless it is told into one there.
    if (changed['roomGroupId'] === undefined) return { roomGroupId: null };
    throw new InvalidInputError(['input', 'roomGroupId'], 'OF_ANOTHER_PARENT', { parent: 'Center' });
  },
};

export const CLIENT_GROUP: Kind = {
  type: 'ClientGroup',
  fields: {
    roomId: always(reference('Room')),
    parentId: reference('ClientGroup'),
    name: name(),
    comments: comments(),
  },
  unique: [{ columns: ['roomId', 'name'], field: 'name' }],
  dependents: [released('ClientGroup', 'parentId'), released('Client', 'groupId')],
  settle: async (tx, row, changed, id) => {
    if (typeof changed['parentId'] === 'string') {
      await checkParent(tx, 'ClientGroup', {
        id,
        parentId: changed['parentId'],
        ownerColumn: 'room_id',
        ownerId: String(row['roomId']),
      });
    }
    return {};
  },
};

export const SUBNET: Kind = {
  type: 'Subnet',
  fields: { name: line(100), cidr: always(network()), routerIp: hostAddress(), comments: comments() },
  unique: [{ columns: ['cidr'], field: 'cidr' }],
  dependents: [released('Client', 'subnetId')],
  settle: async (tx, row, changed, id) => {
    if (typeof row['routerIp'] === 'string') requireHostIn(String(row['cidr']), row['routerIp'], ['input', 'routerIp']);
    if (typeof changed['cidr'] === 'string') await settleSubnet(tx, changed['cidr'], id);
    return {};
  },
};

export const CLIENT: Kind = {
  clientsGoBy: 'id',
  type: 'Client',
  fields: {
    roomId: always(reference('Room')),
    groupId: reference('ClientGroup'),
    subnetId: reference('Subnet'),
    repositoryId: reference('Repository'),
    name: name(),
    mac: always(macAddress()),
    ip: always(hostAddress()),
    netiface: line(15),
    netDriver: line(50),
    firmware: choice(),
    serialNumber: line(100),
    validation: flag(),
    loginPage: webAddress(),
    validationPage: webAddress(),
    maintenance: flag(),
    remoteAccess: flag(),
    photo: line(200),
    menuResolution: screenResolution(),
    autoexecId: reference('Command'),
    hardwareProfileId: reference('HardwareProfile'),
    comments: comments(),
    ...BOOT_FIELDS,
  },
  unique: [
    { columns: ['mac'], field: 'mac' },
    { columns: ['ip'], field: 'ip' },
  ],
  dependents: [activeTraces((clientId) => ({ clientId })), history((clientId) => ({ clientId }))],
  settle: settleClient,
};
