import { isStorable } from '#lib/storable-text.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { conditionsOn } from '#schema/filters/conditions.ts';
import { defineFilter } from '#schema/filters/define-filter.ts';
import { defineOrder } from '#schema/filters/define-order.ts';
import { listsBy } from '#schema/filters/list-by.ts';
import { newestFirst } from '#schema/pages/order.ts';
import { ActionEnum } from './trace-status.ts';

const operations = conditionsOn<Prisma.OperationWhereInput>();

const operationFilter = defineFilter('OperationFilter', 'Which operations.', {
  ids: operations.ids('Operation', 'Only these operations.', (ids) => ({ id: { in: ids } })),
  action: operations.by([ActionEnum], 'Only operations of these actions.', (actions) => ({ action: { in: actions } })),
  requestedBy: operations.by('String', 'Only operations that this user asked for.', (requestedBy) =>
    isStorable(requestedBy) ? { requestedBy } : false,
  ),
  createdAfter: operations.since('Only operations accepted at this instant or later.', (createdAt) => ({ createdAt })),
  createdBefore: operations.before('Only operations accepted before this.', (createdAt) => ({ createdAt })),
  active: operations.flag('Whether any of its traces has not ended.', { finishedAt: null }),
});

const operationOrder = defineOrder('Operation', {
  CREATED_AT: { description: 'When it was accepted.', keys: [{ kind: 'date', nullable: false, path: ['createdAt'] }] },
});

/** Filter and order of a list of operations: `...operationLists(t)` beside its model and description. */
export const operationLists = listsBy(operationFilter, operationOrder, { things: 'operations', usual: newestFirst });
