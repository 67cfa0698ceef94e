import type { Storage } from '#domain/storage.ts';

/** Stores a room full of running jobs, one a client. @returns the jobs' names. */
export async function loadRunningJobs(db: Storage, count: number): Promise<string[]> {
  const center = await db.center.create({ data: { name: 'Centro' } });
  const room = await db.room.create({ data: { name: 'Aula', centerId: center.id } });
  const clients = await db.client.createManyAndReturn({
    data: Array.from({ length: count }, (_, index) => ({
      roomId: room.id,
      name: `pc${index}`,
      mac: `02:FB:00:00:00:${index.toString(16).padStart(2, '0').toUpperCase()}`,
      ip: `10.251.0.${index + 1}`,
      status: 'BUSY' as const,
    })),
  });
  const operation = await db.operation.create({
    data: { action: 'RUN_SCRIPT', requestedBy: 'test', input: {}, inputHash: '', outcomes: [], startSeq: 0n },
  });
  const now = new Date();
  const traces = await db.trace.createManyAndReturn({
    data: clients.map(({ id, ip }, index) => ({
      operationId: operation.id,
      clientId: id,
      action: 'RUN_SCRIPT' as const,
      status: 'RUNNING' as const,
      jobId: `EjecutarScript-${index.toString(16).padStart(8, '0')}`,
      agentIp: ip,
      input: { script: 'x', parameters: [], commandId: null, commandName: null },
      sentAt: now,
      startedAt: now,
      lastHeardAt: now,
    })),
  });
  return traces.map(({ jobId }) => jobId ?? '');
}
