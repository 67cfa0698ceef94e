import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parseMac } from '#domain/inventory/mac.ts';
import { refuseValue } from './refuse-value.ts';

type AddressType = 'MAC' | 'IPv4' | 'CIDR';

const EXPECTED: Readonly<Record<AddressType, string>> = {
  MAC: 'a MAC address such as 08:00:27:0B:88:BE',
  IPv4: 'an address such as 192.168.2.3',
  CIDR: 'a network such as 192.168.2.0/24',
};

/** Longer than any address in any notation, and short enough to be quoted. */
const MAX_LENGTH = 100;

/** An address as we write it; text that is none as it came, for whoever takes it to refuse. @throws {GraphQLError} for what is no text. */
export function parseAddress(type: AddressType, value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return refuseValue(type, EXPECTED[type]);
  return normalize(type, value) ?? value;
}

/** An address that must be one. @throws {GraphQLError} INVALID_SCALAR */
export function requireAddress(type: AddressType, value: string): string {
  return normalize(type, value) ?? refuseValue(type, EXPECTED[type]);
}

function normalize(type: AddressType, value: string): string | null {
  if (type === 'MAC') return parseMac(value);
  if (type === 'IPv4') return isIPv4(value) ? value : null;
  return ipaddr.IPv4.isValidCIDRFourPartDecimal(value) ? value : null;
}
