/** A partition as the engine of ogLive would find it. */
export interface SimulatedPartition {
  number: number;
  /** Hexadecimal type without 0x: `83`, `7`, `ca`, `EF00`. */
  code: string;
  /** `EXT4`, `NTFS`, `CACHE`…; `EMPTY` where nothing readable is on it. */
  fileSystem: string;
  /** What the engine detects on it; empty where it finds no system. */
  operatingSystem: string;
  sizeKb: number;
  usedPercent: number;
  /** Names of the images that lie in it; only a CACHE partition has any. */
  cachedImages?: string[];
}

export interface SimulatedDisk {
  number: number;
  sizeKb: number;
  table: 'MSDOS' | 'GPT';
  partitions: SimulatedPartition[];
}

/** A PC before it is switched on. The simulator works on a copy of its disks, so one description serves many rooms. */
export interface SimulatedMachine {
  name: string;
  mac: string;
  ip: string;
  serialNumber?: string;
  disks: SimulatedDisk[];
  /** What an inventory finds besides the operating system; made up where it is missing. */
  software?: readonly string[];
  /** What the machine is made of, as lines `mnemonic=value`; made up where it is missing. */
  hardware?: readonly string[];
}
