import type { HardwareKind, SoftwareKind } from '#prisma/generated/client/enums.ts';
import type { InventoryItem } from './inventory-difference.ts';
import { MAX_PROFILE_ITEMS } from './kinds.ts';

/** The mnemonics by which agents report hardware. */
const HARDWARE_KINDS: ReadonlyMap<string, HardwareKind> = new Map<string, HardwareKind>(
  Object.entries({
    boa: 'BOARD',
    mul: 'MULTIMEDIA',
    net: 'NETWORK',
    cpu: 'CPU',
    mem: 'MEMORY',
    vga: 'VGA',
    dis: 'DISK',
    aud: 'AUDIO',
    mod: 'MODEL',
    bio: 'BIOS',
    cdr: 'CDROM',
    ide: 'IDE',
    fir: 'FIREWIRE',
    usb: 'USB',
    bus: 'BUS',
    cha: 'CHASSIS',
    sto: 'STORAGE',
    boo: 'BOOT',
  } satisfies Record<string, HardwareKind>),
);

const OPERATING_SYSTEM: SoftwareKind = 'OPERATING_SYSTEM';
const APPLICATION: SoftwareKind = 'APPLICATION';

const MAX_ITEM_LENGTH = 500;

/** Lines `mnemonic=description`. A line of a kind that nobody knows is left out, and does not spoil the others. */
export function parseHardware(text: string): InventoryItem[] {
  const items = linesOf(text).flatMap((line): InventoryItem[] => {
    const [, mnemonic = '', description = ''] = /^(\w{3})\s*=\s*(.+)$/.exec(line) ?? [];
    const kind = HARDWARE_KINDS.get(mnemonic.toLowerCase());
    return kind === undefined ? [] : [{ kind, text: description }];
  });
  return once(items);
}

/** The first line is the operating system, the others are what is installed in it. */
export function parseSoftware(text: string): InventoryItem[] {
  return once(linesOf(text).map((line, index) => ({ kind: index === 0 ? OPERATING_SYSTEM : APPLICATION, text: line })));
}

/** What the database can hold, and an administrator’s rules let through: a list that an agent sends is never refused for one strange line. */
function cleanLine(line: string): string {
  return line
    .toWellFormed()
    .normalize('NFC')
    .replaceAll('\uFFFD', '?')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_ITEM_LENGTH)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim();
}

/** Two memory modules of one make are one line of a profile. */
function once(items: readonly InventoryItem[]): InventoryItem[] {
  return [...new Map(items.map((item) => [`${item.kind} ${item.text}`, item])).values()];
}

function linesOf(text: string): string[] {
  return text
    .split(/[\n\r]+/)
    .map(cleanLine)
    .filter((line) => line !== '')
    .slice(0, MAX_PROFILE_ITEMS);
}
