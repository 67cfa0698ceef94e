import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { InvalidInputError } from '#domain/errors.ts';
import type { InputFault } from '#domain/errors.ts';
import { parseMac } from '#domain/inventory/mac.ts';
import type { MessageParams } from '#domain/message-params.ts';
import { isStorable } from '#lib/storable-text.ts';
import type { ReferenceType } from './reference-types.ts';

type Path = readonly string[];

/** What one field of an administrator's input has to be. */
export interface FieldRule {
  /** Column that keeps it, where that has another name. */
  column?: string;
  /** `always`: must be said when the thing is made. `notNull`: has a default and cannot be emptied. */
  presence: 'always' | 'notNull' | 'optional';
  /** What is stored of one that is emptied; null unless said. */
  emptied?: unknown;
  /** The type of thing that its value is an id of. */
  references?: ReferenceType;
  /** The value as it is stored. @throws {InvalidInputError} at `path` */
  check: (value: unknown, path: Path) => unknown;
}

/** Fields within a field; none of them may be a reference. */
export interface FieldGroup {
  fields: FieldTable;
}

export interface FieldTable {
  readonly [name: string]: FieldRule | FieldGroup;
}

function fail(path: Path, fault: InputFault, params: MessageParams = {}): never {
  throw new InvalidInputError(path, fault, params);
}

function optional(check: FieldRule['check']): FieldRule {
  return { presence: 'optional', check };
}

/** The same rule for a field that must be said. */
export function always(rule: FieldRule): FieldRule {
  return { ...rule, presence: 'always' };
}

/** The same rule for a field that has a default and cannot be emptied. */
export function notNull(rule: FieldRule): FieldRule {
  return { ...rule, presence: 'notNull' };
}

/** The same rule, kept in a column of another name. */
export function inColumn(column: string, rule: FieldRule): FieldRule {
  return { ...rule, column };
}

/** Letters of all alphabets, but nothing that a screen or a log would choke on, nor the sign that text was read in a wrong encoding. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\uFFFD]/u;
const UNPRINTABLE_IN_TEXT = /[^\P{Cc}\n\r\t]|[\p{Cs}\uFFFD]/u;

/** One line of text, trimmed, with its accents composed, so that two that look alike are alike. */
export function line(max: number): FieldRule {
  return optional((value, path) => {
    const given = String(value).normalize('NFC').trim();
    if (given === '') fail(path, 'EMPTY');
    if (given.length > max) fail(path, 'TOO_LONG', { max });
    if (UNPRINTABLE.test(given)) fail(path, 'BAD_CHARACTERS');
    return given;
  });
}

/** Longest name of anything but an image. */
const MAX_NAME_LENGTH = 100;

export const name = (): FieldRule => always(line(MAX_NAME_LENGTH));

/** Text of several lines; an empty one is none. */
export function text(max: number): FieldRule {
  return optional((value, path) => {
    const given = String(value).normalize('NFC').trimEnd();
    if (given.length > max) fail(path, 'TOO_LONG', { max });
    if (UNPRINTABLE_IN_TEXT.test(given)) fail(path, 'BAD_CHARACTERS');
    return given === '' ? null : given;
  });
}

/** A script or a template goes to a machine byte for byte; only its line ends are made those that a shell takes. */
export function script(max: number): FieldRule {
  return optional((value, path) => {
    const given = String(value).replaceAll('\r\n', '\n');
    if (given.length > max) fail(path, 'TOO_LONG', { max });
    if (!isStorable(given)) fail(path, 'BAD_CHARACTERS');
    return given.trim() === '' ? null : given;
  });
}

const MAX_COMMENTS_LENGTH = 4000;

export const comments = (): FieldRule => text(MAX_COMMENTS_LENGTH);

/** What agents and repositories put into file names and command lines. */
const IMAGE_NAME = /^[A-Za-z0-9_-]{1,50}$/;

export const MAX_IMAGE_NAME_LENGTH = 50;

export function isImageName(given: string): boolean {
  return IMAGE_NAME.test(given);
}

export const imageName = (): FieldRule =>
  always(
    optional((value, path) => {
      const given = String(value).trim();
      return isImageName(given) ? given : fail(path, 'BAD_IMAGE_NAME', { max: MAX_IMAGE_NAME_LENGTH });
    }),
  );

export const macAddress = (): FieldRule =>
  optional((value, path) => {
    const mac = parseMac(String(value));
    // The lowest bit of the first byte marks groups of machines: no interface has such an address.
    const isOfOne = mac !== null && mac !== '00:00:00:00:00:00' && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0;
    return isOfOne ? mac : fail(path, 'BAD_MAC');
  });

const NOT_A_HOST = new Set(['unspecified', 'broadcast', 'multicast', 'loopback', 'linkLocal', 'reserved']);

/** An address that one machine can have. */
export const hostAddress = (): FieldRule =>
  optional((value, path) => {
    const given = String(value).trim();
    if (!isIPv4(given)) fail(path, 'BAD_IP');
    return NOT_A_HOST.has(ipaddr.IPv4.parse(given).range()) ? fail(path, 'NOT_A_HOST') : given;
  });

export const multicastAddress = (): FieldRule =>
  optional((value, path) => {
    const given = String(value).trim();
    if (!isIPv4(given)) fail(path, 'BAD_IP');
    return ipaddr.IPv4.parse(given).range() === 'multicast' ? given : fail(path, 'NOT_MULTICAST');
  });

export const netmask = (): FieldRule =>
  optional((value, path) => {
    const given = String(value).trim();
    const length = isIPv4(given) ? ipaddr.IPv4.parse(given).prefixLengthFromSubnetMask() : null;
    return length !== null && length >= 8 && length <= 30 ? given : fail(path, 'BAD_NETMASK');
  });

/** A network by its own address: `192.168.2.5/24` is a machine in one, and is refused rather than guessed at. */
export const network = (): FieldRule =>
  optional((value, path) => {
    const given = String(value).trim();
    if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(given)) fail(path, 'BAD_NETWORK');
    const [, length] = ipaddr.IPv4.parseCIDR(given);
    if (length < 8 || length > 30) fail(path, 'BAD_NETWORK');
    const base = ipaddr.IPv4.networkAddressFromCIDR(given).toString();
    return given === `${base}/${length}` ? given : fail(path, 'NOT_A_NETWORK', { network: `${base}/${length}` });
  });

export function integer(min: number, max: number): FieldRule {
  return optional((value, path) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? value
      : fail(path, 'OUT_OF_RANGE', { min, max }),
  );
}

/** udpcast takes the port after it too, for control. */
export const multicastPort = (): FieldRule =>
  optional((value, path) => {
    const port = value as number;
    if (port < 9000 || port > 9050) fail(path, 'OUT_OF_RANGE', { min: 9000, max: 9050 });
    return port % 2 === 0 ? port : fail(path, 'ODD_PORT');
  });

export const byteCount = (): FieldRule =>
  optional((value, path) => {
    if (typeof value !== 'bigint' || value <= 0n) fail(path, 'NOT_POSITIVE');
    return value < 2n ** 63n ? value : fail(path, 'OUT_OF_RANGE', { min: 1, max: String(2n ** 63n - 1n) });
  });

export const flag = (): FieldRule => notNull(optional((value) => Boolean(value)));

/** A value of an enum: that it is one, the edge has seen to. */
export const choice = (): FieldRule => optional((value) => value);

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9-]{1,63})*$/i;

/** A server by name or address, with a port where one is said. */
export const server = (): FieldRule =>
  optional((value, path) => {
    const given = String(value).trim();
    const [, host = '', port] = /^([^:\s]+)(?::(\d{1,5}))?$/.exec(given) ?? [];
    const isPort = port === undefined || (Number(port) > 0 && Number(port) < 65_536);
    return isPort && HOST_NAME.test(host) && (isIPv4(host) || !/^[\d.]+$/.test(host))
      ? given
      : fail(path, 'BAD_SERVER');
  });

export const webAddress = (): FieldRule =>
  optional((value, path) => {
    const given = String(value).trim();
    if (given.length > 2000) fail(path, 'TOO_LONG', { max: 2000 });
    if (UNPRINTABLE.test(given)) fail(path, 'BAD_CHARACTERS');
    const url = URL.parse(given);
    return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? given : fail(path, 'BAD_URL');
  });

/** Addresses in the order in which they are asked; an address twice is kept once. */
export function addressList(max: number): FieldRule {
  const { check } = hostAddress();
  return {
    ...optional((value, path) => {
      const given = value as readonly unknown[];
      if (given.length > max) fail(path, 'TOO_MANY', { max });
      return [...new Set(given.map((address, index) => check(address, [...path, String(index)])))];
    }),
    emptied: [],
  };
}

export const screenResolution = (): FieldRule =>
  optional((value, path) => {
    const given = String(value).trim().toLowerCase();
    return /^\d{3,5}x\d{3,5}$/.test(given) ? given : fail(path, 'BAD_RESOLUTION');
  });

export function reference(type: ReferenceType): FieldRule {
  return { presence: 'optional', references: type, check: (value) => value };
}
