import { PRIMARY_ENTRIES } from '#domain/operations/partition-layout.ts';
import type { FittedLayout, FittedPartition } from '#domain/operations/partition-layout.ts';

const BYTES_PER_KB = 1024n;

/**
 * Writes a layout as `cfg` of Configurar: `dis=1*che=1*tch=9437184*ttp=MSDOS!par=1*cpt=LINUX*sfi=EXT4*tam=20480000*ope=1%…`, in KB.
 *
 * The first four entries of an MSDOS table are all told, the missing ones as empty: so did the older servers, and engines rely on it.
 */
export function writeDiskLayout({ disk, table, partitions }: FittedLayout): string {
  const cache = partitions.find(({ type }) => type === 'CACHE');
  const header = { dis: disk, che: cache === undefined ? 0 : 1, tch: toKb(cache?.sizeBytes ?? 0n), ttp: table };
  const padding = table === 'MSDOS' ? Array.from({ length: PRIMARY_ENTRIES }, (_, index) => index + 1) : [];
  const entries = [
    ...partitions,
    ...padding.filter((number) => !partitions.some((partition) => partition.number === number)).map(toEmpty),
  ].toSorted((one, other) => one.number - other.number);
  return `${writeBlock(header)}!${entries.map((entry) => `${writeBlock(toBlock(entry))}%`).join('')}`;
}

function toBlock({ number, type, fileSystem, sizeBytes, format }: FittedPartition): Record<string, string | number> {
  return {
    par: number,
    cpt: type.replaceAll('_', '-'),
    sfi: fileSystem ?? 'EMPTY',
    tam: toKb(sizeBytes),
    ope: format ? 1 : 0,
  };
}

function toEmpty(number: number): FittedPartition {
  return { number, type: 'EMPTY', fileSystem: null, sizeBytes: 0n, format: false };
}

function toKb(bytes: bigint): string {
  return String(bytes / BYTES_PER_KB);
}

function writeBlock(block: Readonly<Record<string, string | number>>): string {
  return Object.entries(block)
    .map(([key, value]) => `${key}=${value}`)
    .join('*');
}
