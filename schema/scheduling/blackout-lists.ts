import type { InputFieldRef } from '@pothos/core';
import type { Types } from '#schema/filters/define-filter.ts';
import { readDate } from '#schema/filters/values.ts';
import { isGiven } from '#schema/ids.ts';
import { orderBy } from '#schema/pages/order.ts';
import type { Order } from '#schema/pages/order.ts';

interface WindowArgs {
  from?: Date | null | undefined;
  to?: Date | null | undefined;
}

interface BlackoutList {
  args: { [TName in keyof WindowArgs]-?: InputFieldRef<Types, WindowArgs[TName]> };
  order: Order;
  where: (args: WindowArgs) => object;
}

/** The one thing of a field builder that arguments need. */
interface ArgumentBuilder {
  arg: (options: never) => unknown;
}

/** A list of blackouts within a window of time: `...blackoutLists(t)` beside its model and description. */
export function blackoutLists(t: ArgumentBuilder): BlackoutList {
  const instant = (description: string) => t.arg({ type: 'DateTime', description } as never) as never;
  return {
    args: {
      from: instant('Only those that last beyond this; all when left out.'),
      to: instant('Only those that begin before this; all when left out.'),
    },
    order: orderBy({ kind: 'date', nullable: false, path: ['startsAt'] }),
    where: ({ from, to }) => ({
      ...(isGiven(from) ? { endsAt: { gt: readDate(from) } } : {}),
      ...(isGiven(to) ? { startsAt: { lt: readDate(to) } } : {}),
    }),
  };
}
