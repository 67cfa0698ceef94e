import ipaddr from 'ipaddr.js';
import { InvalidInputError } from '#domain/errors.ts';

/** First and last address of a network, as numbers. */
export function rangeOf(cidr: string): { first: number; last: number } {
  return {
    first: toNumber(ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()),
    last: toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString()),
  };
}

export function toNumber(address: string): number {
  return ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((number, byte) => number * 256 + byte, 0);
}

/** Whether a machine of a network can have an address: the network's own and its broadcast address are no machine's. */
export function isHostIn(cidr: string, address: string): boolean {
  const { first, last } = rangeOf(cidr);
  const number = toNumber(address);
  return number > first && number < last;
}

/** @throws {InvalidInputError} at the address, where it cannot be a machine's in that network. */
export function requireHostIn(cidr: string, address: string, path: readonly string[]): void {
  if (!isHostIn(cidr, address)) throw new InvalidInputError(path, 'OUTSIDE_NETWORK', { network: cidr });
}

/** @throws {InvalidInputError} at `input.routerIp`: with that netmask it would be no machine's address. */
export function checkRouter(routerIp: unknown, netmask: unknown): void {
  if (typeof routerIp !== 'string' || typeof netmask !== 'string') return;
  const length = ipaddr.IPv4.parse(netmask).prefixLengthFromSubnetMask();
  const cidr = `${routerIp}/${length}`;
  if (!isHostIn(cidr, routerIp)) throw new InvalidInputError(['input', 'routerIp'], 'NOT_A_HOST');
}
