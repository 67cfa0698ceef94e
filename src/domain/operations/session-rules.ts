import { hasAnswer } from '#domain/tracing/trace-status.ts';
import type { TraceStatus } from '#domain/tracing/trace-status.ts';
import type { TraceWait } from '#prisma/generated/client/enums.ts';

/** One client of a stream, as far as the stream depends on it. */
export interface StreamReceiver {
  status: TraceStatus;
  waitsFor: TraceWait | null;
  dueAt: Date;
  progress: number;
}

export const RECEIVER_FIELDS = { status: true, waitsFor: true, dueAt: true, progress: true } as const;

/**
 * Whether nobody is waited for any more. A client is waited for while its agent may still answer, from when its order was due; one whose
 * turn has not come is not: that may take hours.
 */
export function isGathered(receivers: readonly StreamReceiver[], now: Date, gatherMs: number): boolean {
  return receivers.every(
    ({ status, waitsFor, dueAt }) =>
      hasAnswer(status) || waitsFor !== null || now.getTime() - dueAt.getTime() >= gatherMs,
  );
}

/**
 * For how many the repository is told to wait: those that have agreed. Those whose answer was lost may be waiting for it too: where nobody
 * has agreed, it is for them.
 */
export function countAgreed(receivers: readonly StreamReceiver[]): number {
  const count = (wanted: TraceStatus) => receivers.filter(({ status }) => status === wanted).length;
  return count('RUNNING') || count('UNKNOWN');
}

/** Whether somebody receives, which nobody does without a sender. */
export function hasReceived(receivers: readonly StreamReceiver[]): boolean {
  return receivers.some(({ status, progress }) => status === 'SUCCEEDED' || progress > 0);
}
