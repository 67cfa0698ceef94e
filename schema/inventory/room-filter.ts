import { insideRoomGroup } from '#domain/inventory/group-tree.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { mapClause, toWhere } from '#schema/filters/clause.ts';
import { goDeeper } from '#schema/filters/complexity.ts';
import { conditionsOn } from '#schema/filters/conditions.ts';
import { defineFilter } from '#schema/filters/define-filter.ts';
import { clientFilter } from './client-filter.ts';

const rooms = conditionsOn<Prisma.RoomWhereInput>();

export const roomFilter = defineFilter('RoomFilter', 'Which rooms.', {
  ids: rooms.ids('Room', 'Only these rooms.', (ids) => ({ id: { in: ids } })),
  nameContains: rooms.contains('Only rooms whose name contains this, whatever the case.', (name) => ({ name })),
  centerId: rooms.id('Center', 'Only rooms of this center.', (centerId) => ({ centerId })),
  roomGroupId: rooms.id(
    'RoomGroup',
    'Only rooms of this group and of the groups inside of it, down to eight levels.',
    (id) => ({ AND: [{ roomGroupId: { not: null } }, { roomGroup: insideRoomGroup(id) }] }),
  ),
  hasClients: rooms.by(
    clientFilter.type,
    'Only rooms with at least one client for which this holds; `{}` for rooms that are not empty.',
    (filter, walk) =>
      mapClause(clientFilter.toClause(filter, { walk: goDeeper(walk) }), (clause) =>
        clause === false ? false : { clients: { some: toWhere(clause) } },
      ),
  ),
});
