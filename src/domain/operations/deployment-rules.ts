import { assessCopy, assessPlace } from '#domain/imaging/image-fitness.ts';
import type { FitnessFacts, PartitionFacts } from '#domain/imaging/image-fitness.ts';
import { isCachePartition } from '#domain/inventory/partition-code.ts';
import type { Firmware, ImageStatus } from '#prisma/generated/client/enums.ts';
import { isDirect, streamOf } from './deploy-method.ts';
import type { DeployMethod } from './deploy-method.ts';
import { reason } from './reasons.ts';
import type { Reason } from './reasons.ts';

/** Everything about a client's disks, the image and its way there that decides whether the deployment may go there. */
export interface DeploymentFacts extends FitnessFacts {
  disks: readonly {
    number: number;
    partitions: readonly (PartitionFacts & {
      usedPercent: number | null;
      operatingSystem: string | null;
      cachedImages: readonly { name: string }[];
    })[];
  }[];
  firmware: Firmware | null;
  image: { name: string; sourceFirmware: Firmware | null };
  replica: { status: ImageStatus; checksum: string | null; sizeBytes: bigint | null } | null;
  method: DeployMethod;
  /** Where a multicast stream would go; null where nobody has said. */
  multicastAddress: string | null;
  clientCount: number;
  /** The smallest and the largest of the partitions that the clients would restore it onto; null where all are alike. */
  unlikeSizes: { smallest: bigint; largest: bigint } | null;
}

/** From how many clients on a unicast transfer is worth a warning: each copy crosses the network by itself. */
const MANY_CLIENTS = 10;

/**
 * Why a deployment may not, or should not lightly, go to a client with such disks. All reasons at once, so that a person mends them in
 * one go. What the client is doing is judged by {@link assessClient}.
 */
export function assessDeployment(facts: DeploymentFacts): readonly Reason[] {
  return [
    ...assessTransfer(facts),
    ...assessCopy(facts),
    ...assessLayout(facts),
    ...assessPlace(facts),
    ...assessCache(facts),
    ...assessLikeness(facts),
    ...assessLoss(facts),
  ];
}

function assessTransfer({ method, replica, multicastAddress, clientCount }: DeploymentFacts): Reason[] {
  const stream = streamOf(method);
  if (stream === null) return clientCount >= MANY_CLIENTS ? [reason('UNICAST_FOR_MANY', { count: clientCount })] : [];
  const reasons: Reason[] = [];
  if (replica?.checksum === null) reasons.push(reason('CHECKSUM_UNKNOWN'));
  if (stream !== 'P2P' && multicastAddress === null) reasons.push(reason('NO_MULTICAST_ADDRESS'));
  return reasons;
}

/** Said of a disk that is there: about one that is not, that alone is worth saying. */
function assessLayout({ disks, target, method }: DeploymentFacts): Reason[] {
  return !disks.some(({ number }) => number === target.disk) || isDirect(method) ? [] : assessTables(disks);
}

/** Whether the disks have what a method needs that puts the file into the CACHE first. */
export function assessTables(disks: DeploymentFacts['disks']): Reason[] {
  const reasons: Reason[] = [];
  const everywhere = disks.flatMap(({ partitions }) => partitions);
  if (everywhere.length < 2) reasons.push(reason('TOO_FEW_PARTITIONS', { count: everywhere.length }));
  if (!everywhere.some(isCachePartition)) reasons.push(reason('NO_CACHE_PARTITION'));
  return reasons;
}

/** Whether the image’s file fits where it is put first; one that lies there already needs no room. */
function assessCache({ disks, image, replica, method }: DeploymentFacts): Reason[] {
  const cache = disks.flatMap(({ partitions }) => partitions).find(isCachePartition);
  const needed = replica?.sizeBytes ?? null;
  if (isDirect(method) || cache === undefined || needed === null) return [];
  if (cache.cachedImages.some(({ name }) => name === image.name)) return [];
  if (cache.sizeBytes < needed) {
    return [reason('CACHE_TOO_SMALL', { needed: String(needed), available: String(cache.sizeBytes) })];
  }
  if (cache.usedPercent === null) return [];
  const free = (cache.sizeBytes * BigInt(100 - cache.usedPercent)) / 100n;
  return free < needed ? [reason('NO_ROOM_IN_CACHE', { needed: String(needed), available: String(free) })] : [];
}

function assessLikeness({ firmware, image, unlikeSizes }: DeploymentFacts): Reason[] {
  const reasons: Reason[] = [];
  if (unlikeSizes !== null) {
    const { smallest, largest } = unlikeSizes;
    reasons.push(reason('PARTITION_SIZES_DIFFER', { smallest: String(smallest), largest: String(largest) }));
  }
  if (firmware !== null && image.sourceFirmware !== null && firmware !== image.sourceFirmware) {
    reasons.push(reason('FIRMWARE_DIFFERS', { firmware, image: image.sourceFirmware }));
  }
  return reasons;
}

function assessLoss({ disks, target }: DeploymentFacts): Reason[] {
  const system = disks
    .find(({ number }) => number === target.disk)
    ?.partitions.find(({ number }) => number === target.partition)?.operatingSystem;
  return typeof system === 'string' ? [reason('PARTITION_WILL_BE_OVERWRITTEN', { system })] : [];
}
