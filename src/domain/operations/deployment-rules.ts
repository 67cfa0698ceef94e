import type { ClientStatus } from '#domain/inventory/client-status.ts';
import { isCachePartition } from '#domain/inventory/partition-code.ts';
import type { MessageParams } from '#domain/message-params.ts';
import type { ImageStatus } from '#prisma/generated/client/enums.ts';

export const BLOCKING_REASONS = [
  'CLIENT_IN_MAINTENANCE',
  'CLIENT_NOT_ON_OGLIVE',
  'CLIENT_BUSY',
  'ADDRESS_NOT_ALLOWED',
  'NO_REPOSITORY',
  'IMAGE_NOT_IN_REPOSITORY',
  'IMAGE_NOT_READY',
  'DISK_NOT_FOUND',
  'PARTITION_NOT_FOUND',
  'PARTITION_IS_CACHE',
  'TOO_FEW_PARTITIONS',
  'NO_CACHE_PARTITION',
  'PARTITION_TOO_SMALL',
] as const;

const WARNING_REASONS = ['IMAGE_SIZE_UNKNOWN', 'UNICAST_FOR_MANY', 'PARTITION_WILL_BE_OVERWRITTEN'] as const;

export const REASON_CODES = [...BLOCKING_REASONS, ...WARNING_REASONS] as const;

export type ReasonCode = (typeof REASON_CODES)[number];

export interface Reason {
  code: ReasonCode;
  params: MessageParams;
}

export type Readiness = 'READY' | 'WARNING' | 'BLOCKED';

/** Everything about one client, its disks and the image that decides whether the deployment may go there. */
export interface DeploymentFacts {
  client: { status: ClientStatus; maintenance: boolean; hasActiveTrace: boolean; isAddressAllowed: boolean };
  disks: readonly {
    number: number;
    partitions: readonly {
      number: number;
      code: string;
      fileSystem: string | null;
      sizeBytes: bigint;
      operatingSystem: string | null;
    }[];
  }[];
  /** Null where the client has no repository and none was chosen. */
  repository: { name: string } | null;
  /** The image's copy in that repository; null where it has none. */
  replica: { status: ImageStatus } | null;
  imageSizeBytes: bigint | null;
  target: { disk: number; partition: number };
  clientCount: number;
}

/** From how many clients on a unicast transfer is worth a warning: each copy crosses the network by itself. */
const MANY_CLIENTS = 10;

/**
 * Why a deployment may not, or should not lightly, go to one client. All reasons at once, so that a person mends them in
 * one go. An empty list means ready.
 */
export function assessDeployment(facts: DeploymentFacts): readonly Reason[] {
  return [...assessClient(facts), ...assessImage(facts), ...assessPartition(facts)];
}

export function readinessOf(reasons: readonly Reason[]): Readiness {
  if (reasons.some(({ code }) => isBlocking(code))) return 'BLOCKED';
  return reasons.length > 0 ? 'WARNING' : 'READY';
}

export function isBlocking(code: ReasonCode): boolean {
  return BLOCKING_REASONS.some((blocking) => blocking === code);
}

function assessClient({ client, clientCount }: DeploymentFacts): Reason[] {
  const reasons: Reason[] = [];
  if (client.maintenance) reasons.push(reason('CLIENT_IN_MAINTENANCE'));
  if (client.hasActiveTrace || client.status === 'BUSY') reasons.push(reason('CLIENT_BUSY'));
  else if (client.status !== 'OGLIVE') reasons.push(reason('CLIENT_NOT_ON_OGLIVE', { status: client.status }));
  if (!client.isAddressAllowed) reasons.push(reason('ADDRESS_NOT_ALLOWED'));
  if (clientCount >= MANY_CLIENTS) reasons.push(reason('UNICAST_FOR_MANY', { count: clientCount }));
  return reasons;
}

function assessImage({ repository, replica, imageSizeBytes }: DeploymentFacts): Reason[] {
  if (repository === null) return [reason('NO_REPOSITORY')];
  if (replica === null) return [reason('IMAGE_NOT_IN_REPOSITORY', { repository: repository.name })];
  if (replica.status !== 'READY') {
    return [reason('IMAGE_NOT_READY', { repository: repository.name, status: replica.status })];
  }
  return imageSizeBytes === null ? [reason('IMAGE_SIZE_UNKNOWN')] : [];
}

function assessPartition({ disks, target, imageSizeBytes }: DeploymentFacts): Reason[] {
  const disk = disks.find(({ number }) => number === target.disk);
  if (disk === undefined) return [reason('DISK_NOT_FOUND', { disk: target.disk })];
  const reasons: Reason[] = [];
  const everywhere = disks.flatMap(({ partitions }) => partitions);
  if (everywhere.length < 2) reasons.push(reason('TOO_FEW_PARTITIONS', { count: everywhere.length }));
  if (!everywhere.some(isCachePartition)) reasons.push(reason('NO_CACHE_PARTITION'));
  const partition = disk.partitions.find(({ number }) => number === target.partition);
  if (partition === undefined) return [...reasons, reason('PARTITION_NOT_FOUND', target)];
  if (isCachePartition(partition)) reasons.push(reason('PARTITION_IS_CACHE', target));
  if (imageSizeBytes !== null && partition.sizeBytes < imageSizeBytes) {
    reasons.push(
      reason('PARTITION_TOO_SMALL', { needed: String(imageSizeBytes), available: String(partition.sizeBytes) }),
    );
  }
  if (partition.operatingSystem !== null) {
    reasons.push(reason('PARTITION_WILL_BE_OVERWRITTEN', { system: partition.operatingSystem }));
  }
  return reasons;
}

function reason(code: ReasonCode, params: MessageParams = {}): Reason {
  return { code, params };
}
