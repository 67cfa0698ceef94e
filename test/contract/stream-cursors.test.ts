// Whoever reads a list, changes something or follows a stream knows from where to go on.
import { getNamedType, isInterfaceType, isObjectType, isUnionType } from 'graphql';
import type { GraphQLField, GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { formatCursor } from '#domain/tracing/cursor.ts';
import { toSchema } from '#schema/index.ts';

const schema = toSchema();
const EPOCH = '00000000-0000-4000-8000-000000000000';
/** A request that came when the log stood at seven; an order that was sent again has the place where it was first accepted. */
const CONTEXT = { asOf: 7n, services: { epoch: EPOCH } };
const ACCEPTED = { startSeq: 7n };

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
const streams = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
const connections = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && type.name.endsWith('Connection'),
);

function payloadOf({ type }: GraphQLField<unknown, unknown>): GraphQLObjectType {
  const result = getNamedType(type);
  const payload = isUnionType(result) ? result.getTypes().find(({ name }) => name.endsWith('Payload')) : undefined;
  if (payload === undefined) throw new Error(`${result.name} has no payload`);
  return payload;
}

function expectCursorOf(type: GraphQLObjectType): void {
  const cursor = type.getFields()['cursor'];
  expect(String(cursor?.type)).toBe('String!');
  expect(cursor?.resolve?.(ACCEPTED, {}, CONTEXT, {} as GraphQLResolveInfo)).toBe(
    formatCursor({ epoch: EPOCH, seq: 7n }),
  );
}

describe('the cursor to subscribe from, where the log stood when the request came,', () => {
  it('is asked of something', () => {
    expect([mutations, connections, streams].map(({ length }) => length > 4)).toEqual([true, true, true]);
  });

  it.each(mutations)('is in the payload of $name', (mutation) => {
    expectCursorOf(payloadOf(mutation));
  });

  it.each(connections)('is in each $name', (connection) => {
    expectCursorOf(connection);
  });
});

describe('the stream', () => {
  it.each(streams)('$name goes on after a cursor, in either mode, and has one in all it yields', ({ args, type }) => {
    const given = Object.fromEntries(args.map((arg) => [arg.name, String(arg.type)]));
    expect(given).toMatchObject({ after: 'String', mode: 'StreamMode!', maxPerSecond: 'Int' });
    const update = getNamedType(type);
    if (!isInterfaceType(update)) throw new Error(`${update.name} is no interface`);
    expect(String(update.getFields()['cursor']?.type)).toBe('String!');
    expect(schema.getPossibleTypes(update).map(({ name }) => name)).toContain('StreamReset');
  });
});
