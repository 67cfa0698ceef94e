import { isCanonicalIpv4 } from './allowed-networks.ts';

/** «Whoever asks for this address gets that one»: null matches anything on the left, and keeps what was asked on the right. */
export interface ConnectToRule {
  fromHost: string | null;
  fromPort: number | null;
  toHost: string | null;
  toPort: number | null;
}

export interface Endpoint {
  host: string;
  port: number;
}

/**
 * Reads rules in the form of curl's `--connect-to`, separated by commas: `HOST1:PORT1:HOST2:PORT2`, where an empty HOST1 or
 * PORT1 matches any and an empty HOST2 or PORT2 keeps the one asked for. Hosts are IPv4 addresses, never names.
 *
 * @throws {Error} naming the first rule that does not have this form.
 */
export function parseConnectTo(text: string): ConnectToRule[] {
  if (text.trim() === '') return [];
  return text.split(',').map((rule) => parseRule(rule.trim()));
}

/**
 * Where to connect for an asked address: as the first matching rule says, or the asked address itself.
 *
 * Only the connection goes elsewhere. The Host header and the identity that a certificate must prove stay the asked ones.
 */
export function resolveConnectTo(rules: readonly ConnectToRule[], host: string, port: number): Endpoint {
  const rule = rules.find(({ fromHost, fromPort }) => (fromHost ?? host) === host && (fromPort ?? port) === port);
  return { host: rule?.toHost ?? host, port: rule?.toPort ?? port };
}

/**
 * Whose calls may come from an address: the asked addresses that the rules lead to it, and it itself where they lead it nowhere else.
 * `everyone` where a rule leads any address to it.
 */
export function askedAddressesOf(
  rules: readonly ConnectToRule[],
  host: string,
  port: number,
): { ips: readonly string[]; everyone: boolean } {
  const leading = rules.filter(({ fromPort, toHost }) => (fromPort ?? port) === port && toHost === host);
  const asked = [host, ...leading.flatMap(({ fromHost }) => fromHost ?? [])];
  return {
    ips: [...new Set(asked)].filter((ip) => resolveConnectTo(rules, ip, port).host === host),
    everyone: leading.some(({ fromHost }) => fromHost === null),
  };
}

function parseRule(rule: string): ConnectToRule {
  const parts = rule.split(':');
  const [fromHost = '', fromPort = '', toHost = '', toPort = ''] = parts;
  if (parts.length !== 4 || ![fromHost, toHost].every(isHostOrEmpty) || ![fromPort, toPort].every(isPortOrEmpty)) {
    throw new Error(
      `"${rule}" is not a connect-to rule: write HOST1:PORT1:HOST2:PORT2 with IPv4 addresses, any part left empty.`,
    );
  }
  return {
    fromHost: fromHost === '' ? null : fromHost,
    fromPort: fromPort === '' ? null : Number(fromPort),
    toHost: toHost === '' ? null : toHost,
    toPort: toPort === '' ? null : Number(toPort),
  };
}

function isHostOrEmpty(text: string): boolean {
  return text === '' || isCanonicalIpv4(text);
}

function isPortOrEmpty(text: string): boolean {
  return text === '' || (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535);
}
