import type { FieldRef, InputFieldMap, InputShapeFromFields, ObjectRef } from '@pothos/core';
import { getRefFromModel, queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import type PrismaTypes from '#prisma/generated/pothos-types.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';
import { readPage, toPage } from './keyset.ts';
import type { Condition, Page, PageArgs } from './keyset.ts';
import type { Order } from './order.ts';

type ModelName = keyof PrismaTypes;
type Types = (typeof builder)['$inferSchemaTypes'];

/** Where the rows of a page are in what is asked for. */
const NODE_PATHS = [[{ name: 'nodes' }], [{ name: 'edges' }, { name: 'node' }]];

/** The Prisma type of a model, whether its file has been read yet or not. */
export function typeOf<TModel extends ModelName>(model: TModel): ObjectRef<Types, PrismaTypes[TModel]['Shape']> {
  return getRefFromModel(model, builder) as never;
}

/** A page whose rows are asked for only when somebody wants to see them. */
interface LazyPage {
  edges: Page<object>['edges'] | Promise<Page<object>['edges']>;
  pageInfo: Page<object>['pageInfo'] | Promise<Page<object>['pageInfo']>;
  totalCount: number | (() => Promise<number>);
}

const connectionTypes = new Map<string, ObjectRef<Types, LazyPage>>();

/** The one connection type of a model, wherever lists of it are: a client’s code for a page of them serves everywhere. */
function connectionType(model: ModelName): ObjectRef<Types, LazyPage> {
  const typeName = TYPE_NAMES[model] ?? model;
  let type = connectionTypes.get(typeName);
  if (type === undefined) {
    type = builder.connectionObject(
      { type: typeOf(model), name: `${typeName}Connection` },
      { name: `${typeName}Edge` },
    ) as unknown as ObjectRef<Types, LazyPage>;
    connectionTypes.set(typeName, type);
  }
  return type;
}

/** Models whose type in the schema has another name. */
const TYPE_NAMES: Partial<Record<ModelName, string>> = { Event: 'TraceEvent' };

builder.globalConnectionField('totalCount', (t) =>
  t.int({
    description: 'How many items the whole list has, on all its pages.',
    resolve: (page) => {
      const { totalCount } = page as unknown as LazyPage;
      return typeof totalCount === 'function' ? totalCount() : totalCount;
    },
  }),
);

interface ListOptions<TArgs extends InputFieldMap> {
  description: string;
  /** Arguments besides those of the page. */
  args?: TArgs;
  order: Order | ((args: InputShapeFromFields<TArgs>) => Order);
}

interface RootListOptions<TArgs extends InputFieldMap> extends ListOptions<TArgs> {
  model: ModelName;
  where?: (args: InputShapeFromFields<TArgs>, context: Context) => object | Promise<object>;
}

/** The two things of a field builder that lists need. */
interface FieldBuilder {
  field: (options: never) => unknown;
  arg: { connectionArgs: () => InputFieldMap };
}

/**
 * A list of rows by keyset pages, as a root field. Rows and count are each one statement, and only asked for where the document asks
 * for them.
 */
export function listRows<TArgs extends InputFieldMap>(
  t: FieldBuilder,
  { model, description, args, order, where }: RootListOptions<TArgs>,
): FieldRef<Types> {
  const resolve = async (
    _root: unknown,
    given: InputShapeFromFields<TArgs> & PageArgs,
    context: Context,
    info: GraphQLResolveInfo,
  ): Promise<LazyPage> => {
    const sorted = typeof order === 'function' ? order(given) : order;
    const page = readPage(given, sorted);
    const filter = (await where?.(given, context)) ?? {};
    const rows = delegateOf(context, model);
    let found: Promise<Page<object>> | undefined;
    const load = () => {
      found ??= rows
        .findMany({
          ...queryFromInfo({ context, info, paths: NODE_PATHS, ...(relationsIn(sorted) as object) }),
          ...page,
          where: { AND: [filter, page.where] },
        })
        .then((list) => toPage(list, given, sorted));
      return found;
    };
    return {
      get edges() {
        return load().then(({ edges }) => edges);
      },
      get pageInfo() {
        return load().then(({ pageInfo }) => pageInfo);
      },
      totalCount: () => rows.count({ where: filter }),
    };
  };
  return t.field({
    type: connectionType(model),
    description,
    args: { ...args, ...t.arg.connectionArgs() },
    resolve,
  } as never) as FieldRef<Types>;
}

interface RelatedListOptions<TArgs extends InputFieldMap> extends ListOptions<TArgs> {
  model: ModelName;
  where?: (args: InputShapeFromFields<TArgs>) => object;
}

/**
 * A list of the rows that belong to another row, by keyset pages. The plugin's planner reads it together with the row itself, so that
 * the number of statements does not grow with the number of rows around it.
 *
 * Does what the plugin's own `relatedConnection` does, by the same hooks, and differs in the cursors alone: those name a row that must
 * still be there.
 */
export function listRelated<TArgs extends InputFieldMap>(
  t: FieldBuilder,
  relation: string,
  { model, description, args, order, where }: RelatedListOptions<TArgs>,
): FieldRef<Types> {
  type Given = InputShapeFromFields<TArgs> & PageArgs;
  const orderOf = (given: Given) => (typeof order === 'function' ? order(given) : order);

  const select = (
    given: Given,
    _context: Context,
    nestedSelection: (query: Condition, walk: object) => Condition,
    selectedNames: () => ReadonlySet<string>,
  ): Condition => {
    const sorted = orderOf(given);
    const page = readPage(given, sorted);
    const filter = where?.(given) ?? {};
    const names = selectedNames();
    const wantsRows = [...names].some((name) => name !== 'totalCount' && name !== '__typename');
    return {
      select: {
        ...(names.has('totalCount') ? { _count: { select: { [relation]: { where: filter } } } } : {}),
        ...(wantsRows
          ? {
              [relation]: nestedSelection(
                { ...page, where: { AND: [filter, page.where] }, ...relationsIn(sorted) },
                { getType: () => TYPE_NAMES[model] ?? model, paths: NODE_PATHS },
              ),
            }
          : {}),
      },
    };
  };
  const resolve = (row: Condition, given: Given): LazyPage => {
    const sorted = orderOf(given);
    const page = toPage((row[relation] ?? []) as object[], given, sorted);
    return { ...page, totalCount: (row['_count'] as Record<string, number> | undefined)?.[relation] ?? 0 };
  };
  return t.field({
    type: connectionType(model),
    description,
    args: { ...args, ...t.arg.connectionArgs() },
    extensions: { pothosPrismaSelect: select },
    resolve,
  } as never) as FieldRef<Types>;
}

/** What must be read besides the row's own columns for its cursor to be written. */
function relationsIn({ keys }: Order): { select?: Condition } {
  const relations = keys.flatMap(({ path: [name, ...inner] }) =>
    inner.length === 0
      ? []
      : [[name, { select: inner.reduceRight<unknown>((rest, step) => ({ [step]: rest }), true) }] as const],
  );
  return relations.length === 0 ? {} : { select: Object.fromEntries(relations) };
}

interface Delegate {
  findMany: (query: object) => Promise<object[]>;
  count: (query: object) => Promise<number>;
}

function delegateOf(context: Context, model: ModelName): Delegate {
  const name = `${model.charAt(0).toLowerCase()}${model.slice(1)}`;
  return (databaseOf(context) as unknown as Record<string, Delegate>)[name] as Delegate;
}
