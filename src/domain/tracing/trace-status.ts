export const TRACE_STATUSES = [
  'PENDING',
  'SENDING',
  'UNKNOWN',
  'RUNNING',
  'CANCELLING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'LOST',
] as const;

export type TraceStatus = (typeof TRACE_STATUSES)[number];

/** Statuses in which a job may be touching the client's disks, now or soon. One such trace a client, at most. */
export const ACTIVE_STATUSES = [
  'PENDING',
  'SENDING',
  'UNKNOWN',
  'RUNNING',
  'CANCELLING',
] as const satisfies readonly TraceStatus[];

/** Statuses in which an order has reached its agent, or may have, and the job has not ended. */
export const SENT_STATUSES = ['UNKNOWN', 'RUNNING', 'CANCELLING'] as const satisfies readonly TraceStatus[];

/** Statuses in which the agent's answer to our order is already known, or is known to be missing. */
export function hasAnswer(status: TraceStatus): boolean {
  return status !== 'PENDING' && status !== 'SENDING';
}

/** Closed. LOST is closed too, but its outcome is not known, so one later honest report may still settle it. */
export function isFinal(status: TraceStatus): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELLED' || status === 'LOST';
}
