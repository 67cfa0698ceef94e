import type { Prisma } from '#prisma/generated/client/client.ts';
import { conditionsOn } from '#schema/filters/conditions.ts';
import { defineFilter } from '#schema/filters/define-filter.ts';
import { filteredListsBy } from '#schema/filters/list-by.ts';
import { oldestFirst } from '#schema/pages/order.ts';

const partitions = conditionsOn<Prisma.PartitionWhereInput>();

const partitionFilter = defineFilter('PartitionFilter', 'Which partitions.', {
  clientId: partitions.id('Client', 'Only partitions of this client.', (clientId) => ({ clientId })),
  roomId: partitions.id('Room', 'Only partitions of clients of this room.', (roomId) => ({ client: { roomId } })),
  revision: partitions.by(
    'Int',
    'Only partitions with this revision of their image; one that is not known is none.',
    (revision) => partitions.known('imageRevision', revision),
  ),
  revisionOlderThan: partitions.by(
    'Int',
    'Only partitions with a revision of their image before this one; one that is not known is none.',
    (revision) => partitions.known('imageRevision', { lt: revision }),
  ),
});

/** Filter of a list of partitions: `...partitionLists(t)` beside its model and description. */
export const partitionLists = filteredListsBy(partitionFilter, { things: 'partitions', order: oldestFirst });
