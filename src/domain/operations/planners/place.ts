import { InvalidInputError } from '#domain/errors.ts';
import type { TargetClient } from '#domain/operations/operation-target.ts';
import { reason } from '#domain/operations/reasons.ts';
import type { Reason } from '#domain/operations/reasons.ts';

interface Place {
  disk: number;
  partition: number;
}

type TargetPartition = TargetClient['disks'][number]['partitions'][number];

/** @throws {InvalidInputError} for numbers that no disk and no partition has. */
export function checkPlace({ disk, partition }: Place): void {
  if (disk < 1) throw new InvalidInputError(['input', 'disk'], 'NOT_POSITIVE');
  if (partition < 1) throw new InvalidInputError(['input', 'partition'], 'NOT_POSITIVE');
}

/** The partition of a client, or why there is none. */
export function findPlace(
  client: Pick<TargetClient, 'disks'>,
  place: Place,
): { partition: TargetPartition } | { missing: Reason } {
  const disk = client.disks.find(({ number }) => number === place.disk);
  if (disk === undefined) return { missing: reason('DISK_NOT_FOUND', { disk: place.disk }) };
  const partition = disk.partitions.find(({ number }) => number === place.partition);
  return partition === undefined
    ? { missing: reason('PARTITION_NOT_FOUND', { disk: place.disk, partition: place.partition }) }
    : { partition };
}
