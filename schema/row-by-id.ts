import type { FieldRef } from '@pothos/core';
import type PrismaTypes from '#prisma/generated/pothos-types.ts';
import type { builder } from './builder.ts';
import { databaseOf } from './context.ts';
import type { Context } from './context.ts';
import { readId } from './ids.ts';
import { noRow } from './no-row.ts';

type Types = (typeof builder)['$inferSchemaTypes'];

interface FieldBuilder {
  prismaField: (options: never) => unknown;
  arg: { id: (options: { required: true; description: string }) => unknown };
}

interface Delegate {
  findUnique: (query: object) => Promise<object | null>;
}

/** One row by its id, as a root field; null for an id of nothing, and for an id of something else. */
export function rowById(t: FieldBuilder, model: keyof PrismaTypes, words: string): FieldRef<Types> {
  const delegate = `${model.charAt(0).toLowerCase()}${model.slice(1)}`;
  return t.prismaField({
    type: model,
    nullable: true,
    args: { id: t.arg.id({ required: true, description: `Id of the ${words}.` }) },
    description: `One ${words} by its id; null when there is none. Permission: read.`,
    resolve: (query: object, _root: unknown, { id: globalId }: { id: string }, context: Context) => {
      const id = readId(globalId, model);
      if (id === null) return noRow(query);
      const rows = (databaseOf(context) as unknown as Record<string, Delegate>)[delegate] as Delegate;
      return rows.findUnique({ ...query, where: { id } });
    },
  } as never) as FieldRef<Types>;
}
