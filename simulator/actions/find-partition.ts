import type { SimulatedDisk, SimulatedPartition } from '#simulator/simulated-machine.ts';

/** The partition an order names, in its own words: strings. */
export function findPartition(
  disks: readonly SimulatedDisk[],
  { dsk, par }: { dsk: string; par: string },
): SimulatedPartition | null {
  const disk = disks.find(({ number }) => String(number) === dsk);
  return disk?.partitions.find(({ number }) => String(number) === par) ?? null;
}

export function findCache(disks: readonly SimulatedDisk[]): SimulatedPartition | null {
  return disks.flatMap((disk) => disk.partitions).find(({ fileSystem }) => fileSystem === 'CACHE') ?? null;
}
