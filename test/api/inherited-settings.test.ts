import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkSetting } from '#domain/inventory/network-settings.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { PlaceSettingsDocument } from '#test/operations.generated.ts';
import { ask } from '#test/support/ask.ts';
import { createPlace } from '#test/support/create-place.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
const db = () => server.app.database.prisma;

beforeAll(async () => {
  server = await startTestServer({ machines: [] });
  await db().ogLive.updateMany({ data: { name: 'ogLive por defecto' } });
  await db().menu.updateMany({ data: { name: 'Menú por defecto' } });
});
afterAll(() => server.stop());

describe('a network setting', () => {
  type Columns = Prisma.RoomUncheckedUpdateInput & Prisma.CenterUncheckedUpdateInput;
  const CASES: [setting: NetworkSetting, room: Columns, center: Columns, unset: 'DEFAULT' | 'NONE'][] = [
    ['ROUTER_IP', { routerIp: '10.1.2.1' }, { routerIp: '10.0.0.1' }, 'NONE'],
    ['NETMASK', { netmask: '255.255.255.0' }, { netmask: '255.255.0.0' }, 'NONE'],
    ['DNS', { dns: ['10.1.2.3'] }, { dns: ['10.0.0.3'] }, 'NONE'],
    ['NTP', { ntp: 'hora.aula.es' }, { ntp: 'hora.uni.es' }, 'NONE'],
    ['PROXY', { proxy: 'proxy.aula.es' }, { proxy: 'proxy.uni.es' }, 'NONE'],
    ['MULTICAST_ADDRESS', { multicastIp: '239.1.1.1' }, { multicastIp: '239.2.2.2' }, 'NONE'],
    ['MULTICAST_PORT', { multicastPort: 9010 }, { multicastPort: 9020 }, 'DEFAULT'],
    ['MULTICAST_MODE', { multicastMode: 'HALF_DUPLEX' }, { multicastMode: 'BROADCAST' }, 'DEFAULT'],
    ['MULTICAST_SPEED', { multicastSpeedMbps: 90 }, { multicastSpeedMbps: 50 }, 'DEFAULT'],
    ['P2P_MODE', { p2pMode: 'SEEDER' }, { p2pMode: 'LEECHER' }, 'DEFAULT'],
    ['P2P_SEED_SECONDS', { p2pSeedSeconds: 0 }, { p2pSeedSeconds: 300 }, 'DEFAULT'],
  ];

  it.each(CASES)('%s is seen alike from the room and its client, and says where it is from', async (...each) => {
    const [setting, ofRoom, ofCenter, unset] = each;
    const { centerId, roomId, ids } = await createPlace(db(), `Red ${setting}`);
    const look = async () => {
      const { room: aula, client: pc, center: centro } = await server.request(PlaceSettingsDocument, ids);
      expect(pc?.network).toEqual(aula?.network);
      const of = (network: { origins: { setting: string; origin: string }[] } | undefined) =>
        network?.origins.find((line) => line.setting === setting)?.origin;
      return { room: of(aula?.network), center: of(centro?.network), network: aula?.network };
    };
    const valueOf = (columns: Columns) => Object.values(columns)[0] as unknown;
    const values = (network: object | undefined) => JSON.stringify(network);

    expect(await look()).toMatchObject({ room: unset, center: unset });
    await db().center.update({ where: { id: centerId }, data: ofCenter });
    const inherited = await look();
    expect(inherited).toMatchObject({ room: 'CENTER', center: 'CENTER' });
    expect(values(inherited.network)).toContain(JSON.stringify(valueOf(ofCenter)));
    await db().room.update({ where: { id: roomId }, data: ofRoom });
    const own = await look();
    expect(own).toMatchObject({ room: 'ROOM', center: 'CENTER' });
    expect(values(own.network)).toContain(JSON.stringify(valueOf(ofRoom)));
  });

  it('of the walkthrough’s room makes its multicast address out of its network', async () => {
    const { data } = await ask(
      server.url,
      '{ rooms(last: 100) { nodes { name network { multicast { address port mode speedMbps } p2p { mode seedSeconds } } } } }',
    );
    const { nodes } = (data as { rooms: { nodes: { name: string; network: unknown }[] } }).rooms;
    expect(nodes.find(({ name }) => name === 'Aula Demo')?.network).toEqual({
      multicast: { address: '239.194.168.2', port: 9000, mode: 'FULL_DUPLEX', speedMbps: 70 },
      p2p: { mode: 'PEER', seedSeconds: 60 },
    });
  });
});

describe('what a client boots', () => {
  const SETTINGS = [
    ['ogLive', 'ogLiveId', 'ogLive por defecto'],
    ['menu', 'menuId', 'Menú por defecto'],
    ['pxeTemplate', 'pxeTemplateId', null],
  ] as const;

  it.each(SETTINGS)('%s is its own, else its room’s, else its center’s, else the default', async (...each) => {
    const [setting, column, byDefault] = each;
    const create = async (name: string) => {
      if (setting === 'ogLive') return (await db().ogLive.create({ data: { name } })).id;
      if (setting === 'menu') return (await db().menu.create({ data: { name } })).id;
      return (await db().pxeTemplate.create({ data: { name, template: '#!ipxe' } })).id;
    };
    const place = await createPlace(db(), `Arranque ${setting}`);
    const look = async () => {
      const { client, room, center } = await server.request(PlaceSettingsDocument, place.ids);
      return {
        client: [client?.[setting]?.name ?? null, client?.bootOrigins[setting]],
        room: [room?.[setting]?.name ?? null, room?.bootOrigins[setting]],
        center: center?.[setting]?.name ?? null,
      };
    };
    const unset = [byDefault, byDefault === null ? 'NONE' : 'DEFAULT'];
    const name = (where: string) => `${setting} del ${where}`;

    expect(await look()).toEqual({ client: unset, room: unset, center: null });
    await db().center.update({ where: { id: place.centerId }, data: { [column]: await create(name('centro')) } });
    const ofCenter = [name('centro'), 'CENTER'];
    expect(await look()).toEqual({ client: ofCenter, room: ofCenter, center: name('centro') });
    await db().room.update({ where: { id: place.roomId }, data: { [column]: await create(name('aula')) } });
    const ofRoom = [name('aula'), 'ROOM'];
    expect(await look()).toEqual({ client: ofRoom, room: ofRoom, center: name('centro') });
    await db().client.update({ where: { id: place.clientId }, data: { [column]: await create(name('cliente')) } });
    const ofClient = [name('cliente'), 'CLIENT'];
    expect(await look()).toEqual({ client: ofClient, room: ofRoom, center: name('centro') });
  });
});
