import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isRequiredInputField,
  isIntrospectionType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  printSchema,
} from 'graphql';
import type { GraphQLField, GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { toSchema } from '#schema/index.ts';
import { NODE_TYPES } from '#schema/node-id.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const schema = toSchema();

/** Our own types: neither introspection's nor the scalars every schema has. */
function typesOf(any: GraphQLSchema) {
  return Object.values(any.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type));
}

function fieldsOf(any: GraphQLSchema): { path: string; field: GraphQLField<unknown, unknown> }[] {
  return typesOf(any).flatMap((type) =>
    isObjectType(type) || isInterfaceType(type)
      ? Object.values(type.getFields()).map((field) => ({ path: `${type.name}.${field.name}`, field }))
      : [],
  );
}

describe('the printed contract', () => {
  it('is what the code says', () => {
    const printed = readFileSync(join(ROOT, 'schema', 'schema.graphql'), 'utf8');
    const withoutLintComments = printed.replaceAll(/^ *# eslint-.*\n/gm, '');
    expect(withoutLintComments).toBe(`# Printed by codegen.ts; do not edit.\n\n${printSchema(schema)}\n`);
  });
});

/** Every name a reader of the schema meets and finds nothing said about. */
function findUndescribed(any: GraphQLSchema): string[] {
  const named: { path: string; description: string | null | undefined }[] = typesOf(any).flatMap((type) => {
    const self = { path: type.name, description: type.description };
    if (isEnumType(type)) {
      return [
        self,
        ...type.getValues().map(({ name, description }) => ({ path: `${type.name}.${name}`, description })),
      ];
    }
    if (isInputObjectType(type)) {
      return [
        self,
        ...Object.values(type.getFields()).map(({ name, description }) => ({
          path: `${type.name}.${name}`,
          description,
        })),
      ];
    }
    return [self];
  });
  for (const { path, field } of fieldsOf(any)) {
    named.push(
      { path, description: field.description },
      ...field.args.map(({ name, description }) => ({ path: `${path}(${name})`, description })),
    );
  }
  return named.filter(({ description }) => (description ?? '').trim() === '').map(({ path }) => path);
}

describe('every type, field, argument, input field and enum value', () => {
  it('has a description', () => {
    expect(findUndescribed(schema)).toEqual([]);
  });

  it('would be missed if it had none', () => {
    const bare = buildSchema(
      'type Query { a(b: C): D! } input C { e: Int } enum D { F } union G = Query scalar H interface I { j: Int }',
    );
    expect(findUndescribed(bare).toSorted()).toEqual(
      ['C', 'C.e', 'D', 'D.F', 'G', 'H', 'I', 'I.j', 'Query', 'Query.a', 'Query.a(b)'].toSorted(),
    );
  });
});

/** What everything that administrators keep shows. */
const KEPT = 'comments recordVersion createdBy createdAt updatedAt';

// api.md, «Core shape», as far as issue 2 goes: consoles and integrations are written against these names.
const SHAPE = `
  Center: id name rooms roomGroups clients repositories routerIp netmask network ogLive menu pxeTemplate stateCounts deployedImages ${KEPT}
  RoomGroup: id name center parent children rooms stateCounts ${KEPT}
  Room: id name center parent routerIp netmask network ogLive menu pxeTemplate bootOrigins location seats hasProjector hasBoard photo remoteAccess reservableFromHour reservableUntilHour validation loginPage validationPage teacherClient groups clients stateCounts deployedImages ${KEPT}
  ClientGroup: id name room parent children clients stateCounts ${KEPT}
  Client: id uuid name mac ip netiface status agentVersion lastSeenAt firmware room center group subnet repository network ogLive menu pxeTemplate bootOrigins autoexec hardwareProfile netDriver loginPage validationPage remoteAccess photo menuResolution validation maintenance disks partitions traces viewerCanDeploy ${KEPT}
  Disk: id number sizeBytes partitionTable partitions client
  Partition: id number code fileSystem sizeBytes usedPercent operatingSystem isCache cachedImages image imageRevision deployedAt softwareProfile disk
  Image: id name description type version architecture kind revision sizeBytes softwareProfile sourceClient sourceDisk sourcePartition revisions replicas deployedOn fitness ${KEPT}
  ImageReplica: id repository image revision status checksum sizeBytes createdAt updatedAt
  ImageRevision: number createdAt sizeBytes sourceClient sourceDisk sourcePartition
  ImageFitness: fits reasons
  DeployedImage: image revision clientCount
  Repository: id name ip path center images imageCount totalSizeBytes clients ${KEPT}
  Subnet: id name cidr netmask router clients ${KEPT}
  NetworkSettings: routerIp netmask dns ntp proxy multicast p2p origins
  MulticastSettings: address port mode speedMbps
  P2pSettings: mode seedSeconds
  NetworkSettingOrigin: setting origin
  BootOrigins: ogLive menu pxeTemplate
  OgLive: id name isDefault status distribution kernel architecture revision directory iso ${KEPT}
  Menu: id name isDefault description resolution publicUrl privateUrl ${KEPT}
  PxeTemplate: id name description firmware template ${KEPT}
  HardwareProfile: id name description components clients ${KEPT}
  HardwareComponent: kind description
  SoftwareProfile: id number name description software images partitions ${KEPT}
  Software: kind name
  Command: id name action script hasParameters description ${KEPT}
  Operation: id action status requestedBy createdAt finishedAt progress counts traces cursor
  Trace: id action status progress phase jobId client operation input output error createdAt startedAt lastHeardAt finishedAt events
  TraceError: code engineCode message
  TraceEvent: cursor at kind status progress message
  Query: node nodes viewer centers center rooms room clients client clientByMac images image repository repositories subnet subnets roomGroup roomGroups clientGroup clientGroups ogLive ogLives menu menus pxeTemplate pxeTemplates hardwareProfile hardwareProfiles softwareProfile softwareProfiles command commands operations operation traces trace planDeployment
  Mutation: deployImage
  Subscription: traceUpdated clientUpdated
  TraceUpdate: cursor event trace
  DeployImagePayload: operation outcomes replayed cursor
`;

const ENUMS: Record<string, string> = {
  ClientStatus:
    'OFF INITIALIZING OGLIVE BUSY LINUX LINUX_SESSION WINDOWS WINDOWS_SESSION MACOS MACOS_SESSION DISCONNECTED UNKNOWN',
  ImageStatus: 'PENDING CREATING AUXILIARY_FILES_PENDING READY FAILED CORRUPT TRANSFERRING TRASH',
  TraceStatus: 'PENDING SENDING UNKNOWN RUNNING CANCELLING SUCCEEDED FAILED CANCELLED LOST',
  SettingOrigin: 'CLIENT ROOM CENTER DEFAULT NONE',
  DeployMethod: 'UNICAST UNICAST_DIRECT UDPCAST UDPCAST_DIRECT UFTP UFTP_DIRECT P2P',
};

const NODES = [
  'Center',
  'RoomGroup',
  'Room',
  'ClientGroup',
  'Client',
  'Disk',
  'Partition',
  'Image',
  'ImageReplica',
  'Repository',
  'OgLive',
  'Menu',
  'PxeTemplate',
  'HardwareProfile',
  'SoftwareProfile',
  'Command',
  'Subnet',
  'Operation',
  'Trace',
];

function typeNamed(name: string) {
  const type = schema.getType(name);
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) {
    throw new Error(`there is no type ${name} with fields`);
  }
  return type;
}

describe('the names that others build on', () => {
  const lines = SHAPE.trim()
    .split('\n')
    .map((line) => line.trim().split(/:? /));

  it.each(lines)('%s has all its fields', (name, ...fields) => {
    const present = Object.keys(typeNamed(name ?? '').getFields());
    expect(fields.filter((field) => !present.includes(field))).toEqual([]);
  });

  it.each(Object.entries(ENUMS))('%s has exactly its values', (name, values) => {
    const type = schema.getType(name);
    expect(
      isEnumType(type) &&
        type
          .getValues()
          .map((value) => value.name)
          .toSorted(),
    ).toEqual(values.split(' ').toSorted());
  });

  it.each(NODES)('%s can be fetched again by its id', (name) => {
    const type = schema.getType(name);
    expect(isObjectType(type) && type.getInterfaces().map((each) => each.name)).toContain('Node');
  });

  it('a deployment is asked for and answered in this form, with nothing more that must be said', () => {
    const typesIn = (name: string) =>
      Object.fromEntries(Object.values(typeNamed(name).getFields()).map((field) => [field.name, String(field.type)]));
    expect(typesIn('DeployImageInput')).toMatchObject({
      imageId: 'ID!',
      repositoryId: 'ID',
      target: 'OperationTargetInput!',
      disk: 'Int!',
      partition: 'Int!',
      method: 'DeployMethod!',
      multicast: 'MulticastOptionsInput',
      p2p: 'P2pOptionsInput',
      onBlocked: 'BlockedPolicy!',
      planToken: 'String',
      idempotencyKey: 'String',
      waitForAgentsMs: 'Int',
    });
    const input = schema.getType('DeployImageInput');
    const needed = isInputObjectType(input) ? Object.values(input.getFields()).filter(isRequiredInputField) : [];
    expect(needed.map(({ name }) => name)).toEqual(['disk', 'imageId', 'method', 'partition', 'target']);
    expect(printSchema(schema)).toMatch(/onBlocked: BlockedPolicy! = REJECT_ALL[\s\S]*waitForAgentsMs: Int = 5000/);
    expect(typesIn('OperationTargetInput')).toEqual({
      clientIds: '[ID!]',
      groupId: 'ID',
      roomId: 'ID',
      centerId: 'ID',
    });
    const target = schema.getType('OperationTargetInput');
    expect(isInputObjectType(target) && target.isOneOf).toBe(true);
    expect(typesIn('DeployImagePayload')).toEqual({
      operation: 'Operation!',
      outcomes: '[ClientOutcome!]!',
      replayed: 'Boolean!',
      cursor: 'String!',
    });
    expect(typesIn('Error')).toEqual({ code: 'ErrorCode!', message: 'String!', path: '[String!]' });
  });
});

describe('mutations', () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

  it('are there', () => {
    expect(mutations.length).toBeGreaterThan(0);
  });

  it.each(mutations)('$name takes one input and answers with its payload or an Error', ({ args, type }) => {
    expect(args.map(({ name }) => name)).toEqual(['input']);
    expect(args.every((argument) => isNonNullType(argument.type) && isInputObjectType(argument.type.ofType))).toBe(
      true,
    );
    const result = getNamedType(type);
    if (!isUnionType(result)) throw new Error(`${result.name} is no union`);
    const others = result.getTypes().filter((member) => !member.getInterfaces().some(({ name }) => name === 'Error'));
    expect(others).toHaveLength(1);
    expect(others[0]?.name).toMatch(/Payload$/);
  });
});

describe('our scalars', () => {
  it.each(typesOf(schema).filter(isScalarType))('$name says where it is specified', ({ specifiedByURL }) => {
    expect(specifiedByURL).toMatch(/^https:\/\//);
  });
});

describe('connections', () => {
  const connections = typesOf(schema).filter((type) => isObjectType(type) && type.name.endsWith('Connection'));
  const typeOf = (type: unknown, field: string) => (isObjectType(type) ? type.getFields()[field]?.type : undefined);

  it.each(connections)('$name is what Relay expects', (connection) => {
    const edges = typeOf(connection, 'edges');
    const list = isNonNullType(edges) ? edges.ofType : edges;
    if (!isListType(list)) throw new Error('its edges are no list');
    const edge = getNamedType(list);
    expect(edge.name).toMatch(/Edge$/);
    expect(String(typeOf(edge, 'cursor'))).toBe('String!');
    expect(getNamedType(typeOf(edge, 'node'))).toBe(getNamedType(typeOf(connection, 'nodes')));
    expect(String(typeOf(connection, 'pageInfo'))).toBe('PageInfo!');
    expect(String(typeOf(connection, 'totalCount'))).toBe('Int!');
  });

  it('say where a page stands as Relay does', () => {
    const fields = Object.values(typeNamed('PageInfo').getFields()).map(({ name, type }) => `${name}: ${String(type)}`);
    expect(fields.toSorted()).toEqual([
      'endCursor: String',
      'hasNextPage: Boolean!',
      'hasPreviousPage: Boolean!',
      'startCursor: String',
    ]);
  });

  it.each(fieldsOf(schema).filter(({ field }) => getNamedType(field.type).name.endsWith('Connection')))(
    '$path can be paged both ways',
    ({ field }) => {
      const args = Object.fromEntries(field.args.map(({ name, type }) => [name, String(type)]));
      expect(args).toMatchObject({ first: 'Int', after: 'String', last: 'Int', before: 'String' });
      expect(isNonNullType(field.type)).toBe(true);
    },
  );

  it('are the only lists of edges', () => {
    const others = fieldsOf(schema).filter(
      ({ path, field }) => getNamedType(field.type).name.endsWith('Edge') && !path.endsWith('Connection.edges'),
    );
    expect(others.map(({ path }) => path)).toEqual([]);
  });
});

const WRITE =
  /\.(?:create|createMany|createManyAndReturn|update|updateMany|updateManyAndReturn|upsert|delete|deleteMany|\$executeRaw|\$executeRawUnsafe|\$transaction)\s*[(`<]/;

describe('the schema folder', () => {
  const files = readdirSync(join(ROOT, 'schema'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );

  it.each(files)('%s writes nothing to the database', (name) => {
    expect(WRITE.exec(readFileSync(join(ROOT, 'schema', name), 'utf8'))?.[0]).toBeUndefined();
  });

  it('would be caught at it', () => {
    for (const write of [
      'db.client.create({',
      'db\n  .client.updateMany ({',
      'tx.$executeRaw`UPDATE',
      'db.trace.upsert<X>(',
      'db.$transaction(',
    ]) {
      expect(write).toMatch(WRITE);
    }
    for (const read of ['db.client.findMany({', 'createContext(', 'updated(', 'trace.createdAt', 'db.client.count(']) {
      expect(read).not.toMatch(WRITE);
    }
  });
});

describe('ids', () => {
  it('are read for every type that is a node, and for no other', () => {
    const nodes = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'),
    );
    expect(nodes.map(({ name }) => name)).toEqual([...NODE_TYPES].toSorted());
  });
});
