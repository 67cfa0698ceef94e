import ipaddr from 'ipaddr.js';

/** First and last address of a network, as numbers. */
export function rangeOf(cidr: string): { first: number; last: number } {
  return {
    first: toNumber(ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()),
    last: toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString()),
  };
}

function toNumber(address: string): number {
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
