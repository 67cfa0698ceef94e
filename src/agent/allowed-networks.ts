import { isIPv4 } from 'node:net';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

export type AddressPolicy = (ip: string) => boolean;

type Network = [ipaddr.IPv4, number];

/** No machine of its own answers at these, whatever networks are listed. */
const NEVER_ALLOWED = new Set(['unspecified', 'multicast', 'broadcast', 'linkLocal']);

/**
 * Builds the predicate that says whether agents may be called at an address: canonical IPv4, inside one of the listed
 * networks, and an address that one machine can own.
 *
 * Loopback is this very server, so a wide network such as `0.0.0.0/0` does not include it: it has to be listed by itself,
 * as `127.0.0.0/8` or a part of it.
 *
 * @throws {Error} naming the first network that is not IPv4 in CIDR notation.
 */
export function createAddressPolicy(cidrs: readonly string[]): AddressPolicy {
  const networks = cidrs.map(parseNetwork);
  const loopbackNetworks = networks.filter(([network, prefix]) => network.range() === 'loopback' && prefix >= 8);
  return (ip) => {
    if (!isCanonicalIpv4(ip)) return false;
    const address = ipaddr.IPv4.parse(ip);
    const range = address.range();
    if (NEVER_ALLOWED.has(range)) return false;
    return (range === 'loopback' ? loopbackNetworks : networks).some((network) => address.match(network));
  };
}

/**
 * Whether a text is the one canonical spelling of an IPv4 address.
 *
 * Both checks are needed: ipaddr.js by itself also takes `127.1` and `0x7f.1`, and a URL would quietly turn them into
 * loopback.
 */
export function isCanonicalIpv4(text: string): boolean {
  return isIPv4(text) && ipaddr.IPv4.parse(text).toString() === text;
}

/**
 * Whether a connection came out where it went in: the address is one of this very server's, which is no machine to call. A loopback address
 * that was listed was listed for that.
 */
export function isOurselves({ localAddress, remoteAddress }: Pick<Socket, 'localAddress' | 'remoteAddress'>): boolean {
  return localAddress === remoteAddress && remoteAddress?.startsWith('127.') === false;
}

function parseNetwork(cidr: string): Network {
  const [address = '', prefix = '', ...rest] = cidr.split('/');
  const isPrefix = /^(\d|[12]\d|3[0-2])$/.test(prefix);
  if (!isCanonicalIpv4(address) || !isPrefix || rest.length > 0) {
    throw new Error(`"${cidr}" is not an IPv4 network: write it as 192.168.2.0/24.`);
  }
  return [ipaddr.IPv4.parse(address), Number(prefix)];
}
