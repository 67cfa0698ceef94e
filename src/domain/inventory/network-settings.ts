import ipaddr from 'ipaddr.js';
import type { MulticastMode, P2pMode } from '#prisma/generated/client/enums.ts';
import { inherit } from './setting-origin.ts';
import type { Inherited, Level, SettingOrigin } from './setting-origin.ts';

/** What a center or a room says about its network; null, or an empty list, where it says nothing. */
export interface NetworkColumns {
  routerIp: string | null;
  netmask: string | null;
  dns: readonly string[];
  ntp: string | null;
  proxy: string | null;
  multicastIp: string | null;
  multicastPort: number | null;
  multicastMode: MulticastMode | null;
  multicastSpeedMbps: number | null;
  p2pMode: P2pMode | null;
  p2pSeedSeconds: number | null;
}

export type NetworkSetting =
  | 'ROUTER_IP'
  | 'NETMASK'
  | 'DNS'
  | 'NTP'
  | 'PROXY'
  | 'MULTICAST_ADDRESS'
  | 'MULTICAST_PORT'
  | 'MULTICAST_MODE'
  | 'MULTICAST_SPEED'
  | 'P2P_MODE'
  | 'P2P_SEED_SECONDS';

export interface NetworkSettings {
  routerIp: string | null;
  netmask: string | null;
  dns: readonly string[];
  ntp: string | null;
  proxy: string | null;
  multicast: { address: string | null; port: number; mode: MulticastMode; speedMbps: number };
  p2p: { mode: P2pMode; seedSeconds: number };
  /** One a setting, in the order above. */
  origins: readonly { setting: NetworkSetting; origin: SettingOrigin }[];
}

/** What holds where neither a room nor its center says otherwise; the values that OpenGnsys always had. */
const NETWORK_DEFAULTS = {
  multicastPort: 9000,
  multicastMode: 'FULL_DUPLEX',
  multicastSpeedMbps: 70,
  p2pMode: 'PEER',
  p2pSeedSeconds: 60,
} as const;

/**
 * The network settings that hold somewhere, each with the place it comes from. Every setting is inherited by itself: a room may have a
 * router of its own and its center's netmask.
 */
export function resolveNetworkSettings(levels: readonly Level<NetworkColumns>[]): NetworkSettings {
  const optional = <T>(read: (settings: NetworkColumns) => T | null): Inherited<T | null> =>
    inherit<NetworkColumns, T | null>(levels, read, null);
  const routerIp = optional(({ routerIp: own }) => own);
  const netmask = optional(({ netmask: own }) => own);
  const dns = optional(({ dns: own }) => (own.length === 0 ? null : own));
  const ntp = optional(({ ntp: own }) => own);
  const proxy = optional(({ proxy: own }) => own);
  const address = inherit<NetworkColumns, string | null>(
    levels,
    ({ multicastIp }) => multicastIp,
    multicastAddressOf(routerIp.value, netmask.value),
  );
  const port = inherit<NetworkColumns, number>(levels, (own) => own.multicastPort, NETWORK_DEFAULTS.multicastPort);
  const mode = inherit<NetworkColumns, MulticastMode>(
    levels,
    (own) => own.multicastMode,
    NETWORK_DEFAULTS.multicastMode,
  );
  const speed = inherit<NetworkColumns, number>(
    levels,
    (own) => own.multicastSpeedMbps,
    NETWORK_DEFAULTS.multicastSpeedMbps,
  );
  const p2pMode = inherit<NetworkColumns, P2pMode>(levels, (own) => own.p2pMode, NETWORK_DEFAULTS.p2pMode);
  const seedSeconds = inherit<NetworkColumns, number>(
    levels,
    (own) => own.p2pSeedSeconds,
    NETWORK_DEFAULTS.p2pSeedSeconds,
  );
  const all: Record<NetworkSetting, Inherited<unknown>> = {
    ROUTER_IP: routerIp,
    NETMASK: netmask,
    DNS: dns,
    NTP: ntp,
    PROXY: proxy,
    MULTICAST_ADDRESS: address,
    MULTICAST_PORT: port,
    MULTICAST_MODE: mode,
    MULTICAST_SPEED: speed,
    P2P_MODE: p2pMode,
    P2P_SEED_SECONDS: seedSeconds,
  };
  return {
    routerIp: routerIp.value,
    netmask: netmask.value,
    dns: dns.value ?? [],
    ntp: ntp.value,
    proxy: proxy.value,
    multicast: { address: address.value, port: port.value, mode: mode.value, speedMbps: speed.value },
    p2p: { mode: p2pMode.value, seedSeconds: seedSeconds.value },
    origins: Object.entries(all).map(([setting, { origin }]) => ({ setting: setting as NetworkSetting, origin })),
  };
}

/** 239.194.x.z, with the second and third octet of the network, so that rooms of different networks do not hear one another. */
function multicastAddressOf(routerIp: string | null, netmask: string | null): string | null {
  if (routerIp === null || netmask === null || !ipaddr.IPv4.isValid(routerIp) || !ipaddr.IPv4.isValid(netmask)) {
    return null;
  }
  const mask = ipaddr.IPv4.parse(netmask).toByteArray();
  const [, second, third] = ipaddr.IPv4.parse(routerIp)
    .toByteArray()
    .map((octet, index) => octet & (mask[index] ?? 0));
  return `239.194.${second}.${third}`;
}

/** The netmask of a network in its prefix notation: 255.255.255.0 for 192.168.2.0/24. */
export function netmaskOf(cidr: string): string {
  return ipaddr.IPv4.subnetMaskFromPrefixLength(ipaddr.IPv4.parseCIDR(cidr)[1]).toString();
}
