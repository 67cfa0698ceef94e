import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { ask } from '#test/support/ask.ts';
import { clientId, modelId } from '#test/support/deploy.ts';
import { mutate as mutateAt } from '#test/support/mutate.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
});
afterAll(() => server.stop());

const mutate = (name: string, input: object, selection = '') => mutateAt(server.url, name, input, selection);
const centerId = encodeGlobalID('Center', scenario.center.id);
const roomId = encodeGlobalID('Room', scenario.room.id);
const subnetId = encodeGlobalID('Subnet', scenario.subnet.id);
const invalid = (fault: string, ...path: string[]) => ({ code: 'INVALID_INPUT', fault, path: ['input', ...path] });

let next = 100;
const newClient = (changes: object = {}) => {
  next += 1;
  return {
    roomId,
    name: `pc${next}`,
    mac: `02:00:00:00:00:${(next % 256).toString(16).padStart(2, '0')}`,
    ip: `192.168.2.${next}`,
    ...changes,
  };
};
const CLIENT = 'client { id name mac ip subnet { cidr } group { id } room { id } }';

describe('a client', () => {
  it.each(['0800.27aa.bb01', '08-00-27-AA-BB-02', ' 080027aabb03 ', '08:00:27:aa:bb:04'])(
    'takes the MAC address %j as people paste it',
    async (mac) => {
      const { client } = (await mutate('createClient', newClient({ mac }), CLIENT)) as { client: { mac: string } };
      expect(client.mac).toMatch(/^08:00:27:AA:BB:0\d$/);
    },
  );

  it.each([
    ['a MAC address that is none', { mac: '08:00:27:0b:88' }, 'BAD_MAC', 'mac'],
    ['that of a group of machines', { mac: '01:00:5e:00:00:01' }, 'BAD_MAC', 'mac'],
    ['no address at all', { mac: '00:00:00:00:00:00' }, 'BAD_MAC', 'mac'],
    ['an IP address that is none', { ip: '192.168.2.300' }, 'BAD_IP', 'ip'],
    ['one with leading zeros', { ip: '192.168.002.3' }, 'BAD_IP', 'ip'],
    ['a loopback address', { ip: '127.0.0.1' }, 'NOT_A_HOST', 'ip'],
    ['an address outside of its subnet', { ip: '10.0.0.1', subnetId }, 'OUTSIDE_NETWORK', 'ip'],
    ['the network’s own address', { ip: '192.168.2.0', subnetId }, 'OUTSIDE_NETWORK', 'ip'],
    ['the broadcast address', { ip: '192.168.2.255', subnetId }, 'OUTSIDE_NETWORK', 'ip'],
    ['a blank name', { name: '  ' }, 'EMPTY', 'name'],
    ['a name of 101 characters', { name: 'x'.repeat(101) }, 'TOO_LONG', 'name'],
    ['a name with a line break', { name: 'pc\n1' }, 'BAD_CHARACTERS', 'name'],
    ['a name read in a wrong encoding', { name: 'pc\uFFFD' }, 'BAD_CHARACTERS', 'name'],
    ['a resolution that is none', { menuResolution: 'grande' }, 'BAD_RESOLUTION', 'menuResolution'],
    ['a page that is none', { loginPage: 'javascript:alert(1)' }, 'BAD_URL', 'loginPage'],
  ])('is refused with %s', async (_name, changes, fault, field) => {
    expect(await mutate('createClient', newClient(changes))).toMatchObject(invalid(fault, field));
  });

  it('finds its subnet by its address', async () => {
    expect(await mutate('createClient', newClient(), CLIENT)).toMatchObject({
      client: { subnet: { cidr: scenario.subnet.cidr } },
    });
    expect(await mutate('createClient', newClient({ ip: '10.1.1.1' }), CLIENT)).toMatchObject({
      client: { subnet: null },
    });
  });

  it('of which two come with one address at once, is let in once', async () => {
    const mac = '02:11:22:33:44:55';
    const answers = await Promise.all([1, 2, 3].map(() => mutate('createClient', newClient({ mac }))));
    expect(answers.filter(({ code }) => code === 'ALREADY_EXISTS')).toHaveLength(2);
  });

  it('keeps its composed name, however its accents were typed', async () => {
    expect(await mutate('createClient', newClient({ name: 'a\u0301rea n\u0303' }), CLIENT)).toMatchObject({
      client: { name: 'área ñ' },
    });
  });

  it('with a job in hand is not deleted, and with its history only when told to', async () => {
    const { client } = (await mutate('createClient', newClient(), CLIENT)) as { client: { id: string } };
    const db = server.app.database.prisma;
    const id = Buffer.from(client.id, 'base64').toString().slice('Client:'.length);
    const operation = await db.operation.create({
      data: { action: 'REBOOT', requestedBy: 'x', input: {}, inputHash: '', outcomes: [], startSeq: 0n },
    });
    const trace = await db.trace.create({
      data: {
        clientId: id,
        operationId: operation.id,
        action: 'REBOOT',
        status: 'RUNNING',
        agentIp: '192.168.2.9',
        input: {},
      },
    });
    for (const changes of [{ ip: '192.168.2.250' }, { mac: '02:00:00:0F:0F:0F' }]) {
      expect(await mutate('updateClient', { id: client.id, ...changes })).toMatchObject(
        invalid('JOB_IN_HAND', Object.keys(changes).join('')),
      );
    }
    const comments = await mutate('updateClient', { id: client.id, comments: 'Trabajando' }, 'client { comments }');
    expect(comments).toMatchObject({ client: { comments: 'Trabajando' } });
    expect(await mutate('deleteClient', { id: client.id, cascade: true })).toMatchObject({
      code: 'IN_USE',
      canCascade: false,
      message: 'No se puede borrar: lo están usando (1 trabajo en curso, 1 traza).',
    });
    await db.trace.update({ where: { id: trace.id }, data: { status: 'FAILED' } });
    expect(await mutate('deleteClient', { id: client.id })).toMatchObject({ code: 'IN_USE', canCascade: true });
    expect(await mutate('deleteClient', { id: client.id, cascade: true }, 'affected { type count }')).toMatchObject({
      affected: [{ type: 'Trace', count: 1 }],
    });
    expect(await db.operation.count({ where: { id: operation.id } })).toBe(0);
  });
});

describe('a subnet', () => {
  it.each([
    ['no network', { cidr: 'aula' }, 'BAD_NETWORK', 'cidr'],
    ['a machine in one', { cidr: '10.7.0.1/24' }, 'NOT_A_NETWORK', 'cidr'],
    ['one that overlaps another', { cidr: '192.168.0.0/16' }, 'NETWORKS_OVERLAP', 'cidr'],
    ['a router outside of it', { cidr: '10.7.0.0/24', routerIp: '10.8.0.1' }, 'OUTSIDE_NETWORK', 'routerIp'],
  ])('is refused: %s', async (_name, input, fault, field) => {
    expect(await mutate('createSubnet', input)).toMatchObject(invalid(fault, field));
  });

  it('comes in the order of addresses, and not of their letters', async () => {
    await mutate('createSubnet', { cidr: '10.10.0.0/24' });
    await mutate('createSubnet', { cidr: '10.9.0.0/24' });
    await mutate('createSubnet', { cidr: '100.64.0.0/24' });
    const { data } = await ask(server.url, '{ subnets(first: 10) { nodes { cidr } } }');
    const cidrs = ['10.9.0.0/24', '10.10.0.0/24', '100.64.0.0/24', '192.168.2.0/24'];
    expect(data).toEqual({ subnets: { nodes: cidrs.map((cidr) => ({ cidr })) } });
  });

  it('does not shrink away from its clients', async () => {
    expect(await mutate('updateSubnet', { id: subnetId, cidr: '192.168.2.0/30' })).toMatchObject(
      invalid('LEAVES_CLIENTS_OUT', 'cidr'),
    );
  });
});

describe('a room', () => {
  it.each([
    ['a netmask that is none', { netmask: '255.2555.255.0' }, 'BAD_NETMASK', ['netmask']],
    ['one with a hole', { netmask: '255.0.255.0' }, 'BAD_NETMASK', ['netmask']],
    ['an odd port', { network: { multicast: { port: 9001 } } }, 'ODD_PORT', ['network', 'multicast', 'port']],
    ['a port out of range', { network: { multicast: { port: 80 } } }, 'OUT_OF_RANGE', ['network', 'multicast', 'port']],
    [
      'no multicast address',
      { network: { multicast: { address: '10.0.0.1' } } },
      'NOT_MULTICAST',
      ['network', 'multicast', 'address'],
    ],
    ['a DNS server that is none', { network: { dns: ['8.8.8.8', 'x'] } }, 'BAD_IP', ['network', 'dns', '1']],
    [
      'five DNS servers',
      { network: { dns: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4', '1.1.1.5'] } },
      'TOO_MANY',
      ['network', 'dns'],
    ],
    ['an NTP server that is none', { network: { ntp: 'a b' } }, 'BAD_SERVER', ['network', 'ntp']],
    [
      'hours the wrong way round',
      { reservableFromHour: 20, reservableUntilHour: 8 },
      'OUT_OF_RANGE',
      ['reservableUntilHour'],
    ],
  ])('with %s', async (_name, changes, fault, path) => {
    expect(await mutate('updateRoom', { id: roomId, ...changes })).toMatchObject(invalid(fault, ...path));
  });

  it('whose list of DNS servers is emptied has none of its own', async () => {
    const given = await mutate('updateRoom', { id: roomId, network: { dns: ['8.8.8.8'] } }, 'room { network { dns } }');
    expect(given).toMatchObject({ room: { network: { dns: ['8.8.8.8'] } } });
    const emptied = await mutate('updateRoom', { id: roomId, network: { dns: null } }, 'room { network { dns } }');
    expect(emptied).toMatchObject({ room: { network: { dns: [] } } });
  });

  it('has a teacher’s machine of its own, and of no other room', async () => {
    const { room } = (await mutate('createRoom', { centerId, name: 'Sin profesor' }, 'room { id }')) as {
      room: { id: string };
    };
    expect(await mutate('updateRoom', { id: room.id, teacherClientId: modelId })).toMatchObject(
      invalid('OF_ANOTHER_PARENT', 'teacherClientId'),
    );
    const given = await mutate('updateRoom', { id: roomId, teacherClientId: modelId }, 'room { teacherClient { id } }');
    expect(given).toMatchObject({ room: { teacherClient: { id: modelId } } });
  });

  it('leaves its group when it moves to another center, and takes its clients along', async () => {
    const { center } = (await mutate('createCenter', { name: 'Otro' }, 'center { id }')) as { center: { id: string } };
    const { roomGroup } = (await mutate('createRoomGroup', { centerId, name: 'Planta' }, 'roomGroup { id }')) as {
      roomGroup: { id: string };
    };
    const { room } = (await mutate(
      'createRoom',
      { centerId, roomGroupId: roomGroup.id, name: 'Móvil' },
      'room { id }',
    )) as {
      room: { id: string };
    };
    await mutate('createClient', newClient({ roomId: room.id, name: 'viajero' }));
    expect(await mutate('updateRoom', { id: room.id, centerId: center.id, roomGroupId: roomGroup.id })).toMatchObject(
      invalid('OF_ANOTHER_PARENT', 'roomGroupId'),
    );
    const moved = await mutate(
      'moveRooms',
      { roomIds: [room.id], centerId: center.id },
      'movedCount center { clients { nodes { name } } }',
    );
    expect(moved).toMatchObject({ movedCount: 1, center: { clients: { nodes: [{ name: 'viajero' }] } } });
  });
});

describe('groups of rooms', () => {
  it('are never inside of themselves, whoever moves them at the same time', async () => {
    const make = async (name: string, parentId: string | null = null) => {
      const { roomGroup } = (await mutate('createRoomGroup', { centerId, name, parentId }, 'roomGroup { id }')) as {
        roomGroup: { id: string };
      };
      return roomGroup.id;
    };
    const [a, b] = [await make('A'), await make('B')];
    const c = await make('C', a);
    expect(await mutate('updateRoomGroup', { id: a, parentId: c })).toMatchObject(
      invalid('OWN_DESCENDANT', 'parentId'),
    );
    expect(await mutate('updateRoomGroup', { id: a, parentId: a })).toMatchObject(
      invalid('OWN_DESCENDANT', 'parentId'),
    );
    const answers = await Promise.all([
      mutate('updateRoomGroup', { id: a, parentId: b }),
      mutate('updateRoomGroup', { id: b, parentId: a }),
    ]);
    expect(answers.filter(({ code }) => code === 'INVALID_INPUT')).toHaveLength(1);
  });
});

describe('clients', () => {
  it('move together or not at all, and leave their group', async () => {
    const { room } = (await mutate('createRoom', { centerId, name: 'Destino' }, 'room { id }')) as {
      room: { id: string };
    };
    const unknown = encodeGlobalID('Client', scenario.room.id);
    expect(await mutate('moveClients', { roomId: room.id, clientIds: [clientId, unknown] })).toMatchObject({
      code: 'NOT_FOUND',
      path: ['input', 'clientIds', '1'],
    });
    expect(
      await mutate('moveClients', { roomId: room.id, clientIds: [clientId, modelId] }, 'movedCount'),
    ).toMatchObject({ movedCount: 2 });
    expect(await mutate('moveClients', { roomId: room.id, clientIds: [clientId] }, 'movedCount')).toMatchObject({
      movedCount: 0,
    });
    await mutate('moveClients', { roomId, clientIds: [clientId, modelId] });
  });
});

describe('the default ogLive', () => {
  it('is one, whoever is made it at the same time, and never none', async () => {
    const made = await Promise.all(
      ['uno', 'dos', 'tres'].map((name) => mutate('createOgLive', { name, isDefault: true }, 'ogLive { id }')),
    );
    expect(
      made.every(({ __typename }) => __typename === 'CreateOgLivePayload' || __typename === 'AlreadyExistsError'),
    ).toBe(true);
    const { data } = await ask(server.url, '{ ogLives { nodes { id isDefault } } }');
    const list = data?.['ogLives'] as { nodes: { id: string; isDefault: boolean }[] } | undefined;
    const defaults = (list?.nodes ?? []).filter(({ isDefault }) => isDefault);
    expect(defaults).toHaveLength(1);
    const id = defaults[0]?.id;
    expect(await mutate('deleteOgLive', { id, cascade: true })).toMatchObject(invalid('DEFAULT_IS_KEPT', 'id'));
    expect(await mutate('updateOgLive', { id, isDefault: false })).toMatchObject(
      invalid('DEFAULT_IS_KEPT', 'isDefault'),
    );
  });
});

describe('an image', () => {
  it.each(['con espacios', 'con.punto', 'ñandú', 'x'.repeat(51)])('is not named %j', async (name) => {
    expect(await mutate('registerImage', { name })).toMatchObject(invalid('BAD_IMAGE_NAME', 'name'));
  });

  it('never goes back a revision, and keeps each', async () => {
    const { image } = (await mutate('registerImage', { name: 'revisada', revision: 3 }, 'image { id }')) as {
      image: { id: string };
    };
    expect(await mutate('updateImage', { id: image.id, revision: 2 })).toMatchObject(
      invalid('REVISION_GOES_BACK', 'revision'),
    );
    const revised = await mutate(
      'updateImage',
      { id: image.id, revision: 4 },
      'image { revisions { nodes { number } } }',
    );
    expect(revised).toMatchObject({ image: { revisions: { nodes: [{ number: 4 }, { number: 3 }] } } });
  });
});

describe('a PXE template', () => {
  it('has more than spaces', async () => {
    expect(await mutate('createPxeTemplate', { name: 'hueca', template: ' \n ' })).toMatchObject(
      invalid('EMPTY', 'template'),
    );
  });
});

describe('a command', () => {
  it('that runs a script has one', async () => {
    expect(await mutate('createCommand', { name: 'vacío' })).toMatchObject(invalid('SCRIPT_REQUIRED', 'script'));
    expect(await mutate('createCommand', { name: 'apagar', action: 'POWER_OFF' })).toMatchObject({
      __typename: 'CreateCommandPayload',
    });
  });
});
