import type { Storage } from '#domain/storage.ts';
import { isFinal } from './trace-status.ts';
import type { TraceStatus } from './trace-status.ts';

const OPERATION_STATUSES = ['PENDING', 'RUNNING', 'SUCCEEDED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCELLED'] as const;

export type OperationStatus = (typeof OPERATION_STATUSES)[number];

export interface OperationSummary {
  status: OperationStatus;
  /** Share of the work done, 0 to 100: a trace that ended counts whole, whatever its end. */
  progress: number;
  counts: readonly { status: TraceStatus; count: number }[];
}

/** How operations stand, from their traces: one statement for any number of them. */
export async function summarizeOperations(db: Storage, operationIds: readonly string[]): Promise<OperationSummary[]> {
  const rows = await db.trace.groupBy({
    by: ['operationId', 'status'],
    where: { operationId: { in: [...operationIds] } },
    _count: true,
    _sum: { progress: true },
  });
  return operationIds.map((id) => {
    const counts = rows
      .filter(({ operationId }) => operationId === id)
      .map(({ status, _count: count, _sum: { progress } }) => ({ status, count, progress: progress ?? 0 }));
    return {
      counts: counts.map(({ status, count }) => ({ status, count })),
      status: statusOf(counts),
      progress: progressOf(counts),
    };
  });
}

/** What an operation of such traces is called. */
function statusOf(counts: readonly { status: TraceStatus; count: number }[]): OperationStatus {
  const present = new Set(counts.filter(({ count }) => count > 0).map(({ status }) => status));
  if (present.size === 0 || (present.size === 1 && present.has('PENDING'))) return 'PENDING';
  if ([...present].some((status) => !isFinal(status))) return 'RUNNING';
  if (present.size > 1) return present.has('SUCCEEDED') ? 'COMPLETED_WITH_ERRORS' : 'FAILED';
  if (present.has('SUCCEEDED')) return 'SUCCEEDED';
  return present.has('CANCELLED') ? 'CANCELLED' : 'FAILED';
}

function progressOf(counts: readonly { status: TraceStatus; count: number; progress: number }[]): number {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const done = counts.reduce((sum, { status, count, progress }) => sum + (isFinal(status) ? count * 100 : progress), 0);
  return total === 0 ? 0 : Math.floor(done / total);
}
