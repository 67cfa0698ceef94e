// The contract may grow; what was released stays until its removal has been announced: schema/released/README.md.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  BreakingChangeType,
  DangerousChangeType,
  buildSchema,
  findSchemaChanges,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  resolveSchemaCoordinate,
} from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const RELEASED = join(ROOT, 'schema', 'released');

interface AcceptedBreak {
  /** The change in the words in which the test names it, or a pattern for several of a kind. */
  change: string | RegExp;
  why: string;
}

/** Breaks of the newest release that were decided on. The next release empties the list. */
const ACCEPTED_BREAKS: readonly AcceptedBreak[] = [];

function readSchema(path: string): GraphQLSchema {
  return buildSchema(readFileSync(path, 'utf8'));
}

function byVersion(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

function isAccepted(change: string, accepted: readonly AcceptedBreak[]): boolean {
  return accepted.some((each) => (typeof each.change === 'string' ? each.change === change : each.change.test(change)));
}

function findDangers(before: GraphQLSchema, after: GraphQLSchema): string[] {
  return findSchemaChanges(before, after)
    .filter(({ type }) => type in DangerousChangeType)
    .map(({ description }) => description);
}

function findBreaks(before: GraphQLSchema, after: GraphQLSchema): string[] {
  const breaks = findSchemaChanges(before, after)
    .filter(({ type }) => type in BreakingChangeType)
    .map(({ description }) => description);
  // graphql does not compare this; a client that gives two fields would be refused.
  const narrowed = Object.values(before.getTypeMap()).filter((type) => {
    const now = after.getType(type.name);
    return isInputObjectType(type) && isInputObjectType(now) && !type.isOneOf && now.isOneOf;
  });
  return [...breaks, ...narrowed.map(({ name }) => `Input ${name} became @oneOf.`)];
}

const versions = readdirSync(RELEASED)
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => name.slice(0, -'.graphql'.length))
  .toSorted(byVersion);
const newest = versions.at(-1) ?? 'none';
const released = readSchema(join(RELEASED, `${newest}.graphql`));
const present = readSchema(join(ROOT, 'schema', 'schema.graphql'));

describe('the released contracts', () => {
  it('are in the order of their versions, not of their letters', () => {
    expect(['0.9.0', '0.10.0', '1.0.0', '0.1.0'].toSorted(byVersion)).toEqual(['0.1.0', '0.9.0', '0.10.0', '1.0.0']);
  });

  it('have the version that this package says it has', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(versions).toContain(version);
  });
});

describe(`a client written for ${newest}`, () => {
  const breaks = findBreaks(released, present);

  it('is not broken by the present contract', async ({ annotate }) => {
    // For whoever looks (--reporter=verbose): a new value of an enumeration is no break, but it is not nothing either.
    for (const danger of findDangers(released, present)) await annotate(danger, 'notice');
    expect(breaks.filter((change) => !isAccepted(change, ACCEPTED_BREAKS))).toEqual([]);
  });

  it('was thought of in each accepted break, and each still is one', () => {
    const idle = ACCEPTED_BREAKS.filter((accepted) => !breaks.some((change) => isAccepted(change, [accepted])));
    expect(idle).toEqual([]);
    expect(ACCEPTED_BREAKS.filter(({ why }) => why.trim() === '')).toEqual([]);
  });

  it.each([
    ['Field Trace.client changed type from Client! to Client.', true],
    ['Field Trace.client changed type from Client! to Room.', false],
    ['Menu was removed.', true],
    ['MenuItem was removed.', false],
  ])('may only be broken as decided: %s', (change, expected) => {
    const accepted = [
      { change: 'Field Trace.client changed type from Client! to Client.', why: 'its client may be gone' },
      { change: /^Menu\w? was removed\.$/, why: 'never answered' },
    ];
    expect(isAccepted(change, accepted)).toBe(expected);
  });
});

const BEFORE = `
  type Query { room(id: ID!): Room rooms(filter: Filter): [Room!]! state: State search: Found }
  interface Named { name: String! }
  type Room implements Named { name: String! netmask: String }
  type Image { size: Int }
  type Menu { title: String }
  union Found = Room | Image
  input Filter { name: String ids: [ID!] }
  enum State { ON OFF }
`;

describe('a break of the contract', () => {
  it.each([
    ['a field is removed', 'netmask: String', '', 'Field Room.netmask was removed.'],
    ['a type is removed', 'type Menu { title: String }', '', 'Menu was removed.'],
    ['a field has another type', 'state: State', 'state: Int', 'Field Query.state changed type from State to Int.'],
    ['a field may be null', '[Room!]!', '[Room!]', 'Field Query.rooms changed type from [Room!]! to [Room!].'],
    ['a list may have nulls', '[Room!]!', '[Room]!', 'Field Query.rooms changed type from [Room!]! to [Room]!.'],
    [
      'an argument is added and required',
      ' state:',
      ' state(at: Int!):',
      'A required argument Query.state(at:) was added.',
    ],
    [
      'an argument becomes required',
      ': Filter)',
      ': Filter!)',
      'Argument Query.rooms(filter:) has changed type from Filter to Filter!.',
    ],
    ['an argument is removed', '(filter: Filter)', '', 'Argument Query.rooms(filter:) was removed.'],
    ['an input is added and required', '[ID!]', '[ID!] x: Int!', 'A required field Filter.x was added.'],
    ['an input becomes required', '[ID!]', '[ID!]!', 'Field Filter.ids changed type from [ID!] to [ID!]!.'],
    ['an input takes one field only', 'input Filter', 'input Filter @oneOf', 'Input Filter became @oneOf.'],
    ['an enumeration loses a value', 'ON OFF', 'ON', 'Enum value State.OFF was removed.'],
    ['a union loses a member', 'Room | Image', 'Room', 'Image was removed from union type Found.'],
    ['an interface is left', 'Room implements Named', 'Room', 'Room no longer implements interface Named.'],
  ])('is found where %s', (_name, from, to, expected) => {
    const after = buildSchema(BEFORE.replace(from, to));
    expect(findBreaks(buildSchema(BEFORE), after)).toEqual([expected]);
  });

  it.each([
    ['a type is added', 'enum State', 'type More { x: Int } enum State'],
    ['a field is added', 'netmask: String', 'netmask: String router: String'],
    ['a field is never null any more', 'netmask: String', 'netmask: String!'],
    ['an argument is added that can be left out', 'state: State', 'state(at: Int): State'],
    ['a description is written', 'enum State', '"How it is." enum State'],
  ])('is not seen where %s', (_name, from, to) => {
    const after = BEFORE.replace(from, to);
    expect(after).not.toBe(BEFORE);
    expect(findBreaks(buildSchema(BEFORE), buildSchema(after))).toEqual([]);
  });

  it('is told from what is only dangerous', () => {
    const after = buildSchema(BEFORE.replace('ON OFF', 'ON OFF ASLEEP'));
    expect(findBreaks(buildSchema(BEFORE), after)).toEqual([]);
    expect(findDangers(buildSchema(BEFORE), after)).toEqual([expect.stringContaining('ASLEEP')]);
  });
});

const FORM = /^Use `(?<replacement>[^`]+)` instead\. Removed after (?<date>\d{4}-\d\d-\d\d)\.$/;

/** Everything that is deprecated, by its coordinate, with where its neighbours are. */
function findDeprecated(schema: GraphQLSchema): { coordinate: string; owner: string; reason: string }[] {
  const members = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type))
    .flatMap((type) => {
      const of = (name: string, reason: string | null | undefined) => ({
        coordinate: `${type.name}.${name}`,
        owner: `${type.name}.`,
        reason,
      });
      if (isEnumType(type)) return type.getValues().map((value) => of(value.name, value.deprecationReason));
      if (isInputObjectType(type)) {
        return Object.values(type.getFields()).map((field) => of(field.name, field.deprecationReason));
      }
      if (!isObjectType(type) && !isInterfaceType(type)) return [];
      return Object.values(type.getFields()).flatMap((field) => [
        of(field.name, field.deprecationReason),
        ...field.args.map(({ name, deprecationReason }) => ({
          coordinate: `${type.name}.${field.name}(${name}:)`,
          owner: `${type.name}.${field.name}(`,
          reason: deprecationReason,
        })),
      ]);
    });
  return members.flatMap(({ reason, ...member }) => (typeof reason === 'string' ? [{ ...member, reason }] : []));
}

function exists(schema: GraphQLSchema, coordinate: string): boolean {
  try {
    return resolveSchemaCoordinate(schema, coordinate) !== undefined;
  } catch {
    // No coordinate, or one in something that is not there.
    return false;
  }
}

/** What is wrong with the deprecations of a contract on a day, such as `2026-11-23`. */
function findBadDeprecations(schema: GraphQLSchema, today: string): string[] {
  return findDeprecated(schema).flatMap(({ coordinate, owner, reason }) => {
    const { replacement = '', date = '' } = FORM.exec(reason)?.groups ?? {};
    if (replacement === '') {
      return [`${coordinate}: «${reason}» is not «Use \`x\` instead. Removed after 2027-06-30.»`];
    }
    const neighbour = owner.endsWith('(') ? `${owner}${replacement}:)` : `${owner}${replacement}`;
    if (!exists(schema, neighbour) && !exists(schema, replacement)) {
      return [`${coordinate}: there is no ${replacement} to use instead`];
    }
    const day = new Date(date);
    if (Number.isNaN(day.valueOf()) || day.toISOString().slice(0, 10) !== date) {
      return [`${coordinate}: ${date} is no date`];
    }
    return date < today ? [`${coordinate}: was to be removed after ${date}`] : [];
  });
}

describe('what is deprecated', () => {
  it('names its replacement and the day after which it goes, and that day has not passed', () => {
    expect(findBadDeprecations(present, new Date().toISOString().slice(0, 10))).toEqual([]);
  });

  const GOOD = 'Use `now` instead. Removed after 2027-06-30.';
  const places = (reason: string) => {
    const deprecated = reason === '' ? '@deprecated' : `@deprecated(reason: "${reason}")`;
    return {
      'Query.then': `type Query { then: Int ${deprecated} now: Int }`,
      'Query.x(then:)': `type Query { x(then: Int ${deprecated}, now: Int): Int }`,
      'I.then': `type Query { x(i: I): Int } input I { then: Int ${deprecated} now: Int }`,
      'E.THEN': `type Query { x: E now: Int } enum E { THEN ${deprecated.replace('`now`', '`NOW`')} NOW }`,
      'F.then': `type Query { x: F } interface F { then: Int ${deprecated} now: Int }`,
    };
  };

  it.each(Object.entries(places(GOOD)))('is let be up to its last day: %s', (_coordinate, sdl) => {
    expect(findBadDeprecations(buildSchema(sdl), '2027-06-30')).toEqual([]);
  });

  it.each(Object.entries(places(GOOD)))('is refused from the next day on: %s', (coordinate, sdl) => {
    expect(findBadDeprecations(buildSchema(sdl), '2027-07-01')).toEqual([
      `${coordinate}: was to be removed after 2027-06-30`,
    ]);
  });

  it.each(Object.entries(places('')))('is refused without a reason: %s', (coordinate, sdl) => {
    expect(findBadDeprecations(buildSchema(sdl), '2026-11-23')).toEqual([
      expect.stringContaining(`${coordinate}: «No longer supported» is not`),
    ]);
  });

  it.each([
    ['Use `now` instead.', 'is not «Use'],
    ['Removed after 2027-06-30.', 'is not «Use'],
    ['Use now instead. Removed after 2027-06-30.', 'is not «Use'],
    ['Use `now` instead. Removed after June 2027.', 'is not «Use'],
    ['Use `now` instead. Removed after 2027-06-30. Sorry.', 'is not «Use'],
    ['Use `never` instead. Removed after 2027-06-30.', 'there is no never'],
    ['Use `Room.never` instead. Removed after 2027-06-30.', 'there is no Room.never'],
    ['Use `now` instead. Removed after 2027-02-30.', '2027-02-30 is no date'],
    ['Use `now` instead. Removed after 2027-13-01.', '2027-13-01 is no date'],
  ])('is refused for the reason: %s', (reason, expected) => {
    const sdl = places(reason)['Query.then'];
    expect(findBadDeprecations(buildSchema(sdl), '2026-11-23')).toEqual([expect.stringContaining(expected)]);
  });

  it('may name something elsewhere by its coordinate', () => {
    const sdl = places('Use `Room.name` instead. Removed after 2027-06-30.')['Query.then'];
    expect(findBadDeprecations(buildSchema(`${sdl} type Room { name: String }`), '2026-11-23')).toEqual([]);
  });
});
