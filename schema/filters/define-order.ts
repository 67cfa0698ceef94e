import type { InputRef } from '@pothos/core';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';
import type { Order, SortKey } from '#schema/pages/order.ts';

const OrderDirectionEnum = builder.enumType('OrderDirection', {
  description: 'Which way a list is sorted. What is empty comes last either way.',
  values: describeValues({
    ASC: 'Smallest, oldest or first in the alphabet first.',
    DESC: 'Largest, newest or last in the alphabet first.',
  }),
});

interface OrderField {
  description: string;
  /** What rows are sorted by, and then among equals; by id in the end. */
  keys: readonly [SortKey, ...SortKey[]];
}

export interface OrderInput<TField extends string> {
  field: TField;
  direction: 'ASC' | 'DESC';
}

export interface RowOrder<TField extends string> {
  type: InputRef<OrderInput<TField>>;
  toOrder: (input: OrderInput<TField>) => Order;
}

/** How lists of a model may be sorted: `<Model>Order` and `<Model>OrderField`, made of one table. */
export function defineOrder<TField extends string>(
  model: string,
  fields: Readonly<Record<TField, OrderField>>,
): RowOrder<TField> {
  const descriptions = Object.fromEntries(
    Object.entries<OrderField>(fields).map(([name, { description }]) => [name, description]),
  ) as Record<TField, string>;
  const field = builder.enumType(`${model}OrderField`, {
    description: 'What a list may be sorted by.',
    values: describeValues(descriptions),
  });
  const type = builder.inputRef(`${model}Order`);
  type.implement({
    description: 'How a list is sorted. A cursor belongs to the order it was given in.',
    fields: (t: { field: (options: object) => unknown }) => ({
      field: t.field({ type: field, required: true, description: 'What it is sorted by.' }),
      direction: t.field({
        type: OrderDirectionEnum,
        required: true,
        defaultValue: 'ASC',
        description: 'Which way.',
      }),
    }),
  } as never);
  return {
    type: type as unknown as InputRef<OrderInput<TField>>,
    toOrder({ field: name, direction }) {
      const way = direction === 'ASC' ? 'asc' : 'desc';
      const keys = [...fields[name].keys, { kind: 'id', nullable: false, path: ['id'] } satisfies SortKey];
      return { tag: `${way}:${name}`, keys: keys.map((key) => ({ ...key, direction: way })) };
    },
  };
}
