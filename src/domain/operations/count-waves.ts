import type { Storage } from '#domain/storage.ts';
import { isFinal } from '#domain/tracing/trace-status.ts';

export interface WaveCounts {
  /** How many waves there are. */
  total: number;
  /** Traces of waves that have not gone. */
  waiting: number;
  /** Traces of waves that have gone, and that have not ended. */
  active: number;
}

/** How operations in waves stand: two statements for any number of them. */
export async function countWaves(db: Storage, operationIds: readonly string[]): Promise<WaveCounts[]> {
  const operations = await db.operation.findMany({
    where: { id: { in: [...operationIds] } },
    select: { id: true, openWave: true },
  });
  const rows = await db.trace.groupBy({
    by: ['operationId', 'wave', 'status'],
    where: { operationId: { in: [...operationIds] } },
    _count: true,
  });
  const openWaves = new Map(operations.map(({ id, openWave }) => [id, openWave]));
  return operationIds.map((id) => {
    const openWave = openWaves.get(id) ?? 0;
    const own = rows.filter(({ operationId }) => operationId === id);
    const sum = (some: typeof own) => some.reduce((total, { _count: count }) => total + count, 0);
    const unfinished = own.filter(({ status }) => !isFinal(status));
    return {
      total: own.reduce((most, { wave }) => Math.max(most, wave + 1), 0),
      waiting: sum(unfinished.filter(({ wave }) => wave > openWave)),
      active: sum(unfinished.filter(({ wave }) => wave <= openWave)),
    };
  });
}
