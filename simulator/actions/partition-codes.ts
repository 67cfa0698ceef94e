/** What the mnemonics of a layout are in a partition table: first in MSDOS, then in GPT; null where there is no such type. */
const CODES: Readonly<Record<string, readonly [string | null, string | null]>> = {
  NTFS: ['7', '0700'],
  WINDOWS: ['7', '0700'],
  EXFAT: ['7', '0700'],
  FAT32: ['b', '0700'],
  EXTENDED: ['5', null],
  LINUX: ['83', '8300'],
  'LINUX-SWAP': ['82', '8200'],
  'LINUX-LVM': ['8e', '8E00'],
  CACHE: ['ca', 'CA00'],
  EFI: ['ef', 'EF00'],
  'WIN-RESERV': [null, '0C01'],
  DATA: ['da', null],
  'LINUX-RAID': ['fd', 'FD00'],
};

/** The hexadecimal code of a mnemonic; null where the table knows no such type. */
export function toPartitionCode(mnemonic: string, table: 'MSDOS' | 'GPT'): string | null {
  return CODES[mnemonic]?.[table === 'MSDOS' ? 0 : 1] ?? null;
}
