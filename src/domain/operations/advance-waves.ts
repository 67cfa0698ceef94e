import { isUniqueViolation } from '#domain/database-errors.ts';
import { InvalidInputError } from '#domain/errors.ts';
import type { FindBlackouts } from '#domain/scheduling/find-blackouts.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Clock } from '#lib/clock.ts';
import type { CancelTrace } from './cancel-trace.ts';
import { streamOf } from './deploy-method.ts';
import type { DispatchQueue } from './dispatch-queue.ts';
import { readBlackoutPolicy } from './disturbance.ts';
import { letGo } from './let-go.ts';
import { lockOperation } from './lock-operation.ts';
import { openSessions } from './open-sessions.ts';
import { parseOperationOrder } from './operation-order.ts';
import type { OrderOf } from './operation-order.ts';
import { needsApproval, parseWaves } from './waves.ts';

const active = [...ACTIVE_STATUSES];

/** Lets the next wave of an operation go when the one before it has ended, or stops them all. */
export type AdvanceWaves = (operationId: string) => Promise<void>;

export function createAdvanceWaves({
  db,
  queue,
  clock,
  cancelTrace,
  findBlackouts,
}: {
  db: Storage;
  queue: DispatchQueue;
  clock: Clock;
  cancelTrace: CancelTrace;
  findBlackouts: FindBlackouts;
}): AdvanceWaves {
  return async (operationId) => {
    const stopped = await takeStep(operationId).catch((error: unknown) => {
      // Its streams need ports that others have: the wave goes when they are free.
      if (error instanceof InvalidInputError || isUniqueViolation(error)) return [];
      throw error;
    });
    const message = 'Too many clients before it failed.';
    for (const id of stopped) await cancelTrace(id, { reason: { code: 'WAVES_STOPPED', message }, onlyPending: true });
  };

  /** @returns the traces that must never go. */
  function takeStep(operationId: string): Promise<readonly string[]> {
    return db.$transaction(async (tx) => {
      await lockOperation(tx, operationId);
      const operation = await tx.operation.findUniqueOrThrow({
        where: { id: operationId },
        select: { action: true, input: true, waves: true, openWave: true, approvedWave: true, cancelledAt: true },
      });
      const waves = parseWaves(operation.waves);
      if (waves === null || operation.cancelledAt !== null) return [];
      const failures = await countFailures(tx, operationId);
      if (waves.stopAfterFailures !== null && failures >= waves.stopAfterFailures) {
        const rest = await tx.trace.findMany({
          where: { operationId, status: 'PENDING', waitsFor: { not: null } },
          select: { id: true },
        });
        return rest.map(({ id }) => id);
      }
      const now = clock.now();
      // Those that came to wait for their wave while it opened.
      await letWaveGo(tx, queue, operationId, operation.openWave, now);
      if (await isUnderWay(tx, operationId, operation.openWave)) return [];
      const next = operation.openWave + 1;
      if (needsApproval(waves, next) && operation.approvedWave < next) return [];
      const order = parseOperationOrder(operation.action, operation.input);
      if (order.action === 'DEPLOY_IMAGE') {
        if (await isHeldBack(tx, operationId, next, order, operation.input, now)) return [];
        await openSessions(tx, operationId, next, order);
      }
      await tx.operation.update({ where: { id: operationId }, data: { openWave: next } });
      await letWaveGo(tx, queue, operationId, next, now);
      return [];
    });
  }

  /** Whether a wave that is to receive together has to wait, because one of its rooms is not to be disturbed: nobody of it can wait alone. */
  async function isHeldBack(
    tx: Transaction,
    operationId: string,
    wave: number,
    { method }: OrderOf<'DEPLOY_IMAGE'>,
    input: unknown,
    now: Date,
  ): Promise<boolean> {
    if (streamOf(method) === null || readBlackoutPolicy(input) !== 'HOLD') return false;
    const rooms = await tx.room.findMany({
      where: { clients: { some: { traces: { some: { operationId, wave, status: 'PENDING' } } } } },
      select: { id: true },
    });
    const blackouts = await findBlackouts(
      tx,
      rooms.map(({ id }) => id),
      now,
    );
    return blackouts.size > 0;
  }
}

/** What a wave’s end tells: a job of which nobody knows how it ended is none that went well. */
function countFailures(tx: Transaction, operationId: string): Promise<number> {
  return tx.trace.count({ where: { operationId, status: { in: ['FAILED', 'LOST'] } } });
}

/**
 * Whether anything of the waves that have gone has not ended. One that is queued behind another job counts too, unless that job waits for a
 * wave itself: or two operations could wait for one another for ever.
 */
async function isUnderWay(tx: Transaction, operationId: string, openWave: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ found: boolean }[]>`
    SELECT EXISTS (
      SELECT 1 FROM traces own
      WHERE own.operation_id = ${operationId}::uuid AND own.wave <= ${openWave} AND own.status::text = ANY(${active})
        AND (
          own.waits_for IS DISTINCT FROM 'EARLIER_JOB'
          OR NOT EXISTS (
            SELECT 1 FROM traces before
            WHERE before.client_id = own.client_id AND before.status = 'PENDING' AND before.waits_for = 'WAVE'
          )
        )
    ) AS found`;
  return row?.found === true;
}

async function letWaveGo(
  tx: Transaction,
  queue: DispatchQueue,
  operationId: string,
  wave: number,
  now: Date,
): Promise<void> {
  const released = await tx.trace.updateManyAndReturn({
    where: { operationId, wave: { lte: wave }, status: 'PENDING', waitsFor: 'WAVE' },
    data: { waitsFor: null, dueAt: now },
    select: { id: true, operationId: true, clientId: true, action: true, client: { select: { roomId: true } } },
  });
  await letGo(
    tx,
    queue,
    released.map(({ client, ...trace }) => ({ ...trace, roomId: client.roomId })),
  );
}
