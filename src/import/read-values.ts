import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import type { Change } from './outcome.ts';

const MAX_NAME = 100;

/** A name as we keep it: 1 to 100 characters on one line. Null where nothing is left. */
export function cleanName(text: string | null, max = MAX_NAME): { name: string | null; changes: readonly Change[] } {
  const whole = (text ?? '').trim();
  const cleaned = whole.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const name = cutText(cleaned, max);
  const changes: Change[] = [];
  if (cleaned !== whole) changes.push({ code: 'NAME_CLEANED', params: { name } });
  if (name !== cleaned) changes.push({ code: 'NAME_SHORTENED', params: { name, max } });
  return { name: name || null, changes };
}

/** The name, with a number behind it where it is taken: «Aula 1 (2)». Takes it. */
export function takeFreeName(taken: Set<string>, name: string, scope = ''): string {
  const key = (candidate: string) => `${scope}\n${candidate}`;
  let free = name;
  for (let number = 2; taken.has(key(free)); number += 1) {
    const suffix = ` (${number})`;
    free = `${cutText(name, MAX_NAME - suffix.length)}${suffix}`;
  }
  taken.add(key(free));
  return free;
}

function cutText(text: string, max: number): string {
  // Half of a pair is no character.
  return text
    .slice(0, max)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
}

/** Reads columns that may hold nonsense: a value that is none is left empty and noted. */
export interface ValueReader {
  changes: Change[];
  /** @param parse gives null for what is no such value. */
  read: <T>(column: string, parse: (text: string) => T | null) => T | null;
}

/** Ways in which consoles wrote «nothing». */
const NOTHING = new Set(['0', '0.0.0.0', '-']);

export function createValueReader(row: LegacyRow): ValueReader {
  const changes: Change[] = [];
  return {
    changes,
    read(column, parse) {
      const text = readText(row, column);
      if (text === null || NOTHING.has(text)) return null;
      const value = parse(text);
      if (value === null) changes.push({ code: 'VALUE_DROPPED', params: { column, value: text.slice(0, 60) } });
      return value;
    },
  };
}

/** An address that a machine can have: dotted decimal, not 0.x or 255.255.255.255. */
export function parseIp(text: string): string | null {
  const trimmed = text.trim();
  return isIPv4(trimmed) && !trimmed.startsWith('0.') && trimmed !== '255.255.255.255' ? trimmed : null;
}

export function parseNetmask(text: string): string | null {
  if (!isIPv4(text)) return null;
  return ipaddr.IPv4.parse(text).prefixLengthFromSubnetMask() === null ? null : text;
}

export function parseMulticastIp(text: string): string | null {
  return isIPv4(text) && ipaddr.IPv4.parse(text).range() === 'multicast' ? text : null;
}

/** One or more addresses, however they are separated. */
export function parseIps(text: string): string[] | null {
  const addresses = text.split(/[\s,;]+/).filter((part) => part !== '');
  return addresses.length > 0 && addresses.every((address) => parseIp(address) !== null) ? addresses : null;
}

/** An address or a name of a machine. */
export function parseHost(text: string): string | null {
  return /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(text) ? text : null;
}

/** A line of text without characters that are not seen. */
export function parseLine(text: string): string | null {
  return /\p{Cc}/u.test(text) ? null : text;
}

/** @returns a parser of whole numbers from `min` to `max`. */
export function within(min: number, max: number): (text: string) => number | null {
  return (text) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : -1;
    return number >= min && number <= max ? number : null;
  };
}
