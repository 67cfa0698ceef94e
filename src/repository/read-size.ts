import type { DiskUse } from '#domain/imaging/repository-gateway.ts';
import type { Fields } from './read-answer.ts';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

export type SizeUnit = (typeof UNITS)[number];

const MAX_BYTES = 2n ** 62n;

/** No disk is that small in bytes, and none that large in GiB. */
const SMALLEST_DISK_BYTES = 10_000_000;

/**
 * A size in bytes: a number in the unit that is usual for it, or text with a unit of its own such as `1.5 GB`, `300K` or `20GiB`.
 * OpenGnsys counts in powers of 1024 whatever the unit is called. Null for what is none.
 */
export function readBytes(value: unknown, usualUnit: SizeUnit): bigint | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const [, digits, prefix] = /^\s*(\d{1,19}(?:[.,]\d{1,6})?)\s*([KMGTP]?)(?:i?B)?\s*$/i.exec(String(value)) ?? [];
  if (digits === undefined) return null;
  const hasUnit = typeof value === 'string' && /[a-z]\s*$/i.test(value);
  const unit = hasUnit
    ? UNITS.findIndex((each) => each === `${prefix?.toUpperCase() ?? ''}B`)
    : UNITS.indexOf(usualUnit);
  const factor = 1024n ** BigInt(unit);
  const [whole = '0', fraction = ''] = digits.split(/[.,]/);
  const rest = fraction === '' ? 0n : (BigInt(fraction) * factor) / 10n ** BigInt(fraction.length);
  const bytes = BigInt(whole) * factor + rest;
  return bytes > MAX_BYTES ? null : bytes;
}

/** How full a disk is. Plain numbers are GiB, or bytes where no disk could have so many GiB. */
export function readDiskUse(disk: Fields | null): DiskUse | null {
  if (disk === null) return null;
  const unit: SizeUnit = Number(disk['total']) >= SMALLEST_DISK_BYTES ? 'B' : 'GB';
  const totalBytes = readBytes(disk['total'], unit);
  const usedBytes = readBytes(disk['used'], unit);
  const freeBytes = readBytes(disk['free'] ?? disk['available'], unit);
  if (totalBytes === null || (usedBytes === null && freeBytes === null)) return null;
  return {
    totalBytes,
    usedBytes: usedBytes ?? totalBytes - (freeBytes ?? 0n),
    freeBytes: freeBytes ?? totalBytes - (usedBytes ?? 0n),
  };
}
