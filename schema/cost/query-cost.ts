import { builder } from '#schema/builder.ts';
import { costOf } from './cost-of.ts';

/** What an operation costs, and how much one may. */
export interface QueryCost {
  requested: number;
  limit: number;
}

const QueryCostType = builder.objectRef<QueryCost>('QueryCost').implement({
  description: 'What a document costs: how many objects its answer may hold, by what it asks for alone.',
  fields: (t) => ({
    requested: t.exposeInt('requested', {
      description:
        'Objects that the answer to this document may hold. A page counts as `first` or `last`, 100 where neither is said; a list without pages by what is usual; and whatever is inside of them as often.',
    }),
    limit: t.exposeInt('limit', {
      description:
        'Objects that one answer may hold. A document that asks for more is refused as `QUERY_TOO_EXPENSIVE`.',
    }),
  }),
});

builder.queryField('queryCost', (t) =>
  t.field({
    type: QueryCostType,
    description: 'What this very document costs. Each answer says it too, as `extensions.cost`.',
    resolve: (_root, _args, { maxQueryCost }, { schema, operation, fragments, variableValues }) => ({
      requested: costOf({ schema, operation, fragments, variableValues: variableValues.coerced }),
      limit: maxQueryCost,
    }),
  }),
);
