import type { InputFieldRef } from '@pothos/core';
import { isGiven } from '#schema/ids.ts';
import type { DeferredWhere } from '#schema/pages/connection.ts';
import type { Order } from '#schema/pages/order.ts';
import { isDeferred, toWhere } from './clause.ts';
import type { Filter, Types } from './define-filter.ts';
import type { OrderInput, RowOrder } from './define-order.ts';

/** What `listRows` and `listRelated` need to know for a list to be filtered and sorted. */
interface FilteredList<TArgs extends object> {
  args: { [TName in keyof TArgs]-?: InputFieldRef<Types, TArgs[TName]> };
  order: (args: TArgs) => Order;
  where: (args: TArgs) => object | DeferredWhere;
}

/** The one thing of a field builder that arguments need. */
interface ArgumentBuilder {
  arg: (options: never) => unknown;
}

interface SortedArgs<TInput extends object, TField extends string> {
  filter?: TInput | null | undefined;
  orderBy?: OrderInput<TField> | null | undefined;
}

/** Gives lists of a model their `filter` and `orderBy`, wherever they are. */
export function listsBy<TInput extends object, TField extends string>(
  filter: Filter<TInput>,
  order: RowOrder<TField>,
  { things, usual }: { things: string; usual: Order },
): (t: ArgumentBuilder, otherwise?: Order) => FilteredList<SortedArgs<TInput, TField>> {
  return (t, otherwise = usual) => ({
    args: {
      filter: filterArgument(t, filter, things),
      orderBy: t.arg({
        type: order.type,
        description: 'How it is sorted; as the list’s description says when left out.',
      } as never) as never,
    },
    order: ({ orderBy }) => (isGiven(orderBy) ? order.toOrder(orderBy) : otherwise),
    where: (args) => whereOf(filter, args.filter),
  });
}

/** As `listsBy`, for lists that have one order only. */
export function filteredListsBy<TInput extends object>(
  filter: Filter<TInput>,
  { things, order }: { things: string; order: Order },
): (t: ArgumentBuilder) => FilteredList<{ filter?: TInput | null | undefined }> {
  return (t) => ({
    args: { filter: filterArgument(t, filter, things) },
    order: () => order,
    where: (args) => whereOf(filter, args.filter),
  });
}

function filterArgument<TInput extends object>(
  t: ArgumentBuilder,
  filter: Filter<TInput>,
  things: string,
): InputFieldRef<Types, TInput | null | undefined> {
  return t.arg({ type: filter.type, description: `Which ${things}; all when left out.` } as never) as never;
}

/** A filter as Prisma takes it, where nothing must be read first. */
export function whereOf<TInput extends object>(
  filter: Filter<TInput>,
  input: TInput | null | undefined,
): object | DeferredWhere {
  const clause = filter.toClause(input);
  return isDeferred(clause) ? async (db) => toWhere(await clause(db)) : toWhere(clause);
}
