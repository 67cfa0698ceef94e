import { describe, expect, it } from 'vitest';
import { netmaskOf, resolveNetworkSettings } from '#domain/inventory/network-settings.ts';
import type { NetworkColumns, NetworkSetting, NetworkSettings } from '#domain/inventory/network-settings.ts';

const UNSET: NetworkColumns = {
  routerIp: null,
  netmask: null,
  dns: [],
  ntp: null,
  proxy: null,
  multicastIp: null,
  multicastPort: null,
  multicastMode: null,
  multicastSpeedMbps: null,
  p2pMode: null,
  p2pSeedSeconds: null,
};

interface Case {
  setting: NetworkSetting;
  read: (settings: NetworkSettings) => unknown;
  room: Partial<NetworkColumns>;
  center: Partial<NetworkColumns>;
  values: { room: unknown; center: unknown; neither: unknown };
  neither: 'DEFAULT' | 'NONE';
}

const CASES: Case[] = [
  {
    setting: 'ROUTER_IP',
    read: ({ routerIp }) => routerIp,
    room: { routerIp: '10.1.2.1' },
    center: { routerIp: '10.0.0.1' },
    values: { room: '10.1.2.1', center: '10.0.0.1', neither: null },
    neither: 'NONE',
  },
  {
    setting: 'NETMASK',
    read: ({ netmask }) => netmask,
    room: { netmask: '255.255.255.0' },
    center: { netmask: '255.255.0.0' },
    values: { room: '255.255.255.0', center: '255.255.0.0', neither: null },
    neither: 'NONE',
  },
  {
    setting: 'DNS',
    read: ({ dns }) => dns,
    room: { dns: ['10.1.2.3', '10.1.2.4'] },
    center: { dns: ['10.0.0.3'] },
    values: { room: ['10.1.2.3', '10.1.2.4'], center: ['10.0.0.3'], neither: [] },
    neither: 'NONE',
  },
  {
    setting: 'NTP',
    read: ({ ntp }) => ntp,
    room: { ntp: 'hora.aula.es' },
    center: { ntp: 'hora.uni.es' },
    values: { room: 'hora.aula.es', center: 'hora.uni.es', neither: null },
    neither: 'NONE',
  },
  {
    setting: 'PROXY',
    read: ({ proxy }) => proxy,
    room: { proxy: 'proxy.aula.es:3128' },
    center: { proxy: 'proxy.uni.es:3128' },
    values: { room: 'proxy.aula.es:3128', center: 'proxy.uni.es:3128', neither: null },
    neither: 'NONE',
  },
  {
    setting: 'MULTICAST_ADDRESS',
    read: ({ multicast }) => multicast.address,
    room: { multicastIp: '239.1.1.1' },
    center: { multicastIp: '239.2.2.2' },
    values: { room: '239.1.1.1', center: '239.2.2.2', neither: null },
    neither: 'NONE',
  },
  {
    setting: 'MULTICAST_PORT',
    read: ({ multicast }) => multicast.port,
    room: { multicastPort: 9010 },
    center: { multicastPort: 9020 },
    values: { room: 9010, center: 9020, neither: 9000 },
    neither: 'DEFAULT',
  },
  {
    setting: 'MULTICAST_MODE',
    read: ({ multicast }) => multicast.mode,
    room: { multicastMode: 'HALF_DUPLEX' },
    center: { multicastMode: 'BROADCAST' },
    values: { room: 'HALF_DUPLEX', center: 'BROADCAST', neither: 'FULL_DUPLEX' },
    neither: 'DEFAULT',
  },
  {
    setting: 'MULTICAST_SPEED',
    read: ({ multicast }) => multicast.speedMbps,
    room: { multicastSpeedMbps: 90 },
    center: { multicastSpeedMbps: 50 },
    values: { room: 90, center: 50, neither: 70 },
    neither: 'DEFAULT',
  },
  {
    setting: 'P2P_MODE',
    read: ({ p2p }) => p2p.mode,
    room: { p2pMode: 'SEEDER' },
    center: { p2pMode: 'LEECHER' },
    values: { room: 'SEEDER', center: 'LEECHER', neither: 'PEER' },
    neither: 'DEFAULT',
  },
  {
    setting: 'P2P_SEED_SECONDS',
    read: ({ p2p }) => p2p.seedSeconds,
    // Nought is a value, and not the lack of one.
    room: { p2pSeedSeconds: 0 },
    center: { p2pSeedSeconds: 300 },
    values: { room: 0, center: 300, neither: 60 },
    neither: 'DEFAULT',
  },
];

const resolve = (room: Partial<NetworkColumns>, center: Partial<NetworkColumns>) =>
  resolveNetworkSettings([
    { origin: 'ROOM', settings: { ...UNSET, ...room } },
    { origin: 'CENTER', settings: { ...UNSET, ...center } },
  ]);
const originOf = ({ origins }: NetworkSettings, setting: NetworkSetting) =>
  origins.find((line) => line.setting === setting)?.origin;

describe('a network setting of a room', () => {
  it.each(CASES)('$setting is the room’s, else the center’s, else $neither', (each) => {
    const { setting, read, room, center, values, neither } = each;
    const cases = [
      { settings: resolve(room, center), value: values.room, origin: 'ROOM' },
      { settings: resolve(room, {}), value: values.room, origin: 'ROOM' },
      { settings: resolve({}, center), value: values.center, origin: 'CENTER' },
      { settings: resolve({}, {}), value: values.neither, origin: neither },
    ];
    for (const { settings, value, origin } of cases) {
      expect([read(settings), originOf(settings, setting)]).toEqual([value, origin]);
    }
  });

  it.each(CASES)('$setting changes no other one', ({ setting, room }) => {
    const changed = resolve(room, {}).origins.filter((line) => line.setting !== setting);
    const bare = resolve({}, {}).origins.filter((line) => line.setting !== setting);
    expect(changed).toEqual(bare);
  });

  it('has its origin told, each once', () => {
    const told = resolve({}, {}).origins.map(({ setting }) => setting);
    expect(told.toSorted()).toEqual(CASES.map(({ setting }) => setting).toSorted());
  });
});

describe('the network settings of a center', () => {
  it('are its own or the server’s', () => {
    const settings = resolveNetworkSettings([
      { origin: 'CENTER', settings: { ...UNSET, multicastPort: 9004, ntp: 'hora.uni.es' } },
    ]);
    expect([settings.multicast.port, originOf(settings, 'MULTICAST_PORT')]).toEqual([9004, 'CENTER']);
    expect([settings.ntp, originOf(settings, 'NTP')]).toEqual(['hora.uni.es', 'CENTER']);
    expect([settings.p2p.mode, originOf(settings, 'P2P_MODE')]).toEqual(['PEER', 'DEFAULT']);
    expect([settings.proxy, originOf(settings, 'PROXY')]).toEqual([null, 'NONE']);
  });
});

describe('the multicast address where none is set', () => {
  it.each([
    ['192.168.2.1', '255.255.255.0', '239.194.168.2'],
    ['10.1.130.1', '255.255.192.0', '239.194.1.128'],
    ['10.77.3.1', '255.0.0.0', '239.194.0.0'],
    ['10.77.3.1', null, null],
    [null, '255.255.255.0', null],
    ['no router', '255.255.255.0', null],
  ])('follows from the router %s and the netmask %s: %s', (routerIp, netmask, address) => {
    const settings = resolve({ routerIp, netmask }, {});
    expect(settings.multicast.address).toBe(address);
    expect(originOf(settings, 'MULTICAST_ADDRESS')).toBe(address === null ? 'NONE' : 'DEFAULT');
  });

  it('follows from what holds, be it the room’s or its center’s', () => {
    const settings = resolve({ routerIp: '10.9.8.1' }, { routerIp: '10.0.0.1', netmask: '255.255.255.0' });
    expect(settings.multicast.address).toBe('239.194.9.8');
  });
});

describe('the netmask of a network', () => {
  it.each([
    ['192.168.2.0/24', '255.255.255.0'],
    ['10.0.0.0/8', '255.0.0.0'],
    ['10.1.2.4/30', '255.255.255.252'],
  ])('%s is %s', (cidr, netmask) => {
    expect(netmaskOf(cidr)).toBe(netmask);
  });
});
