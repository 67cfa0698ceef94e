import type { Prisma } from '#prisma/generated/client/client.ts';

/** How many levels of groups below a group still count as inside of it. Buildings have fewer. */
const GROUP_LEVELS = 8;

/**
 * That a group is this one, or stands inside of it: one condition, however many groups there are.
 *
 * That there is a parent is said at each level, so that the condition is true or false of every group, and its opposite too.
 */
export function insideRoomGroup(id: string, levels = GROUP_LEVELS): Prisma.RoomGroupWhereInput {
  if (levels === 0) return { id };
  return { OR: [{ id }, { AND: [{ parentId: { not: null } }, { parent: insideRoomGroup(id, levels - 1) }] }] };
}

/** As `insideRoomGroup`, for groups of clients. */
export function insideClientGroup(id: string, levels = GROUP_LEVELS): Prisma.ClientGroupWhereInput {
  if (levels === 0) return { id };
  return { OR: [{ id }, { AND: [{ parentId: { not: null } }, { parent: insideClientGroup(id, levels - 1) }] }] };
}
