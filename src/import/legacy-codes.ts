import { normalizePartitionCode } from '#domain/inventory/partition-code.ts';
import type {
  HardwareKind,
  MulticastMode,
  P2pMode,
  PartitionTable,
  SoftwareKind,
} from '#prisma/generated/client/enums.ts';

const HARDWARE_KINDS = new Map<string, HardwareKind>([
  ['boa', 'BOARD'],
  ['mul', 'MULTIMEDIA'],
  ['net', 'NETWORK'],
  ['cpu', 'CPU'],
  ['mem', 'MEMORY'],
  ['vga', 'VGA'],
  ['dis', 'DISK'],
  ['aud', 'AUDIO'],
  // «Marca y modelo del equipo»: our word for the mnemonic, whatever it reads like.
  ['mod', 'MODEL'],
  ['bio', 'BIOS'],
  ['cdr', 'CDROM'],
  ['ide', 'IDE'],
  ['fir', 'FIREWIRE'],
  ['usb', 'USB'],
  ['bus', 'BUS'],
  ['cha', 'CHASSIS'],
  ['sto', 'STORAGE'],
  ['boo', 'BOOT'],
]);

/** Sistemas operativos and Aplicaciones; 3 is Archivos, which we do not keep. */
const SOFTWARE_KINDS = new Map<number, SoftwareKind>([
  [1, 'OPERATING_SYSTEM'],
  [2, 'APPLICATION'],
]);

const PARTITION_TABLES = new Map<number, PartitionTable>([
  [1, 'MSDOS'],
  [2, 'GPT'],
  [3, 'LVM'],
  [4, 'ZPOOL'],
]);

const MULTICAST_MODES = new Map<string, MulticastMode>([
  ['1', 'HALF_DUPLEX'],
  ['2', 'FULL_DUPLEX'],
]);

const P2P_MODES = new Map<string, P2pMode>([
  ['peer', 'PEER'],
  ['leecher', 'LEECHER'],
  ['seeder', 'SEEDER'],
]);

/** @param mnemonic of `tipohardwares`. */
export function hardwareKindOf(mnemonic: string | null): HardwareKind | null {
  return HARDWARE_KINDS.get(mnemonic?.toLowerCase() ?? '') ?? null;
}

/** @param type number of `tiposoftwares`. */
export function softwareKindOf(type: number | null): SoftwareKind | null {
  return SOFTWARE_KINDS.get(type ?? 0) ?? null;
}

/** @param code what stands for a partition type in the row of a disk itself. */
export function partitionTableOf(code: number | null): PartitionTable {
  return PARTITION_TABLES.get(code ?? 0) ?? 'UNKNOWN';
}

/** The console offers 1 and 2; full duplex is also what it took anything else for, but then nobody had chosen it. */
export function multicastModeOf(text: string): MulticastMode | null {
  return MULTICAST_MODES.get(text) ?? null;
}

export function p2pModeOf(text: string): P2pMode | null {
  return P2P_MODES.get(text.toLowerCase()) ?? null;
}

/** The type of a partition, which they keep as a number and we as tables write it: 7, 83, CA; 0700, EF00 in GPT. */
export function partitionCodeOf(code: number | null): string {
  const digits = Math.max(code ?? 0, 0).toString(16);
  return normalizePartitionCode(digits.length === 3 ? `0${digits}` : digits);
}

/** @param description of `sistemasficheros`. */
export function fileSystemOf(description: string | null): string | null {
  const name = description?.toUpperCase() ?? '';
  return name === '' || name === 'EMPTY' ? null : name;
}

const FAMILIES: readonly (readonly [family: string, pattern: RegExp])[] = [
  ['Windows', /windows|\bwin\s?(xp|7|8|10|11)\b/i],
  ['macOS', /mac ?os|os x/i],
  ['Linux', /linux|ubuntu|debian|mint|fedora|suse|centos|rocky|red ?hat|guadalinex|lliurex|max /i],
];

/** The family of an operating system by its name; null where the name does not tell. */
export function systemFamilyOf(name: string | null): string | null {
  return FAMILIES.find(([, pattern]) => pattern.test(name ?? ''))?.[0] ?? null;
}
