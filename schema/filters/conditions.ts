import type { InputTypeParam } from '@pothos/core';
import { readId } from '#schema/ids.ts';
import { known, negate } from './clause.ts';
import type { MaybeDeferred } from './clause.ts';
import type { Walk } from './complexity.ts';
import type { FieldCondition, Types, ValueOf } from './define-filter.ts';
import { readDate, toPattern } from './values.ts';

/** How the text of a column is compared with what somebody typed. */
interface TextCondition {
  contains: string;
  mode: 'insensitive';
}

interface Conditions<TWhere extends object> {
  /** Whatever is not one of the kinds below. */
  by: <TType extends InputTypeParam<Types>>(
    type: TType,
    description: string,
    clause: (value: ValueOf<TType>, walk: Walk) => MaybeDeferred<TWhere>,
  ) => FieldCondition<ValueOf<TType>>;
  /** `true` asks for rows where something holds, `false` for the others. */
  flag: (description: string, where: TWhere) => FieldCondition<boolean>;
  /** Of one row of a type; an id that names nothing never holds. */
  id: (type: string, description: string, where: (id: string) => TWhere) => FieldCondition<string>;
  /** Of any of some rows of a type; ids that name nothing are none of them. */
  ids: (type: string, description: string, where: (ids: string[]) => TWhere) => FieldCondition<string[]>;
  /** Of a part of a text, whatever the case; `%` and `_` are themselves, and what no text can hold is in none. */
  contains: (description: string, where: (text: TextCondition) => TWhere) => FieldCondition<string>;
  /** Of instants not before this one. */
  since: (description: string, where: (at: { gte: Date }) => TWhere) => FieldCondition<Date>;
  /** Of instants before this one. */
  before: (description: string, where: (at: { lt: Date }) => TWhere) => FieldCondition<Date>;
  /** Of a column that may be empty: that it is filled, and this holds. */
  known: <TColumn extends keyof TWhere & string>(column: TColumn, condition: TWhere[TColumn]) => TWhere;
}

/** The kinds of conditions that filters on a model are made of. */
export function conditionsOn<TWhere extends object>(): Conditions<TWhere> {
  return {
    by: (type, description, clause) => ({ type, description, clause }),
    flag: (description, where) => ({
      type: 'Boolean',
      description,
      clause: (wanted) => (wanted ? where : negate(where)),
    }),
    id: (type, description, where) => ({
      type: 'ID',
      description,
      clause: (globalId) => {
        const id = readId(globalId, type);
        return id === null ? false : where(id);
      },
    }),
    ids: (type, description, where) => ({
      type: ['ID'],
      description,
      clause: (globalIds) => where(readIds(globalIds, type)),
    }),
    contains: (description, where) => ({
      type: 'String',
      description,
      clause: (text) => {
        const pattern = toPattern(text);
        return pattern === null ? false : where({ contains: pattern, mode: 'insensitive' });
      },
    }),
    since: (description, where) => ({
      type: 'DateTime',
      description,
      clause: (at) => where({ gte: readDate(at) }),
    }),
    before: (description, where) => ({
      type: 'DateTime',
      description,
      clause: (at) => where({ lt: readDate(at) }),
    }),
    known,
  };
}

/** Those of the ids that could name a row of the type. */
export function readIds(globalIds: readonly string[], type: string): string[] {
  return globalIds.map((id) => readId(id, type)).filter((id) => id !== null);
}
