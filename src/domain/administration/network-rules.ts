import ipaddr from 'ipaddr.js';
import { InvalidInputError } from '#domain/errors.ts';
import { isHostIn } from '#domain/inventory/network-range.ts';

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
