import type { SimulatedDisk } from './simulated-machine.ts';

const TABLE_CODES = { MSDOS: '1', GPT: '2' } as const;

/**
 * Writes disks as agents report them in `cfg`: the serial number, then `disk:partition:code:filesystem:system:sizeKB:usage`
 * for each disk (as its partition 0, with the kind of table for a code) and each partition, every field ended by a semicolon.
 */
export function toCompactLayout(serialNumber: string, disks: readonly SimulatedDisk[]): string {
  const rows = disks.flatMap((disk) => [
    [disk.number, 0, TABLE_CODES[disk.table], '', '', disk.sizeKb, 0],
    ...disk.partitions.map((it) => [
      disk.number,
      it.number,
      it.code,
      it.fileSystem,
      it.operatingSystem,
      it.sizeKb,
      it.usedPercent,
    ]),
  ]);
  // A semicolon in free text would end the field. Colons stay: the engine does not escape them, and readers must cope.
  return [serialNumber, ...rows.map((row) => row.join(':'))]
    .map((field) => `${field.replaceAll(/[;\r\n]/g, ',')};`)
    .join('');
}
