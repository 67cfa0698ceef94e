import type { Storage } from '#domain/storage.ts';
import type { TraceStatus } from '#domain/tracing/trace-status.ts';

export type ReceiverState = 'INVITED' | 'JOINED' | 'RECEIVING' | 'LAGGING' | 'DONE' | 'DROPPED';

export interface Receiver {
  traceId: string;
  state: ReceiverState;
}

/** How far behind the middle of the others a receiver is that holds them up. */
const LAG_PERCENT = 20;

/** The receivers of multicast sessions: one statement for any number of them. */
export async function readReceivers(db: Storage, sessionIds: readonly string[]): Promise<Receiver[][]> {
  const traces = await db.trace.findMany({
    where: { sessionId: { in: [...sessionIds] } },
    orderBy: { id: 'asc' },
    select: { id: true, sessionId: true, status: true, progress: true },
  });
  return sessionIds.map((id) => {
    const own = traces.filter(({ sessionId }) => sessionId === id);
    const middle = middleOf(own.filter(({ status }) => status === 'RUNNING').map(({ progress }) => progress));
    return own.map(({ id: traceId, status, progress }) => ({ traceId, state: stateOf(status, progress, middle) }));
  });
}

function stateOf(status: TraceStatus, progress: number, middle: number): ReceiverState {
  switch (status) {
    case 'PENDING':
    case 'SENDING':
    case 'UNKNOWN':
      return 'INVITED';
    case 'RUNNING':
    case 'CANCELLING':
      if (progress === 0) return 'JOINED';
      return progress < middle - LAG_PERCENT ? 'LAGGING' : 'RECEIVING';
    case 'SUCCEEDED':
      return 'DONE';
    case 'FAILED':
    case 'CANCELLED':
    case 'LOST':
      return 'DROPPED';
  }
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
