import { defineOrder } from '#schema/filters/define-order.ts';
import { listsBy } from '#schema/filters/list-by.ts';
import { newestFirst } from '#schema/pages/order.ts';
import { traceFilter } from './trace-filter.ts';

const traceOrder = defineOrder('Trace', {
  CREATED_AT: { description: 'When it was recorded.', keys: [{ kind: 'date', nullable: false, path: ['createdAt'] }] },
  FINISHED_AT: {
    description: 'When it ended; those that have not come last.',
    keys: [{ kind: 'date', nullable: true, path: ['finishedAt'] }],
  },
});

/** Filter and order of a list of traces: `...traceLists(t)` beside its model and description. */
export const traceLists = listsBy(traceFilter, traceOrder, { things: 'traces', usual: newestFirst });
