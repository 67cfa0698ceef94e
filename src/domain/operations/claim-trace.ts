import { lockClient } from '#domain/inventory/set-client-status.ts';
import type { FindBlackouts } from '#domain/scheduling/find-blackouts.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { appendEvents } from '#domain/tracing/append-events.ts';
import { applyTraceFact } from '#domain/tracing/apply-trace-fact.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import type { TraceFact } from '#domain/tracing/trace-machine.ts';
import type { Clock } from '#lib/clock.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { TraceWait } from '#prisma/generated/client/enums.ts';
import { isDisturbing, readBlackoutPolicy } from './disturbance.ts';
import { findChange } from './find-change.ts';
import { findJoinObstacle } from './join-session.ts';
import { findLimit } from './limits.ts';
import { lockOperation } from './lock-operation.ts';
import { parseTraceInput } from './trace-input.ts';

export interface ClaimCollaborators {
  db: Storage;
  clock: Clock;
  findBlackouts: FindBlackouts;
}

/** What becomes of an order whose turn seems to have come. */
type Verdict = { go: true } | { wait: TraceWait } | { drop: TraceFact };

const DUE = {
  operationId: true,
  action: true,
  status: true,
  waitsFor: true,
  forced: true,
  sessionId: true,
  repositoryId: true,
  dueAt: true,
  agentIp: true,
  input: true,
  client: { select: { id: true, roomId: true, status: true, maintenance: true, ip: true, firmware: true } },
  operation: { select: { cancelledAt: true, input: true } },
} as const satisfies Prisma.TraceSelect;

type DueTrace = Prisma.TraceGetPayload<{ select: typeof DUE }>;

/**
 * Takes an order for sending: the one way from PENDING to SENDING. Everything that may have changed since it was accepted is looked at
 * here, whatever it has waited for: a wish to cancel it, a class that has begun, the disk, the limits.
 *
 * @returns whether the caller, and nobody else, has to send it now.
 */
export async function claimTrace(
  collaborators: ClaimCollaborators,
  traceId: string,
  clientId: string,
): Promise<boolean> {
  const { db, clock } = collaborators;
  return db.$transaction(async (tx) => {
    const now = clock.now();
    const client = await lockClient(tx, clientId);
    const trace = await tx.trace.findUniqueOrThrow({ where: { id: traceId }, select: DUE });
    if (trace.status !== 'PENDING' || trace.waitsFor !== null) return false;
    const verdict = await judge(collaborators, tx, trace, now);
    const apply = async (fact: TraceFact) => (await applyTraceFact(tx, client, traceId, fact, now)).events;
    if ('wait' in verdict) {
      await tx.trace.update({ where: { id: traceId }, data: { waitsFor: verdict.wait } });
      const { operationId, action } = trace;
      const about = { operationId, action, traceId, clientId, roomId: client.roomId };
      await appendEvents(tx, [{ ...about, kind: 'WAITING', traceStatus: 'PENDING' }]);
      return false;
    }
    const events: EventDraft[] = [];
    if ('drop' in verdict) {
      // The operation before its traces: what ends one takes the locks in this order everywhere.
      await lockOperation(tx, trace.operationId);
      if (verdict.drop.fact === 'not-sent') events.push(...(await apply({ fact: 'sending' })));
      events.push(...(await apply(verdict.drop)));
    } else {
      events.push(...(await apply({ fact: 'sending' })));
    }
    await appendEvents(tx, events);
    return 'go' in verdict;
  });
}

async function judge(
  { findBlackouts }: ClaimCollaborators,
  tx: Transaction,
  trace: DueTrace,
  now: Date,
): Promise<Verdict> {
  const { action, forced, client, operation, sessionId, repositoryId } = trace;
  if (operation.cancelledAt !== null) return { drop: { fact: 'cancel-asked' } };
  const obstacle = sessionId === null ? null : await findJoinObstacle(tx, sessionId);
  if (obstacle !== null) return outdated(obstacle);

  const policy = readBlackoutPolicy(operation.input);
  if (policy !== 'OVERRIDE' && isDisturbing(action)) {
    const blackout = (await findBlackouts(tx, [client.roomId], now)).get(client.roomId);
    // Whoever is to receive at one time with others cannot wait alone.
    if (blackout !== undefined && policy === 'HOLD' && sessionId === null) return { wait: 'BLACKOUT' };
    if (blackout !== undefined) {
      return outdated(`The room is not to be disturbed until ${blackout.until.toISOString()} (${blackout.name}).`);
    }
  }
  const change = await findChange(tx, { ...trace, order: parseTraceInput(action, trace.input) }, now);
  if (change !== null) return outdated(change);
  const limit = forced ? null : await findLimit(tx, { action, roomId: client.roomId, repositoryId, sessionId });
  return limit === null ? { go: true } : { wait: limit };
}

function outdated(message: string): Verdict {
  return { drop: { fact: 'not-sent', code: 'ORDER_OUTDATED', message } };
}
