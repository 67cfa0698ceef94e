import type { Principal } from '#domain/access/principal.ts';
import { isReferenceViolation, isUniqueViolation } from '#domain/database-errors.ts';
import { DomainError, IdempotencyConflictError, InvalidInputError, PlanOutdatedError } from '#domain/errors.ts';
import type { RefusedClient } from '#domain/errors.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { appendEvents, readHead } from '#domain/tracing/append-events.ts';
import type { AwaitTraces } from '#domain/tracing/await-traces.ts';
import { hasAnswer } from '#domain/tracing/trace-status.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { Action } from './action.ts';
import { checkIdempotencyKey } from './check-idempotency-key.ts';
import { claimImage } from './claim-image.ts';
import type { DispatchQueue } from './dispatch-queue.ts';
import { openSessions } from './open-sessions.ts';
import type { OperationOrder } from './operation-order.ts';
import type { OperationPlan, PlannedClient } from './operation-plan.ts';
import { isBlocking } from './reasons.ts';
import type { Reason } from './reasons.ts';
import { checkWaves, waveOf } from './waves.ts';
import type { Waves } from './waves.ts';

/** What every operation can be told besides what it is to do. */
export interface OperationOptions {
  onBlocked: 'REJECT_ALL' | 'SKIP_BLOCKED';
  /** Null: all clients are told at once. */
  waves: Waves | null;
  planToken: string | null;
  idempotencyKey: string | null;
  waitForAgentsMs: number;
}

/** The operation that another one tries again, and which trace of it each client had. */
export interface RetriedOperation {
  operationId: string;
  traceOf: ReadonlyMap<string, string>;
}

/** An operation to be accepted. */
export interface RequestedOperation extends OperationOptions {
  order: OperationOrder;
  /** What was asked for, as it is recorded. */
  input: Prisma.InputJsonObject;
  /** Tells a repeat from a conflict. */
  inputHash: string;
  retryOf: RetriedOperation | null;
  plan: (tx: Transaction) => Promise<OperationPlan>;
  /** The error that tells of blocked clients. */
  refuse: (clients: readonly RefusedClient[]) => DomainError;
}

/** What was decided about one client of the target. A trace, or the reasons why it was left out. */
export interface ClientOutcome {
  clientId: string;
  traceId: string | null;
  reasons: readonly Reason[];
}

export interface AcceptedOperation {
  operationId: string;
  replayed: boolean;
  /** Number of the newest event before the operation's first one. */
  startSeq: bigint;
  outcomes: readonly ClientOutcome[];
}

export type AcceptOperation = (request: RequestedOperation, principal: Principal) => Promise<AcceptedOperation>;

const MAX_WAIT_FOR_AGENTS_MS = 60_000;

/**
 * Accepts an operation over clients.
 *
 * Operation, traces, their first events and the work that will call the agents commit together, before any agent is called:
 * a crash right after leaves evidence and finished work, never silence. Then waits, up to `waitForAgentsMs`, for the agents'
 * answers. Same key and same request: the same operation again, and nothing new.
 *
 * @throws {DomainError} what `refuse` makes, when clients are blocked and `onBlocked` is REJECT_ALL, or none is left over.
 * @throws {PlanOutdatedError | IdempotencyConflictError | InvalidInputError}
 */
export function createAcceptOperation(collaborators: {
  db: Storage;
  queue: DispatchQueue;
  awaitTraces: AwaitTraces;
}): AcceptOperation {
  const { db, queue, awaitTraces } = collaborators;
  return async (request, principal) => {
    checkOptions(request);
    const { idempotencyKey, inputHash } = request;
    const replay = () => (idempotencyKey === null ? null : findReplay(db, principal, idempotencyKey, inputHash));
    const accepted = (await replay()) ?? (await accept({ db, queue }, request, principal, replay));
    await awaitTraces({ operationId: accepted.operationId, isDone: hasAnswer, timeoutMs: request.waitForAgentsMs });
    return accepted;
  };
}

function checkOptions({ waitForAgentsMs, idempotencyKey, waves }: OperationOptions): void {
  if (waves !== null) checkWaves(waves);
  if (waitForAgentsMs < 0 || waitForAgentsMs > MAX_WAIT_FOR_AGENTS_MS) {
    throw new InvalidInputError(['input', 'waitForAgentsMs'], 'OUT_OF_RANGE', { min: 0, max: MAX_WAIT_FOR_AGENTS_MS });
  }
  checkIdempotencyKey(idempotencyKey);
}

async function accept(
  { db, queue }: { db: Storage; queue: DispatchQueue },
  request: RequestedOperation,
  principal: Principal,
  replay: () => Promise<AcceptedOperation | null> | null,
): Promise<AcceptedOperation> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.$transaction(async (tx) => {
        const plan = await request.plan(tx);
        return store(tx, queue, request, principal, chooseClients(plan, request));
      });
    } catch (error) {
      // Somebody was quicker: with the same key, which makes theirs the answer (their job may be what blocks this plan), or
      // with a job on one of these clients, which the next plan will see. The unique indexes decide, not the plan's reads.
      const theirs = error instanceof DomainError || isUniqueViolation(error) ? await replay() : null;
      if (theirs !== null) return theirs;
      // A client that was deleted since is one that there is not, as the next plan will say.
      if (!(isUniqueViolation(error) || isReferenceViolation(error)) || attempt === 3) throw error;
    }
  }
}

/** Every client with its decision, or an error that changes nothing. */
function chooseClients(
  plan: OperationPlan,
  { planToken, onBlocked, refuse }: RequestedOperation,
): readonly PlannedClient[] {
  if (planToken !== null && planToken !== plan.token) throw new PlanOutdatedError(['input', 'planToken']);
  const blocked = plan.clients.filter(({ order }) => order === null);
  if (blocked.length > 0 && (onBlocked === 'REJECT_ALL' || blocked.length === plan.clients.length)) {
    throw refuse(
      blocked.map(({ clientId, reasons }) => ({ clientId, reasons: reasons.filter(({ code }) => isBlocking(code)) })),
    );
  }
  return plan.clients;
}

async function store(
  tx: Transaction,
  queue: DispatchQueue,
  { order, input, inputHash, idempotencyKey, waves, retryOf }: RequestedOperation,
  principal: Principal,
  clients: readonly PlannedClient[],
): Promise<AcceptedOperation> {
  const { action } = order;
  const operation = await tx.operation.create({
    data: {
      action,
      requestedBy: principal.name,
      input,
      idempotencyKey,
      inputHash,
      outcomes: [],
      startSeq: await readHead(tx),
      ...(waves === null ? {} : { waves: { ...waves } }),
      retryOfId: retryOf?.operationId ?? null,
    },
    select: { id: true, startSeq: true },
  });
  const ordered = clients.flatMap(({ clientId, order: own }) => (own === null ? [] : [{ clientId, ...own }]));
  const imageId = order.action === 'CREATE_IMAGE' ? await claimImage(tx, order, ordered, principal) : null;
  const traces = await tx.trace.createManyAndReturn({
    data: ordered.map(({ input: { action: _action, ...told }, ...each }, index) => {
      const wave = waves === null ? 0 : waveOf(index, waves);
      return {
        operationId: operation.id,
        clientId: each.clientId,
        agentIp: each.agentIp,
        input: imageId === null ? told : { ...told, imageId },
        action,
        wave,
        waitsFor: each.waitsFor ?? (wave > 0 ? ('WAVE' as const) : null),
        forced: each.isForced,
        repositoryId: repositoryOf(action, told),
        retryOfId: retryOf?.traceOf.get(each.clientId) ?? null,
      };
    }),
    select: { id: true, clientId: true, waitsFor: true, client: { select: { roomId: true } } },
  });
  if (order.action === 'DEPLOY_IMAGE') await openSessions(tx, operation.id, 0, order);
  const traceOf = new Map(traces.map(({ id, clientId }) => [clientId, id]));
  const outcomes = clients.map(({ clientId, reasons }): ClientOutcome => ({
    clientId,
    reasons,
    traceId: traceOf.get(clientId) ?? null,
  }));
  await tx.operation.update({
    where: { id: operation.id },
    data: { outcomes: outcomes as unknown as Prisma.InputJsonArray },
  });
  await queue.enqueue(
    tx,
    traces.filter(({ waitsFor }) => waitsFor === null).map(({ id }) => id),
  );
  await appendEvents(
    tx,
    traces.map(({ id, clientId, client }) => ({
      kind: 'CREATED',
      operationId: operation.id,
      traceId: id,
      clientId,
      roomId: client.roomId,
      action,
      traceStatus: 'PENDING',
      progress: 0,
    })),
  );
  return { operationId: operation.id, replayed: false, startSeq: operation.startSeq, outcomes };
}

/** The repository that an image is moved from or to; its limit counts the job. */
function repositoryOf(action: Action, told: object): string | null {
  if (action !== 'DEPLOY_IMAGE' && action !== 'CREATE_IMAGE') return null;
  return 'repositoryId' in told && typeof told.repositoryId === 'string' ? told.repositoryId : null;
}

/** What the same caller was answered to the same request with this key; null where there was none. @throws {IdempotencyConflictError} */
export async function findReplay(
  db: Storage,
  principal: Principal,
  idempotencyKey: string,
  inputHash: string,
): Promise<AcceptedOperation | null> {
  const earlier = await db.operation.findUnique({
    where: { requestedBy_idempotencyKey: { requestedBy: principal.name, idempotencyKey } },
    select: { id: true, inputHash: true, startSeq: true, outcomes: true },
  });
  if (earlier === null) return null;
  if (earlier.inputHash !== inputHash) throw new IdempotencyConflictError(['input', 'idempotencyKey']);
  return {
    operationId: earlier.id,
    replayed: true,
    startSeq: earlier.startSeq,
    outcomes: earlier.outcomes as unknown as ClientOutcome[],
  };
}
