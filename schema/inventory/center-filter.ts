import type { Prisma } from '#prisma/generated/client/client.ts';
import { conditionsOn } from '#schema/filters/conditions.ts';
import { defineFilter } from '#schema/filters/define-filter.ts';
import { filteredListsBy } from '#schema/filters/list-by.ts';
import { byName } from '#schema/pages/order.ts';

const centers = conditionsOn<Prisma.CenterWhereInput>();

const centerFilter = defineFilter('CenterFilter', 'Which centers.', {
  ids: centers.ids('Center', 'Only these centers.', (ids) => ({ id: { in: ids } })),
  nameContains: centers.contains('Only centers whose name contains this, whatever the case.', (name) => ({ name })),
});

/** Filter of a list of centers: `...centerLists(t)` beside its model and description. */
export const centerLists = filteredListsBy(centerFilter, { things: 'centers', order: byName });
