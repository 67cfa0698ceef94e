import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import type PrismaTypes from '#prisma/generated/pothos-types.ts';
import { getDatamodel } from '#prisma/generated/pothos-types.ts';
import { databaseOf } from './context.ts';
import type { Context } from './context.ts';
import { couldName, decodeNodeId, resolveEachNode } from './node-id.ts';

export interface SchemaTypes {
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string | number };
    DateTime: { Input: Date; Output: Date };
    MAC: { Input: string; Output: string };
    IPv4: { Input: string; Output: string };
    CIDR: { Input: string; Output: string };
    UUID: { Input: string; Output: string };
    BigInt: { Input: bigint; Output: bigint };
  };
}

export const builder = new SchemaBuilder<SchemaTypes>({
  defaultFieldNullability: false,
  // The errors plugin comes before the Prisma plugin: the other way round, unions of Prisma objects lose their selections.
  plugins: [ErrorsPlugin, RelayPlugin, PrismaPlugin],
  errors: { directResult: true, defaultTypes: [] },
  relay: {
    cursorType: 'String',
    idFieldOptions: { description: 'Opaque and stable: the same thing always has the same id.' },
    nodeTypeOptions: { description: 'Anything that has an id of its own and can be fetched again by it.' },
    // An id that is none is an id of nothing: `node` answers null, as for any id that names nothing the viewer may see.
    decodeGlobalID: decodeNodeId,
    nodeQueryOptions: {
      description: 'Whatever has this id; null when nothing has, or nothing the viewer may see. Permission: read.',
      args: { id: { description: 'Id of a thing of any type.' } },
      resolve: (_root, { id }, _context, _info, resolveNode) => (couldName(id) ? resolveNode(id) : null),
    },
    nodesQueryOptions: {
      description: 'Whatever has these ids, in their order, null for each that names nothing. Permission: read.',
      args: { ids: { description: 'Ids of things of any types, at most 100.' } },
      resolve: (_root, { ids }, _context, _info, resolveNodes) => resolveEachNode(ids, resolveNodes),
    },
    pageInfoTypeOptions: { description: 'Where a page stands in its list, after the Relay connection specification.' },
    pageInfoFieldOptions: {
      description: 'Whether there is more before and after this page, and the cursors to ask for it.',
    },
    hasNextPageFieldOptions: { description: 'Whether more items follow this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether items come before this page.' },
    startCursorFieldOptions: { description: 'Cursor of the first item of this page; null on an empty page.' },
    endCursorFieldOptions: { description: 'Cursor of the last item of this page; null on an empty page.' },
    edgesFieldOptions: { description: 'The items of this page, each with its cursor.' },
    nodesOnConnection: { description: 'The items of this page, without their cursors.' },
    nodeFieldOptions: { description: 'The item.' },
    cursorFieldOptions: { description: 'Where the item stands in the list: give it as `after` or `before`.' },
    firstArgOptions: {
      description: 'How many items from the start, 0 to 100; 100 when nothing is said. More is an error.',
    },
    lastArgOptions: { description: 'How many items from the end, 0 to 100. More is an error.' },
    afterArgOptions: { description: 'Only items after this cursor.' },
    beforeArgOptions: { description: 'Only items before this cursor.' },
    defaultConnectionTypeOptions: { description: 'A page of a list, after the Relay connection specification.' },
    defaultEdgeTypeOptions: { description: 'An item of a list with its place in it.' },
  },
  prisma: {
    client: databaseOf,
    dmmf: { datamodel: getDatamodel().datamodel },
    onUnusedQuery: 'error',
  },
});

builder.queryType({ description: 'What can be asked. Permission: read, unless a field says otherwise.' });
builder.mutationType({
  description:
    'What can be done. Each takes one `input` and answers with its payload, or with an error that says what is wrong and where.',
});
builder.subscriptionType({
  description:
    'What can be followed live. Each starts after a cursor, replays what came since, and goes on as it happens.',
});
