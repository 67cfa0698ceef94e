import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';

const IPV6_GROUPS = 8;

/** The address that a request came from. */
export type SenderOf = (request: IncomingMessage) => string;

/**
 * Where a request came from: the other end of the connection, IPv4 as IPv4 also on a socket that speaks both. What a trusted proxy says of
 * whom it speaks for is believed, and so on back to the last one that is not trusted; what anybody else says is not.
 */
export function createSenderOf(trustedProxies: readonly string[]): SenderOf {
  const trusted = new BlockList();
  for (const cidr of trustedProxies) {
    const [address = '', prefix = ''] = cidr.split('/');
    trusted.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (request) => {
    let sender = toPlain(request.socket.remoteAddress ?? '');
    const hops = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').toReversed();
    for (const hop of hops) {
      if (isIP(sender) === 0 || !trusted.check(sender, familyOf(sender))) break;
      const address = toPlain(hop.trim());
      // What is no address names nobody, and nobody behind it either.
      if (isIP(address) === 0) break;
      sender = address;
    }
    return sender;
  };
}

/** What counts as one sender where senders are counted: an IPv4 address, or the IPv6 network that one has to itself. */
export function networkOf(sender: string): string {
  if (isIP(sender) !== 6) return sender;
  const [head = '', tail] = sender.split('::');
  const given = head.split(':').filter((group) => group !== '');
  const missing =
    tail === undefined ? 0 : IPV6_GROUPS - given.length - tail.split(':').filter((group) => group !== '').length;
  return [...given, ...Array.from({ length: missing }, () => '0')].slice(0, IPV6_GROUPS / 2).join(':');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

/** Without the port that some proxies write behind it, and IPv4 as such. */
function toPlain(text: string): string {
  const address = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
