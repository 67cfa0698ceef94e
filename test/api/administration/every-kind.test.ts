import { encodeGlobalID } from '@pothos/plugin-relay';
import { isInputObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from '#domain/administration/all-kinds.ts';
import type { FieldTable } from '#domain/administration/field-rules.ts';
import type { ReferenceType } from '#domain/administration/reference-types.ts';
import { toSchema } from '#schema/index.ts';
import { ask } from '#test/support/ask.ts';
import { mutate as mutateAt } from '#test/support/mutate.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
const ids: Record<string, string> = {};

/** What one of each kind is made of, in the order in which they need one another. */
const SAMPLES: readonly { type: ReferenceType; input: () => object; change: object; unique?: string | null }[] = [
  { type: 'OgLive', input: () => ({ name: 'ogLive', kernel: '6.8' }), change: { kernel: '6.9' } },
  {
    type: 'Menu',
    input: () => ({ name: 'Menú', resolution: '1024x768' }),
    change: { publicUrl: 'https://uni.es/menu' },
  },
  { type: 'PxeTemplate', input: () => ({ name: 'Plantilla', template: '#!ipxe' }), change: { firmware: 'UEFI' } },
  { type: 'Command', input: () => ({ name: 'Saludar', script: 'echo hola' }), change: { script: 'echo adiós' } },
  {
    type: 'HardwareProfile',
    input: () => ({ name: 'Torre', components: [{ kind: 'CPU', description: 'i5' }] }),
    change: {
      components: [
        { kind: 'CPU', description: 'i7' },
        { kind: 'CPU', description: 'i7' },
      ],
    },
  },
  {
    type: 'SoftwareProfile',
    input: () => ({ name: 'Aula', software: [{ kind: 'APPLICATION', name: 'vim' }] }),
    change: { software: [] },
  },
  {
    type: 'Center',
    input: () => ({
      name: 'Facultad',
      routerIp: '10.9.0.1',
      netmask: '255.255.255.0',
      ogLiveId: ids['OgLive'],
      network: { dns: ['10.9.0.2'], multicast: { port: 9002 } },
    }),
    change: { network: { ntp: 'hora.uni.es' } },
  },
  {
    type: 'RoomGroup',
    input: () => ({ centerId: ids['Center'], name: 'Planta 1' }),
    change: { comments: 'la de abajo' },
  },
  {
    type: 'Room',
    input: () => ({
      centerId: ids['Center'],
      roomGroupId: ids['RoomGroup'],
      name: 'Aula 1.º B',
      seats: 30,
      menuId: ids['Menu'],
    }),
    change: { seats: 31, hasProjector: true },
  },
  {
    type: 'Blackout',
    input: () => ({
      roomId: ids['Room'],
      name: 'Examen',
      startsAt: '2099-01-20T08:00:00Z',
      endsAt: '2099-01-20T10:00:00Z',
    }),
    change: { endsAt: '2099-01-20T11:00:00Z' },
    unique: null,
  },
  { type: 'ClientGroup', input: () => ({ roomId: ids['Room'], name: 'Fila 1' }), change: { name: 'Fila 2' } },
  {
    type: 'Subnet',
    input: () => ({ cidr: '10.9.0.0/24', routerIp: '10.9.0.1' }),
    change: { name: 'Docencia' },
    unique: 'cidr',
  },
  {
    type: 'Repository',
    input: () => ({ name: 'ogRepo', ip: '10.9.0.5', path: '/opt/images', centerId: ids['Center'] }),
    change: { path: '/srv/images' },
  },
  {
    type: 'Client',
    input: () => ({
      roomId: ids['Room'],
      groupId: ids['ClientGroup'],
      repositoryId: ids['Repository'],
      name: 'pc-ñ',
      mac: '0200.0900.0001',
      ip: '10.9.0.10',
      autoexecId: ids['Command'],
      hardwareProfileId: ids['HardwareProfile'],
    }),
    change: { maintenance: true, serialNumber: 'X1' },
    unique: 'mac',
  },
  {
    type: 'Image',
    input: () => ({
      name: 'aula-9',
      sizeBytes: '1024',
      softwareProfileId: ids['SoftwareProfile'],
      replicas: [{ repositoryId: ids['Repository'], sizeBytes: '512' }],
    }),
    change: { revision: 2 },
  },
];

/** What a thing belongs to for good. */
const KEPT: Partial<Record<ReferenceType, readonly string[]>> = {
  RoomGroup: ['centerId'],
  ClientGroup: ['roomId'],
  Blackout: ['roomId'],
};

const fieldOf = (type: string) => `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
const makes = (type: string) => (type === 'Image' ? 'registerImage' : `create${type}`);
const mutate = (name: string, input: object, selection = '') => mutateAt(server.url, name, input, selection);

const versioned = (type: string) => `${fieldOf(type)} { id recordVersion createdBy }`;

beforeAll(async () => {
  server = await startTestServer({ machines: [] });
});
afterAll(() => server.stop());

describe.each(SAMPLES)('$type', ({ type, input, change, unique = 'name' }) => {
  const row = (answer: Record<string, unknown>) => answer[fieldOf(type)] as { id: string; recordVersion: number };

  it('is made, and can be read again', async () => {
    const made = await mutate(makes(type), input(), versioned(type));
    expect(made).toMatchObject({ [fieldOf(type)]: { recordVersion: 1, createdBy: 'administrator' } });
    ids[type] = row(made).id;
    const { data } = await ask(server.url, `{ node(id: "${ids[type]}") { __typename id } }`);
    expect(data).toEqual({ node: { __typename: type, id: ids[type] } });
  });

  it.skipIf(unique === null)('is not made twice', async () => {
    expect(await mutate(makes(type), input())).toMatchObject({
      code: 'ALREADY_EXISTS',
      path: ['input', unique],
      existingId: ids[type],
    });
  });

  it('changes where its version is the expected one, and only then', async () => {
    const changed = await mutate(`update${type}`, { id: ids[type], expectedVersion: 1, ...change }, versioned(type));
    expect(row(changed).recordVersion).toBe(2);
    expect(await mutate(`update${type}`, { id: ids[type], expectedVersion: 1, comments: 'tarde' })).toMatchObject({
      code: 'STALE_VERSION',
      path: ['input', 'expectedVersion'],
      currentVersion: 2,
    });
    const { data } = await ask(
      server.url,
      `{ node(id: "${ids[type]}") { ... on ${type} { comments recordVersion } } }`,
    );
    expect(data).toMatchObject({ node: { recordVersion: 2 } });
    expect(data).not.toMatchObject({ node: { comments: 'tarde' } });
  });

  it('keeps its version where nothing changes', async () => {
    const comments = { id: ids[type], comments: 'una nota' };
    const first = row(await mutate(`update${type}`, comments, versioned(type))).recordVersion;
    expect(row(await mutate(`update${type}`, comments, versioned(type))).recordVersion).toBe(first);
  });

  it('of which two change it at once, lets one', async () => {
    const { data } = await ask(server.url, `{ node(id: "${ids[type]}") { ... on ${type} { recordVersion } } }`);
    const node = data?.['node'] as { recordVersion: number } | undefined;
    const answers = await Promise.all(
      ['uno', 'otro', 'tercero'].map((comments) =>
        mutate(`update${type}`, { id: ids[type], expectedVersion: node?.recordVersion, comments }),
      ),
    );
    expect(answers.filter(({ code }) => code === 'STALE_VERSION')).toHaveLength(2);
  });

  it('cannot be emptied of what it must have', async () => {
    for (const [field, rule] of Object.entries(KINDS[type].fields)) {
      if ('fields' in rule || rule.presence !== 'always' || ['centerId', 'roomId'].includes(field)) continue;
      expect(await mutate(`update${type}`, { id: ids[type], [field]: null })).toMatchObject({
        code: 'INVALID_INPUT',
        fault: 'REQUIRED',
        path: ['input', field],
      });
    }
  });

  it('refers to nothing that there is not', async () => {
    const nothing = '01936caa-ffff-7000-8000-000000000000';
    for (const [field, rule] of Object.entries(KINDS[type].fields)) {
      if ('fields' in rule || rule.references === undefined) continue;
      if (KEPT[type]?.includes(field) === true) continue;
      for (const id of [encodeGlobalID(rule.references, nothing), ids[type], 'nada']) {
        if (id === ids[type] && rule.references === type) continue;
        expect(await mutate(`update${type}`, { id: ids[type], [field]: id })).toMatchObject({
          code: 'NOT_FOUND',
          path: ['input', field],
        });
      }
    }
    const gone = { id: encodeGlobalID(type, nothing) };
    expect(await mutate(`update${type}`, gone)).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'id'] });
    expect(await mutate(`delete${type}`, gone)).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'id'] });
  });

  it('has a rule for every field of its inputs, and an input for every rule', () => {
    const schema = toSchema();
    const fieldsOf = (name: string): string[] => {
      const inputType = schema.getType(name);
      if (!isInputObjectType(inputType)) throw new Error(`there is no input ${name}`);
      return Object.keys(inputType.getFields());
    };
    const rules = (table: FieldTable) => Object.keys(table);
    const expected = [...rules(KINDS[type].fields), ...(KINDS[type].rest ?? [])].toSorted();
    const create = `${makes(type).charAt(0).toUpperCase()}${makes(type).slice(1)}Input`;
    expect(fieldsOf(create).toSorted()).toEqual(expected);
    const kept = KEPT[type] ?? [];
    expect(fieldsOf(`Update${type}Input`).toSorted()).toEqual(
      [...expected.filter((field) => !kept.includes(field)), 'id', 'expectedVersion'].toSorted(),
    );
  });
});

describe('deleting', () => {
  it('says what hangs from a thing, and takes it along where it is told to', async () => {
    expect(await mutate('deleteCenter', { id: ids['Center'] })).toMatchObject({
      code: 'IN_USE',
      usedBy: [
        { type: 'Repository', count: 1 },
        { type: 'Client', count: 1 },
        { type: 'ClientGroup', count: 1 },
        { type: 'Blackout', count: 1 },
        { type: 'Room', count: 1 },
        { type: 'RoomGroup', count: 1 },
      ],
      canCascade: false,
    });
    expect(await mutate('deleteRepository', { id: ids['Repository'] })).toMatchObject({
      code: 'IN_USE',
      usedBy: [
        { type: 'ImageReplica', count: 1 },
        { type: 'Client', count: 1 },
      ],
      canCascade: true,
    });
    const gone = 'deletedId affected { type count }';
    expect(await mutate('deleteRepository', { id: ids['Repository'], cascade: true }, gone)).toMatchObject({
      deletedId: ids['Repository'],
    });
    expect(await mutate('deleteCenter', { id: ids['Center'] })).toMatchObject({ code: 'IN_USE', canCascade: true });
    expect(await mutate('deleteCenter', { id: ids['Center'], cascade: true }, gone)).toMatchObject({
      deletedId: ids['Center'],
    });
    const db = server.app.database.prisma;
    expect(await db.client.count({ where: { name: 'pc-ñ' } })).toBe(0);
    expect(await db.room.count({ where: { name: 'Aula 1.º B' } })).toBe(0);
    expect(await db.roomGroup.count()).toBe(0);
  });

  it.each(['Image', 'Subnet', 'HardwareProfile', 'SoftwareProfile', 'Command', 'PxeTemplate', 'Menu', 'OgLive'])(
    '%s, once nothing hangs from it, happens once',
    async (type) => {
      expect(await mutate(`delete${type}`, { id: ids[type], cascade: true }, 'deletedId')).toMatchObject({
        deletedId: ids[type],
      });
      expect(await mutate(`delete${type}`, { id: ids[type] })).toMatchObject({ code: 'NOT_FOUND' });
    },
  );
});
