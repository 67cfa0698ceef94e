import { assessCopy, assessPlace } from '#domain/imaging/image-fitness.ts';
import type { FitnessFacts, PartitionFacts } from '#domain/imaging/image-fitness.ts';
import { isCachePartition } from '#domain/inventory/partition-code.ts';
import { assessClient } from './client-rules.ts';
import type { ClientFacts } from './client-rules.ts';
import { reason } from './reasons.ts';
import type { Reason } from './reasons.ts';

/** Everything about one client, its disks and the image that decides whether the deployment may go there. */
export interface DeploymentFacts extends FitnessFacts {
  client: ClientFacts;
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
    ...assessClient(facts.client),
    ...assessTransfer(facts),
    ...assessCopy(facts),
    ...assessLayout(facts),
    ...assessPlace(facts),
    ...assessLoss(facts),
  ];
}

function assessTransfer({ clientCount }: DeploymentFacts): Reason[] {
  return clientCount >= MANY_CLIENTS ? [reason('UNICAST_FOR_MANY', { count: clientCount })] : [];
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
