import type { NetworkSetting, NetworkSettings } from '#domain/inventory/network-settings.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';
import { SettingOriginEnum } from './setting-origin.ts';
import { MulticastModeEnum, P2pModeEnum } from './transfer-modes.ts';

/** What must be read of a center or a room for its network settings. */
export const NETWORK_COLUMNS = {
  routerIp: true,
  netmask: true,
  dns: true,
  ntp: true,
  proxy: true,
  multicastIp: true,
  multicastPort: true,
  multicastMode: true,
  multicastSpeedMbps: true,
  p2pMode: true,
  p2pSeedSeconds: true,
} as const;

const SETTING_DESCRIPTIONS: Record<NetworkSetting, string> = {
  ROUTER_IP: '`routerIp`.',
  NETMASK: 'Máscara de red: `netmask`.',
  DNS: '`dns`, the list as a whole.',
  NTP: '`ntp`.',
  PROXY: '`proxy`.',
  MULTICAST_ADDRESS: '`multicast.address`.',
  MULTICAST_PORT: '`multicast.port`.',
  MULTICAST_MODE: '`multicast.mode`.',
  MULTICAST_SPEED: '`multicast.speedMbps`.',
  P2P_MODE: '`p2p.mode`.',
  P2P_SEED_SECONDS: '`p2p.seedSeconds`.',
};

const NetworkSettingEnum = builder.enumType('NetworkSetting', {
  description: 'One of the network settings, by the field that shows it.',
  values: describeValues(SETTING_DESCRIPTIONS),
});

const NetworkSettingOriginType = builder
  .objectRef<NetworkSettings['origins'][number]>('NetworkSettingOrigin')
  .implement({
    description: 'Where one network setting comes from.',
    fields: (t) => ({
      setting: t.expose('setting', { type: NetworkSettingEnum, description: 'The setting.' }),
      origin: t.expose('origin', { type: SettingOriginEnum, description: 'Where its value comes from.' }),
    }),
  });

const MulticastSettingsType = builder.objectRef<NetworkSettings['multicast']>('MulticastSettings').implement({
  description: 'How images are sent by multicast where an order does not say otherwise.',
  fields: (t) => ({
    address: t.expose('address', {
      type: 'IPv4',
      nullable: true,
      description:
        'Multicast group. Where none is set it is 239.194.x.z, with the second and third octet of the network; null where router or netmask are not known either.',
    }),
    port: t.exposeInt('port', { description: 'Even UDP port, the next one being for control; 9000 by default.' }),
    mode: t.expose('mode', { type: MulticastModeEnum, description: 'How udpcast sends; FULL_DUPLEX by default.' }),
    speedMbps: t.exposeInt('speedMbps', { description: 'Speed in Mbit/s; 70 by default.' }),
  }),
});

const P2pSettingsType = builder.objectRef<NetworkSettings['p2p']>('P2pSettings').implement({
  description: 'How clients exchange images by P2P where an order does not say otherwise.',
  fields: (t) => ({
    mode: t.expose('mode', { type: P2pModeEnum, description: 'What each client does; PEER by default.' }),
    seedSeconds: t.exposeInt('seedSeconds', {
      description: 'How long a client goes on giving to others, in seconds; 60 by default.',
    }),
  }),
});

export const NetworkSettingsType = builder.objectRef<NetworkSettings>('NetworkSettings').implement({
  description:
    'Configuración de red (NetworkSettings) as it holds: own values, else the center’s, else the server’s defaults, each setting by itself. `origins` says which is which.',
  fields: (t) => ({
    routerIp: t.expose('routerIp', {
      type: 'IPv4',
      nullable: true,
      description: 'Router; null where none is set.',
    }),
    netmask: t.expose('netmask', {
      type: 'IPv4',
      nullable: true,
      description: 'Máscara de red; null where none is set.',
    }),
    dns: t.field({
      type: ['IPv4'],
      description: 'DNS servers in the order in which they are asked, at most 4; empty where none is set.',
      resolve: ({ dns }) => [...dns],
    }),
    ntp: t.exposeString('ntp', { nullable: true, description: 'NTP server, name or address; null where none is set.' }),
    proxy: t.exposeString('proxy', {
      nullable: true,
      description: 'Proxy, name or address with its port; null where none is set.',
    }),
    multicast: t.expose('multicast', { type: MulticastSettingsType, description: 'Multicast.' }),
    p2p: t.expose('p2p', { type: P2pSettingsType, description: 'P2P.' }),
    origins: t.field({
      type: [NetworkSettingOriginType],
      description: 'Where each of the settings comes from: one line for every value of NetworkSetting.',
      resolve: ({ origins }) => [...origins],
    }),
  }),
});
