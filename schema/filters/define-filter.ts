import type { InputRef, InputShapeFromTypeParam, InputTypeParam } from '@pothos/core';
import { builder } from '#schema/builder.ts';
import { isGiven } from '#schema/ids.ts';
import { allOf, anyOf, negate } from './clause.ts';
import type { MaybeDeferred } from './clause.ts';
import { goDeeper, spend, startWalk } from './complexity.ts';
import type { Walk } from './complexity.ts';

export type Types = (typeof builder)['$inferSchemaTypes'];

/** What a field of an input of this type is given as. */
export type ValueOf<TType extends InputTypeParam<Types>> = InputShapeFromTypeParam<Types, TType, true>;

/** A field of a filter together with what it means. */
export interface FieldCondition<TValue = never> {
  type: InputTypeParam<Types>;
  description: string;
  /** The walk is for conditions that hold another filter. */
  clause: (value: TValue, walk: Walk) => MaybeDeferred;
}

export type FieldConditions = Record<string, FieldCondition>;

export type FilterInput<TConditions extends FieldConditions> = {
  [TName in keyof TConditions]?: TConditions[TName] extends FieldCondition<infer TValue> ? TValue | null : never;
} & {
  and?: readonly FilterInput<TConditions>[] | null;
  or?: readonly FilterInput<TConditions>[] | null;
  not?: FilterInput<TConditions> | null;
};

/** What a condition is known to be before the database is asked; undefined for one that it must be asked about. */
type Decide = (name: string, value: unknown) => boolean | undefined;

export interface Filter<TInput extends object> {
  type: InputRef<TInput>;
  /**
   * Null and absent mean no condition.
   *
   * @throws {GraphQLError} FILTER_TOO_COMPLEX
   */
  toClause: (input: TInput | null | undefined, options?: { walk?: Walk; decide?: Decide }) => MaybeDeferred;
}

/** What a filter is given as. */
export type InputOf<TFilter> = TFilter extends Filter<infer TInput> ? TInput : never;

/**
 * A filter: its conditions, all of which must hold, and `and`, `or` and `not` over filters of its kind. The input type and its meaning
 * are made of one table.
 */
export function defineFilter<TConditions extends FieldConditions>(
  name: string,
  description: string,
  conditions: TConditions,
): Filter<FilterInput<TConditions>> {
  type Input = FilterInput<TConditions>;
  const type = builder.inputRef(name);
  type.implement({
    description: `${description} All conditions given must hold; none at all holds for everything, and an id that names nothing for nothing. At most 100 conditions, 8 levels deep, with 1000 values in all lists together: more is FILTER_TOO_COMPLEX.`,
    fields: (t: { field: (options: object) => unknown }) => ({
      ...Object.fromEntries(
        Object.entries(conditions).map(([field, condition]) => [
          field,
          t.field({ type: condition.type, description: condition.description }),
        ]),
      ),
      and: t.field({ type: [type], description: 'All of these hold; an empty list holds for everything.' }),
      or: t.field({ type: [type], description: 'At least one of these holds; an empty list holds for nothing.' }),
      not: t.field({
        type,
        description: 'This does not hold, be it only that what it asks about is not known or not set.',
      }),
    }),
  } as never);

  function build(input: Input, walk: Walk, decide: Decide | undefined): MaybeDeferred {
    const { and, or, not, ...rest } = input;
    const given = Object.entries<unknown>(rest).filter(([, value]) => isGiven(value));
    spend(
      walk,
      given.map(([, value]) => value),
    );
    const inner = (filter: FilterInput<TConditions>) => build(filter, goDeeper(walk), decide);
    return allOf([
      ...given.map(([field, value]) => decide?.(field, value) ?? clauseOf(field, value, walk)),
      ...(isGiven(and) ? and.map(inner) : []),
      ...(isGiven(or) ? [anyOf(or.map(inner))] : []),
      ...(isGiven(not) ? [negate(inner(not))] : []),
    ]);
  }

  function clauseOf(field: string, value: unknown, walk: Walk): MaybeDeferred {
    const condition = conditions[field];
    if (condition === undefined) throw new Error(`${name} has no condition ${field}`);
    return condition.clause(value as never, walk);
  }

  return {
    type,
    toClause: (input, { walk = startWalk(), decide } = {}) => (isGiven(input) ? build(input, walk, decide) : true),
  };
}
