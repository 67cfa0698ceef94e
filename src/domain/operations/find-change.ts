import { assessPlace } from '#domain/imaging/image-fitness.ts';
import { installedSystemOf, isOn } from '#domain/inventory/client-status.ts';
import { reasonMessage } from '#domain/messages.ts';
import type { Transaction } from '#domain/storage.ts';
import { isDirect } from './deploy-method.ts';
import { assessTables } from './deployment-rules.ts';
import { assessLayout, settleCache } from './layout-rules.ts';
import { TARGET_DISK } from './operation-target.ts';
import type { TargetClient } from './operation-target.ts';
import { findPlace } from './planners/place.ts';
import { isBlocking } from './reasons.ts';
import { fromStoredFittedLayout } from './stored-layout.ts';
import type { TraceInput, TraceInputOf } from './trace-input.ts';

/** An order about to be sent, and its client as it is now. */
export interface DueOrder {
  order: TraceInput;
  dueAt: Date;
  /** The address that it was accepted for. */
  agentIp: string;
  forced: boolean;
  client: Pick<TargetClient, 'id' | 'status' | 'maintenance' | 'ip' | 'firmware'>;
}

type Disks = TargetClient['disks'];

/** How long an order may wait to be sent: what was right to wipe a quarter of an hour ago may be in a class now. */
const MAX_WAIT_MS = 15 * 60_000;

/**
 * What has changed since an order was accepted that speaks against sending it now; null for nothing. A job before it may have partitioned
 * the disk anew, so what it is to read or write is looked at once more, by the rules that it was planned with.
 */
export async function findChange(tx: Transaction, due: DueOrder, now: Date): Promise<string | null> {
  const { order, dueAt, agentIp, forced, client } = due;
  if (now.getTime() - dueAt.getTime() > MAX_WAIT_MS) return 'The order waited for more than 15 minutes.';
  if (client.maintenance) return 'The client is under maintenance now.';
  if (client.ip !== agentIp) return 'The client has another address now.';
  if (order.action === 'POWER_ON') return isOn(client.status) ? `The client is on already (${client.status}).` : null;
  if ('through' in order && order.through === 'INSTALLED_SYSTEM') {
    return installedSystemOf(client.status) === null
      ? `No installed system runs on the client now (${client.status}).`
      : null;
  }
  if (client.status !== 'OGLIVE' && !(forced && client.status === 'BUSY')) {
    return `The client is not on ogLive any more (${client.status}).`;
  }
  if (!('disk' in order)) return null;
  const disks = await tx.disk.findMany({ where: { clientId: client.id }, select: TARGET_DISK });
  if (order.action === 'DEPLOY_IMAGE') return findDeployChange(tx, order, disks);
  if (order.action === 'PARTITION_AND_FORMAT') return findLayoutChange(order, client.firmware, disks);
  return findPlaceChange(order, disks);
}

/** Of what is read or started: there must still be something of that kind there. */
function findPlaceChange(
  order: Extract<TraceInput, { action: 'CREATE_IMAGE' | 'SOFTWARE_INVENTORY' | 'START_SESSION' }>,
  disks: Disks,
): string | null {
  const place = findPlace({ disks }, order);
  if ('missing' in place) return reasonMessage(place.missing.code, place.missing.params, 'en');
  if (order.action !== 'CREATE_IMAGE') return null;
  if (place.partition.fileSystem === null) return 'The partition has no file system any more.';
  return describeCode(order.partitionCode, place.partition.code);
}

async function findDeployChange(
  tx: Transaction,
  order: TraceInputOf<'DEPLOY_IMAGE'>,
  disks: Disks,
): Promise<string | null> {
  const { imageId, repositoryId, disk, partition } = order;
  // Its file may have been found damaged while the order waited.
  const copy = await tx.imageReplica.findUnique({
    where: { imageId_repositoryId: { imageId, repositoryId } },
    select: { status: true, image: { select: { sizeBytes: true } } },
  });
  if (copy?.status !== 'READY') return `The image is not ready any more (${copy?.status ?? 'gone'}).`;
  const [reason] = [
    ...assessPlace({ disks, target: { disk, partition }, imageSizeBytes: copy.image.sizeBytes }),
    ...(isDirect(order.method) ? [] : assessTables(disks)),
  ];
  if (reason !== undefined) return reasonMessage(reason.code, reason.params, 'en');
  const place = findPlace({ disks }, order);
  return 'missing' in place ? null : describeCode(order.partitionCode, place.partition.code);
}

/** The agent is told of which type the partition is; one of another type is not the one that was meant. */
function describeCode(planned: string, current: string): string | null {
  return planned.toUpperCase() === current.toUpperCase()
    ? null
    : `The partition is of another type now (${current}, not ${planned}).`;
}

function findLayoutChange(
  order: TraceInputOf<'PARTITION_AND_FORMAT'>,
  firmware: TargetClient['firmware'],
  disks: Disks,
): string | null {
  const planned = fromStoredFittedLayout(order);
  const blocking = assessLayout({ firmware, disks, asked: planned, fitted: planned }).find(({ code }) =>
    isBlocking(code),
  );
  if (blocking !== undefined) return reasonMessage(blocking.code, blocking.params, 'en');
  // A CACHE that was to stay as it is may have gone, and would be left without a file system.
  const settled = settleCache(planned, disks);
  const isSame = settled.partitions.every(({ format }, index) => format === planned.partitions[index]?.format);
  return isSame ? null : 'The disk’s CACHE is not the one any more that was to be kept.';
}
