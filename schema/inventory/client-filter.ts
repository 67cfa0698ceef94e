import { cachePartitionWhere } from '#domain/inventory/cache-partition-where.ts';
import { insideClientGroup, insideRoomGroup } from '#domain/inventory/group-tree.ts';
import { parseMacPrefix } from '#domain/inventory/mac-prefix.ts';
import { rangeOf } from '#domain/inventory/network-range.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { requireAddress } from '#schema/addresses.ts';
import { conditionsOn } from '#schema/filters/conditions.ts';
import { defineFilter } from '#schema/filters/define-filter.ts';
import type { InputOf } from '#schema/filters/define-filter.ts';
import { DeployedImageFilter, ImageDriftFilter, deployedImageWhere, driftClause } from './client-image-filters.ts';
import { ClientStatusEnum } from './client-status.ts';
import { FirmwareEnum } from './firmware.ts';

const clients = conditionsOn<Prisma.ClientWhereInput>();

export const clientFilter = defineFilter('ClientFilter', 'Which clients.', {
  ids: clients.ids('Client', 'Only these clients.', (ids) => ({ id: { in: ids } })),
  nameContains: clients.contains('Only clients whose name contains this, whatever the case.', (name) => ({ name })),
  mac: clients.by(['MAC'], 'Only clients with one of these MAC addresses.', (macs) => ({
    mac: { in: macs.map((mac) => requireAddress('MAC', mac)) },
  })),
  macStartsWith: clients.by(
    'String',
    'Only clients whose MAC address starts with these hexadecimal digits, in any notation: `08:00:27`, `0800.27`, `080027`. Other text starts none.',
    (text) => {
      const prefix = parseMacPrefix(text);
      return prefix === null ? false : { mac: { startsWith: prefix } };
    },
  ),
  ip: clients.by(['IPv4'], 'Only clients with one of these addresses.', (addresses) => ({
    ip: { in: addresses.map((ip) => requireAddress('IPv4', ip)) },
  })),
  inNetwork: clients.by('CIDR', 'Only clients whose address lies in this network.', (cidr) => {
    const { first, last } = rangeOf(requireAddress('CIDR', cidr));
    return clients.known('ipNumber', { gte: first, lte: last });
  }),
  status: clients.by(
    [ClientStatusEnum],
    'Only clients in one of these states; when followed live, only moves into them.',
    (statuses) => ({ status: { in: statuses } }),
  ),
  roomId: clients.id('Room', 'Only clients of this room.', (roomId) => ({ roomId })),
  roomIds: clients.ids('Room', 'Only clients of these rooms.', (ids) => ({ roomId: { in: ids } })),
  centerId: clients.id('Center', 'Only clients of the rooms of this center.', (id) => clients.known('centerId', id)),
  groupId: clients.id(
    'ClientGroup',
    'Only clients of this group itself, which are those that an operation on it is for.',
    (id) => clients.known('groupId', id),
  ),
  insideGroupId: clients.id(
    'ClientGroup',
    'Only clients of this group and of the groups inside of it, down to eight levels.',
    (id) => ({ AND: [{ groupId: { not: null } }, { group: insideClientGroup(id) }] }),
  ),
  roomGroupId: clients.id(
    'RoomGroup',
    'Only clients of the rooms of this group and of the groups inside of it, down to eight levels.',
    (id) => ({ room: { AND: [{ roomGroupId: { not: null } }, { roomGroup: insideRoomGroup(id) }] } }),
  ),
  subnetId: clients.id('Subnet', 'Only clients of this subnet.', (id) => clients.known('subnetId', id)),
  repositoryId: clients.id('Repository', 'Only clients that take images from this repository.', (id) =>
    clients.known('repositoryId', id),
  ),
  deployedImage: clients.by(
    DeployedImageFilter,
    'Only clients with a partition that this image was restored to.',
    (deployed) => ({ partitions: { some: deployedImageWhere(deployed) } }),
  ),
  imageDrift: clients.by(
    ImageDriftFilter,
    'Only clients that do not carry the wanted revision of an image on any partition.',
    driftClause,
  ),
  cachedImageId: clients.id('Image', 'Only clients that have this image in their CACHE.', (imageId) => ({
    partitions: { some: { cachedImages: { some: { imageId } } } },
  })),
  hasCache: clients.flag('Whether there is a CACHE partition on any of its disks.', {
    partitions: { some: cachePartitionWhere },
  }),
  operatingSystemContains: clients.contains(
    'Only clients with a partition whose operating system contains this, whatever the case.',
    (operatingSystem) => ({ partitions: { some: { operatingSystem } } }),
  ),
  lastSeenBefore: clients.before(
    'Only clients whose agent was last heard of before this, or never: those that `lastSeenAfter` leaves out.',
    (lastSeenAt) => ({ OR: [{ lastSeenAt: null }, { lastSeenAt }] }),
  ),
  lastSeenAfter: clients.since('Only clients whose agent was heard of at this instant or later.', (at) =>
    clients.known('lastSeenAt', at),
  ),
  maintenance: clients.by('Boolean', 'Whether it is kept out of all operations.', (maintenance) => ({ maintenance })),
  firmware: clients.by([FirmwareEnum], 'Only clients whose firmware boots in one of these ways.', (firmware) =>
    clients.known('firmware', { in: firmware }),
  ),
  hasActiveTrace: clients.flag('Whether a trace of it has not ended: a job may be touching its disks, now or soon.', {
    traces: { some: { status: { in: [...ACTIVE_STATUSES] } } },
  }),
});

export type ClientFilterInput = InputOf<typeof clientFilter>;
