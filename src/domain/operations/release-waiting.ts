import pLimit from 'p-limit';
import { lockClient } from '#domain/inventory/set-client-status.ts';
import type { FindBlackouts } from '#domain/scheduling/find-blackouts.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { TraceWait } from '#prisma/generated/client/enums.ts';
import type { AdvanceWaves } from './advance-waves.ts';
import type { DispatchQueue } from './dispatch-queue.ts';
import { isDisturbing, readBlackoutPolicy } from './disturbance.ts';
import { findDue } from './find-due.ts';
import type { WaitingTrace } from './find-due.ts';
import { letGo } from './let-go.ts';

export type ReleaseWaiting = () => Promise<void>;

export interface ReleaseCollaborators {
  db: Storage;
  queue: DispatchQueue;
  clock: Clock;
  log: Logger;
  findBlackouts: FindBlackouts;
  advanceWaves: AdvanceWaves;
}

/**
 * Lets every order go whose turn has come: the first of those behind a job that has ended, the next wave, those for which there is a
 * place again, those whose room is free again.
 *
 * Works on what is stored, never on what was heard, so it may run at any time, twice at once, on several servers, and after a crash:
 * letting go only makes an order one that may be sent, and whoever sends it looks again.
 */
export function createReleaseWaiting(collaborators: ReleaseCollaborators): ReleaseWaiting {
  const { db, clock, log, findBlackouts, advanceWaves } = collaborators;
  const atOnce = pLimit(8);
  return async () => {
    const inWaves = await db.trace.groupBy({
      by: ['operationId'],
      where: { status: 'PENDING', waitsFor: 'WAVE', operation: { cancelledAt: null } },
    });
    await Promise.all(
      inWaves.map(({ operationId }) => atOnce(() => orTellOf({ operationId }, () => advanceWaves(operationId)))),
    );
    const due = await findDue(db, findBlackouts, clock.now());
    await Promise.all(
      due.map((trace) => atOnce(() => orTellOf({ traceId: trace.id }, () => release(collaborators, trace)))),
    );
  };

  /** One that cannot be let go must not keep the others. */
  async function orTellOf(about: object, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      log.error({ err: error, ...about }, 'cannot let this order go; trying again');
    }
  }
}

async function release(
  { db, queue, clock, findBlackouts }: ReleaseCollaborators,
  { id, clientId }: WaitingTrace,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const now = clock.now();
    const client = await lockClient(tx, clientId);
    const { operationId, action, status, waitsFor, wave, operation } = await tx.trace.findUniqueOrThrow({
      where: { id },
      select: {
        status: true,
        waitsFor: true,
        wave: true,
        operationId: true,
        action: true,
        operation: { select: { openWave: true, input: true, cancelledAt: true } },
      },
    });
    if (status !== 'PENDING' || waitsFor === null || waitsFor === 'WAVE' || operation.cancelledAt !== null) return;
    if (waitsFor === 'EARLIER_JOB' && (await isHeld(tx, clientId))) return;
    const isPatient = readBlackoutPolicy(operation.input) === 'HOLD' && isDisturbing(action);
    const isClosed = isPatient && (await findBlackouts(tx, [client.roomId], now)).has(client.roomId);
    // A wave that opens at this very moment is not seen here: advancing the waves sees to those left behind.
    const next: TraceWait | null = wave > operation.openWave ? 'WAVE' : isClosed ? 'BLACKOUT' : null;
    if (next === waitsFor) return;
    await tx.trace.update({ where: { id }, data: { waitsFor: next, dueAt: now } });
    if (next === null) await letGo(tx, queue, [{ id, operationId, clientId, roomId: client.roomId, action }]);
  });
}

/** Whether a job that goes before has not ended. */
async function isHeld(tx: Transaction, clientId: string): Promise<boolean> {
  const before = await tx.trace.count({
    where: {
      clientId,
      status: { in: [...ACTIVE_STATUSES] },
      OR: [{ waitsFor: null }, { waitsFor: { not: 'EARLIER_JOB' } }],
    },
  });
  return before > 0;
}
