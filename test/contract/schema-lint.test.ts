// A linter that says nothing may be one that looked at nothing: each rule of eslint.config.mjs refuses something here.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const SDL = 'schema/schema.graphql';

/** Everything that a line below may add to, as it should be. */
const SOUND = `
"Q." type Query { "N." nodes("I." ids: [ID!]!): [Node]! "R." rooms("C." after: String, "C." before: String, "N." first: Int, "N." last: Int): RoomConnection! }
"M." type Mutation { "C." createRoom("I." input: CreateRoomInput!): CreateRoomResult! }
"S." type Subscription { "R." roomUpdated("C." after: String): Room! }
"N." interface Node { "I." id: ID! }
"R." type Room implements Node { "I." id: ID! "C." createdAt: DateTime! "S." sizeBytes: BigInt "K." kinds: [Kind!]! }
"R." type RoomConnection { "E." edges: [RoomEdge!]! "N." nodes: [Room!]! "P." pageInfo: PageInfo! "T." totalCount: Int! }
"R." type RoomEdge { "C." cursor: String! "N." node: Room! }
"K." enum Kind { "C." CLIENTS_ONLY }
"C." input CreateRoomInput { "C." centerId: ID! "M." maxBytes: BigInt }
"C." union CreateRoomResult = CreateRoomPayload | NotFoundError
"C." type CreateRoomPayload { "R." room: Room! }
"N." type NotFoundError { "M." message: String! }
"D." scalar DateTime
"B." scalar BigInt
`;
const PAGE_INFO =
  '"P." type PageInfo { "E." endCursor: String "N." hasNextPage: Boolean! "P." hasPreviousPage: Boolean! "S." startCursor: String }';

const PAGED = '("C." after: String, "C." before: String, "N." first: Int, "N." last: Int)';

/** What must be refused, each in a line of its own: by which rule, in which words. */
const VIOLATIONS: readonly [rule: string, message: string, line: string][] = [
  ['relay-arguments', 'must include forward pagination', 'extend type Room { "A." a: RoomConnection! }'],
  [
    'relay-arguments',
    'must contain an argument `last`',
    'extend type Room { "B." b("C." after: String, "N." first: Int): RoomConnection! }',
  ],
  [
    'relay-connection-types',
    'must contain a field `edges`',
    `"C." type CConnection { "P." pageInfo: PageInfo! } extend type Room { "C." c${PAGED}: CConnection! }`,
  ],
  [
    'relay-connection-types',
    'must return a non-null `PageInfo`',
    `"D." type DConnection { "E." edges: [RoomEdge!]! "P." pageInfo: PageInfo } extend type Room { "D." d${PAGED}: DConnection! }`,
  ],
  [
    'relay-edge-types',
    'must have "Edge" suffix',
    `"E." type EConnection { "E." edges: [EItem!]! "P." pageInfo: PageInfo! } "E." type EItem { "C." cursor: String! "N." node: Room! } extend type Room { "E." e${PAGED}: EConnection! }`,
  ],
  [
    'relay-edge-types',
    'must contain a field `cursor`',
    `"F." type FConnection { "E." edges: [FEdge!]! "P." pageInfo: PageInfo! } "F." type FEdge { "N." node: Room! } extend type Room { "F." f${PAGED}: FConnection! }`,
  ],
  [
    'relay-page-info',
    '`hasNextPage` must return non-null',
    PAGE_INFO.replace('hasNextPage: Boolean!', 'hasNextPage: Boolean'),
  ],
  [
    'input-name',
    'Input "room" should be named "input"',
    'extend type Mutation { "O." openRoom("R." room: OpenRoomInput!): CreateRoomResult! } "O." input OpenRoomInput { "N." n: Int }',
  ],
  [
    'input-name',
    'name should be `renameRoomInput`',
    'extend type Mutation { "R." renameRoom("I." input: CreateRoomInput!): CreateRoomResult! }',
  ],
  [
    'naming-convention',
    '"room_kind" should be in PascalCase',
    '"R." type room_kind { "N." n: Int } extend type Room { "K." kind: room_kind }',
  ],
  ['naming-convention', '"in_use" should be in camelCase', 'extend type Room { "I." in_use: Int }'],
  ['naming-convention', '"By_day" should be in camelCase', 'extend type Room { "U." use("B." By_day: Int): Int }'],
  ['naming-convention', '"Servers" should be in UPPER_CASE', 'extend enum Kind { "S." Servers }'],
  [
    'naming-convention',
    '"Days" should contain the required pattern',
    '"D." input Days { "N." n: Int } extend type Room { "D." days("D." days: Days): Int }',
  ],
  ['naming-convention', '"getRoom" should not contain', 'extend type Query { "G." getRoom: Room }'],
  ['no-typename-prefix', '"roomName" starts with the name', 'extend type Room { "N." roomName: String }'],
  ['no-unreachable-types', '`Lost` is unreachable', '"L." type Lost { "N." n: Int }'],
  ['require-description', 'for type "Mute"', 'type Mute { "N." n: Int } extend type Room { "M." mute: Mute }'],
  ['require-description', 'for field "silent"', 'extend type Room { silent: Int }'],
  ['require-description', 'for input value "of"', 'extend type Room { "G." g(of: Int): Int }'],
  ['require-description', 'for input value "silent"', 'extend input CreateRoomInput { silent: Int }'],
  ['require-description', 'for enum value "SILENT"', 'extend enum Kind { SILENT }'],
  ['require-description', 'for scalar "Colour"', 'scalar Colour extend type Room { "C." colour: Colour }'],
  [
    'no-restricted-syntax',
    'A mutation answers with a union',
    'extend type Mutation { "S." shutRoom("I." input: ShutRoomInput!): Room! } "S." input ShutRoomInput { "N." n: Int }',
  ],
  [
    'no-restricted-syntax',
    'A subscription can be taken up again',
    'extend type Subscription { "H." h("B." before: String): Room! }',
  ],
  ['no-restricted-syntax', 'Bytes are counted in BigInt', 'extend type Room { "U." usedBytes: Int! }'],
  ['no-restricted-syntax', 'Bytes are counted in BigInt', 'extend input CreateRoomInput { "M." minBytes: Int }'],
  ['no-restricted-syntax', 'is a DateTime', 'extend type Room { "U." usedAt: String! }'],
  ['no-restricted-syntax', 'is the opaque id of a node', 'extend input CreateRoomInput { "G." groupIds: [String!] }'],
  ['no-restricted-syntax', 'No list has nulls in it', 'extend type Room { "N." names: [String]! }'],
];

interface Finding {
  line: number;
  rule: string;
  message: string;
}

describe('the linter of the contract', () => {
  let planted: readonly Finding[] = [];

  beforeAll(async () => {
    planted = await lint([...VIOLATIONS.map(([, , line]) => line), SOUND].join('\n'));
  });

  it.each(VIOLATIONS)('refuses by %s: … %s …', (rule, message, line) => {
    const number = VIOLATIONS.findIndex((violation) => violation[2] === line) + 1;
    const found = planted.filter((finding) => finding.line === number && finding.rule.endsWith(rule));
    expect(found.map((finding) => finding.message)).toContainEqual(expect.stringContaining(message));
  });

  it('refuses nothing else of it', () => {
    expect(planted.filter(({ line }) => line > VIOLATIONS.length)).toEqual([]);
  });

  it('lets a sound contract pass', async () => {
    expect(await lint([PAGE_INFO, SOUND].join('\n'))).toEqual([]);
  });
});

/** Lints a contract as if it were this tree's. */
async function lint(sdl: string): Promise<readonly Finding[]> {
  const copy = mkdtempSync(join(tmpdir(), 'oggraph-schema-lint-'));
  try {
    for (const name of ['eslint.config.mjs', 'package.json']) copyFileSync(join(ROOT, name), join(copy, name));
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
    mkdirSync(join(copy, 'schema'));
    writeFileSync(join(copy, SDL), sdl);
    const eslint = join(ROOT, 'node_modules', 'eslint', 'bin', 'eslint.js');
    const linter = spawn('node', [eslint, '--format=json', SDL], { cwd: copy, stdio: ['ignore', 'pipe', 'inherit'] });
    const [report] = JSON.parse(await readAll(linter.stdout)) as {
      messages: { line: number; ruleId: string | null; message: string }[];
    }[];
    if (report === undefined) throw new Error(`the linter did not look at ${SDL}`);
    return report.messages.map(({ line, ruleId, message }) => ({ line, rule: ruleId ?? 'none', message }));
  } finally {
    rmSync(copy, { recursive: true });
  }
}
