import type { Transaction } from '#domain/storage.ts';
import type { TraceStatus } from '#domain/tracing/trace-status.ts';
import type { TraceInputOf } from './trace-input.ts';

/**
 * What becomes of the copy that a capture was to write, when the capture ended without success.
 *
 * Where it never ran, all is as it was before: the copy as it stood, and no image where there was none. Where it ran, the file is half
 * written, or nobody knows: the copy has failed.
 */
export async function settleFailedCapture(
  tx: Transaction,
  { imageId, repositoryId, replicaStatus }: TraceInputOf<'CREATE_IMAGE'>,
  { status, hasRun }: { status: TraceStatus; hasRun: boolean },
): Promise<void> {
  if (status === 'SUCCEEDED') return;
  const where = { imageId, repositoryId, status: 'CREATING' } as const;
  if (hasRun) {
    await tx.imageReplica.updateMany({ where, data: { status: 'FAILED', fault: 'CAPTURE_FAILED', faultDetail: null } });
    return;
  }
  if (replicaStatus !== null) {
    await tx.imageReplica.updateMany({ where, data: { status: replicaStatus } });
    return;
  }
  await tx.imageReplica.deleteMany({ where });
  await tx.image.deleteMany({ where: { id: imageId, revision: 0, replicas: { none: {} } } });
}
