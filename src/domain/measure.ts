import type { ClientStatus } from './inventory/client-status.ts';
import type { Storage } from './storage.ts';
import { readHead } from './tracing/append-events.ts';
import { ACTIVE_STATUSES } from './tracing/trace-status.ts';
import type { TraceStatus } from './tracing/trace-status.ts';

/** How things stand, as numbers that somebody may want to be woken by. */
export interface Measures {
  clients: readonly { status: ClientStatus; count: number }[];
  /** Of jobs that have not ended. */
  traces: readonly { status: TraceStatus; count: number }[];
  /** Number of the newest event. */
  eventLogHead: bigint;
}

/** Three statements, each by an index, whatever the size of the campus. */
export async function measure(db: Storage): Promise<Measures> {
  const clients = await db.client.groupBy({ by: ['status'], _count: true });
  const traces = await db.trace.groupBy({
    by: ['status'],
    where: { status: { in: [...ACTIVE_STATUSES] } },
    _count: true,
  });
  return {
    clients: clients.map(({ status, _count: count }) => ({ status, count })),
    traces: traces.map(({ status, _count: count }) => ({ status, count })),
    eventLogHead: await readHead(db),
  };
}
