import { assessCopy, assessPlace } from '#domain/imaging/image-fitness.ts';
import type { FitnessFacts, PartitionFacts } from '#domain/imaging/image-fitness.ts';
import type { ClientStatus } from '#domain/inventory/client-status.ts';
import { isCachePartition } from '#domain/inventory/partition-code.ts';
import type { MessageParams } from '#domain/message-params.ts';

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
export interface DeploymentFacts extends FitnessFacts {
  client: { status: ClientStatus; maintenance: boolean; hasActiveTrace: boolean; isAddressAllowed: boolean };
  disks: readonly {
    number: number;
    partitions: readonly (PartitionFacts & { operatingSystem: string | null })[];
  }[];
  clientCount: number;
}

/** From how many clients on a unicast transfer is worth a warning: each copy crosses the network by itself. */
const MANY_CLIENTS = 10;

/**
 * Why a deployment may not, or should not lightly, go to one client. All reasons at once, so that a person mends them in
 * one go. An empty list means ready.
 */
export function assessDeployment(facts: DeploymentFacts): readonly Reason[] {
  return [
    ...assessClient(facts),
    ...assessCopy(facts),
    ...assessLayout(facts),
    ...assessPlace(facts),
    ...assessLoss(facts),
  ];
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

/** Said of a disk that is there: about one that is not, that alone is worth saying. */
function assessLayout({ disks, target }: DeploymentFacts): Reason[] {
  if (!disks.some(({ number }) => number === target.disk)) return [];
  const reasons: Reason[] = [];
  const everywhere = disks.flatMap(({ partitions }) => partitions);
  if (everywhere.length < 2) reasons.push(reason('TOO_FEW_PARTITIONS', { count: everywhere.length }));
  if (!everywhere.some(isCachePartition)) reasons.push(reason('NO_CACHE_PARTITION'));
  return reasons;
}

function assessLoss({ disks, target }: DeploymentFacts): Reason[] {
  const system = disks
    .find(({ number }) => number === target.disk)
    ?.partitions.find(({ number }) => number === target.partition)?.operatingSystem;
  return typeof system === 'string' ? [reason('PARTITION_WILL_BE_OVERWRITTEN', { system })] : [];
}

function reason(code: ReasonCode, params: MessageParams = {}): Reason {
  return { code, params };
}
