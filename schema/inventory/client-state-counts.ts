import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { whereOf } from '#schema/filters/list-by.ts';
import { clientFilter } from './client-filter.ts';
import { StateCountType } from './state-count.ts';

builder.queryField('clientStateCounts', (t) =>
  t.field({
    type: [StateCountType],
    args: { filter: t.arg({ type: clientFilter.type, description: 'Which clients; all when left out.' }) },
    description:
      'How many clients are in each state, among those of the filter; states that no client is in are left out. Permission: read.',
    resolve: async (_root, { filter }, context) => {
      const db = databaseOf(context);
      const found = whereOf(clientFilter, filter);
      const rows = await db.client.groupBy({
        by: ['status'],
        where: typeof found === 'function' ? await found(db) : found,
        _count: true,
        orderBy: { status: 'asc' },
      });
      return rows.map(({ status, _count: count }) => ({ status, count }));
    },
  }),
);
