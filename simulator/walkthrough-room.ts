import type { SimulatedDisk, SimulatedMachine } from './simulated-machine.ts';

const GIB_IN_KB = 1024 * 1024;

/** The disk of the walkthrough's PCs: formatted, with a CACHE partition, and `operatingSystem` (or none yet) on the second. */
export function createWalkthroughDisk(operatingSystem: string): SimulatedDisk {
  return {
    number: 1,
    sizeKb: 50 * GIB_IN_KB,
    table: 'MSDOS',
    partitions: [
      { number: 1, code: '7', fileSystem: 'NTFS', operatingSystem: '', sizeKb: 15 * GIB_IN_KB, usedPercent: 1 },
      {
        number: 2,
        code: '83',
        fileSystem: 'EXT4',
        operatingSystem,
        sizeKb: 25 * GIB_IN_KB,
        usedPercent: operatingSystem === '' ? 1 : 31,
      },
      {
        number: 4,
        code: 'ca',
        fileSystem: 'CACHE',
        operatingSystem: '',
        sizeKb: 9 * GIB_IN_KB,
        usedPercent: 1,
        cachedImages: [],
      },
    ],
  };
}

/** «Aula Demo»: the model PC whose image was taken, and the PC it is to be deployed to. */
export const walkthroughRoom: readonly SimulatedMachine[] = [
  { name: 'modelo', mac: '08:00:27:4F:BE:38', ip: '192.168.2.2', disks: [createWalkthroughDisk('Ubuntu 24.04 LTS')] },
  { name: 'pc1', mac: '08:00:27:0b:88:be', ip: '192.168.2.3', disks: [createWalkthroughDisk('')] },
];
