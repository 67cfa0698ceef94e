import DataLoader from 'dataloader';
import type { ClientStatus } from '#domain/inventory/client-status.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';
import { ClientStatusEnum } from './client-status.ts';

interface StateCount {
  status: ClientStatus;
  count: number;
}

export const StateCountType = builder.objectRef<StateCount>('StateCount').implement({
  description: 'How many clients are in one state.',
  fields: (t) => ({
    status: t.expose('status', { type: ClientStatusEnum, description: 'The state.' }),
    count: t.exposeInt('count', { description: 'Number of clients in it, at least 1.' }),
  }),
});

interface StateCountLoaders {
  byGroup: DataLoader<string, StateCount[]>;
  byRoom: DataLoader<string, StateCount[]>;
  byCenter: DataLoader<string, StateCount[]>;
}

const loaders = new WeakMap<Context, StateCountLoaders>();

/** Counts for all groups, rooms or centers of one request together: at most two statements, however many there are. */
export function stateCountLoaders(context: Context): StateCountLoaders {
  let found = loaders.get(context);
  if (found === undefined) {
    // Not cached: a subscription's context lives for hours and its counts change.
    found = {
      byGroup: new DataLoader((groupIds) => countByGroup(context, groupIds), { cache: false }),
      byRoom: new DataLoader((roomIds) => countByRoom(context, roomIds), { cache: false }),
      byCenter: new DataLoader((centerIds) => countByCenter(context, centerIds), { cache: false }),
    };
    loaders.set(context, found);
  }
  return found;
}

async function countByGroup(context: Context, groupIds: readonly string[]): Promise<StateCount[][]> {
  const rows = await databaseOf(context).client.groupBy({
    by: ['groupId', 'status'],
    where: { groupId: { in: [...groupIds] } },
    _count: true,
  });
  return groupIds.map((id) =>
    rows.filter(({ groupId }) => groupId === id).map(({ status, _count: count }) => ({ status, count })),
  );
}

async function countByRoom(context: Context, roomIds: readonly string[]): Promise<StateCount[][]> {
  const rows = await databaseOf(context).client.groupBy({
    by: ['roomId', 'status'],
    where: { roomId: { in: [...roomIds] } },
    _count: true,
  });
  return roomIds.map((id) =>
    rows.filter(({ roomId }) => roomId === id).map(({ status, _count: count }) => ({ status, count })),
  );
}

async function countByCenter(context: Context, centerIds: readonly string[]): Promise<StateCount[][]> {
  const rooms = await databaseOf(context).room.findMany({
    where: { centerId: { in: [...centerIds] } },
    select: { id: true, centerId: true },
  });
  const perRoom = await countByRoom(
    context,
    rooms.map(({ id }) => id),
  );
  return centerIds.map((id) => sumCounts(perRoom.filter((_counts, index) => rooms[index]?.centerId === id).flat()));
}

function sumCounts(counts: readonly StateCount[]): StateCount[] {
  const sums = new Map<ClientStatus, number>();
  for (const { status, count } of counts) sums.set(status, (sums.get(status) ?? 0) + count);
  return [...sums].map(([status, count]) => ({ status, count }));
}
