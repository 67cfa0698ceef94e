import type { SimulatedDisk, SimulatedPartition } from './simulated-machine.ts';

/** A system that a PC can boot from its disk, in the words its ogAgent uses. */
export interface InstalledSystem {
  ostype: 'Linux' | 'Windows';
  osversion: string;
  code: 'LNX' | 'WIN';
  state: 'linux' | 'windows';
  session: 'x11' | 'console';
}

/** The system the PC boots: that of the partition restored last, else the first on its disks; null when there is none. */
export function findInstalledSystem(
  disks: readonly SimulatedDisk[],
  restoredLast: SimulatedPartition | null,
): InstalledSystem | null {
  const partitions = disks.flatMap((disk) => disk.partitions).filter(isBootable);
  const partition = partitions.find((it) => it === restoredLast) ?? partitions[0];
  return partition === undefined ? null : toInstalledSystem(partition);
}

/** The system on a partition that `isBootable`. */
export function toInstalledSystem({ operatingSystem: osversion }: SimulatedPartition): InstalledSystem {
  return /windows/i.test(osversion)
    ? { ostype: 'Windows', osversion, code: 'WIN', state: 'windows', session: 'console' }
    : { ostype: 'Linux', osversion, code: 'LNX', state: 'linux', session: 'x11' };
}

// The engine calls a file system without a system DATA.
export function isBootable({ operatingSystem }: SimulatedPartition): boolean {
  return operatingSystem !== '' && operatingSystem !== 'DATA';
}
