import type { FieldRef, InputFieldMap, InputShapeFromFields, ObjectRef } from '@pothos/core';
import { getRefFromModel, queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import type { Storage } from '#domain/storage.ts';
import type PrismaTypes from '#prisma/generated/pothos-types.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import type { Context } from '#schema/context.ts';
import { startCursor } from '#schema/tracing/payload-cursor.ts';
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

builder.globalConnectionField('cursor', (t) =>
  t.string({
    description:
      'Where the event log stood before this page was read: subscribe after it to miss nothing of what changes from then on.',
    resolve: (_page, _args, context) => startCursor(context),
  }),
);

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

/** A condition that something must be read for first; asked once for all lists of one field. */
export type DeferredWhere = (db: Storage) => Promise<object>;

interface RootListOptions<TArgs extends InputFieldMap> extends ListOptions<TArgs> {
  model: ModelName;
  where?: (args: InputShapeFromFields<TArgs>) => object | DeferredWhere;
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
    const sorted = ofModel(model, typeof order === 'function' ? order(given) : order);
    const page = readPage(given, sorted);
    const filter = await readWhere(where?.(given), context);
    const rows = delegateOf(context, model);
    return createLazyPage({
      load: async () => {
        const list = await rows.findMany({
          ...queryFromInfo({ context, info, paths: NODE_PATHS, ...(cursorColumns(sorted) as object) }),
          ...page,
          where: { AND: [filter, page.where] },
        });
        return toPage(list, given, sorted);
      },
      count: () => rows.count({ where: filter }),
    });
  };
  return t.field({
    type: connectionType(model),
    description,
    args: { ...args, ...t.arg.connectionArgs() },
    resolve,
  } as never) as FieldRef<Types>;
}

function readWhere(where: object | DeferredWhere | undefined, context: Context): object | Promise<object> {
  return typeof where === 'function' ? (where as DeferredWhere)(databaseOf(context)) : (where ?? {});
}

function createLazyPage({
  load,
  count,
}: {
  load: () => Promise<Page<object>>;
  count: () => Promise<number>;
}): LazyPage {
  let found: Promise<Page<object>> | undefined;
  const loadOnce = () => (found ??= load());
  return {
    get edges() {
      return loadOnce().then(({ edges }) => edges);
    },
    get pageInfo() {
      return loadOnce().then(({ pageInfo }) => pageInfo);
    },
    totalCount: count,
  };
}

interface RelatedListOptions<TArgs extends InputFieldMap> extends ListOptions<TArgs> {
  model: ModelName;
  where?: (args: InputShapeFromFields<TArgs>) => object | DeferredWhere;
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
  const orderOf = (given: Given) => ofModel(model, typeof order === 'function' ? order(given) : order);

  const select = (
    given: Given,
    _context: Context,
    nestedSelection: (query: Condition, walk: object) => Condition,
    selectedNames: () => ReadonlySet<string>,
  ): Condition => {
    const sorted = orderOf(given);
    const page = readPage(given, sorted);
    const filter = where?.(given) ?? {};
    if (typeof filter === 'function') return { select: { id: true } };
    const names = selectedNames();
    const wantsRows = [...names].some((name) => name !== 'totalCount' && name !== '__typename');
    return {
      select: {
        ...(names.has('totalCount') ? { _count: { select: { [relation]: { where: filter } } } } : {}),
        ...(wantsRows
          ? {
              [relation]: nestedSelection(
                { ...page, where: { AND: [filter, page.where] }, ...cursorColumns(sorted) },
                { getType: () => TYPE_NAMES[model] ?? model, paths: NODE_PATHS },
              ),
            }
          : {}),
      },
    };
  };
  // What is read first is known too late for the planner. Lists of one field wait for it together, and Prisma then makes one statement
  // of what they ask for at the same moment.
  const readDeferred = async (
    row: Condition,
    given: Given,
    deferred: DeferredWhere,
    context: Context,
    info: GraphQLResolveInfo,
  ): Promise<LazyPage> => {
    const sorted = orderOf(given);
    const page = readPage(given, sorted);
    const filter = await deferred(databaseOf(context));
    const find = (wanted: object) =>
      delegateOf(context, info.parentType.name).findUnique({
        where: { id: row['id'] },
        select: wanted,
      }) as Promise<Condition | null>;
    return createLazyPage({
      load: async () => {
        const query = queryFromInfo({ context, info, paths: NODE_PATHS, ...(cursorColumns(sorted) as object) });
        const found = await find({ [relation]: { ...query, ...page, where: { AND: [filter, page.where] } } });
        return toPage((found?.[relation] ?? []) as object[], given, sorted);
      },
      count: async () => {
        const found = await find({ _count: { select: { [relation]: { where: filter } } } });
        return (found?.['_count'] as Record<string, number> | undefined)?.[relation] ?? 0;
      },
    });
  };
  const resolve = (
    row: Condition,
    given: Given,
    context: Context,
    info: GraphQLResolveInfo,
  ): LazyPage | Promise<LazyPage> => {
    const filter = where?.(given);
    if (typeof filter === 'function') return readDeferred(row, given, filter as DeferredWhere, context, info);
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

/** An order whose cursors are of one model’s lists: one of another list would stand anywhere in this one. */
function ofModel(model: ModelName, order: Order): Order {
  return { ...order, tag: `${model}:${order.tag}` };
}

/** What must be read for a row's cursor to be written: nobody may have asked for anything else of it. */
function cursorColumns({ keys }: Order): { select: Condition } {
  return {
    select: Object.fromEntries(
      keys.map(({ path: [name, ...inner] }) => [
        name,
        inner.reduceRight<unknown>((rest, step) => ({ select: { [step]: rest } }), true),
      ]),
    ),
  };
}

interface Delegate {
  findMany: (query: object) => Promise<object[]>;
  findUnique: (query: object) => Promise<object | null>;
  count: (query: object) => Promise<number>;
}

function delegateOf(context: Context, model: string): Delegate {
  const name = `${model.charAt(0).toLowerCase()}${model.slice(1)}`;
  return (databaseOf(context) as unknown as Record<string, Delegate>)[name] as Delegate;
}
