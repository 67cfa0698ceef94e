import type { Principal } from '#domain/access/principal.ts';
import { DomainError, IdempotencyConflictError, InvalidInputError, PlanOutdatedError } from '#domain/errors.ts';
import type { RefusedClient } from '#domain/errors.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { appendEvents, readHead } from '#domain/tracing/append-events.ts';
import type { AwaitAnswers } from '#domain/tracing/await-answers.ts';
import { Prisma } from '#prisma/generated/client/client.ts';
import type { DispatchQueue } from './dispatch-queue.ts';
import type { OperationPlan, PlannedClient } from './operation-plan.ts';
import { isBlocking } from './reasons.ts';
import type { Reason } from './reasons.ts';
import type { OrderedAction } from './trace-input.ts';

/** What every operation can be told besides what it is to do. */
export interface OperationOptions {
  onBlocked: 'REJECT_ALL' | 'SKIP_BLOCKED';
  idempotencyKey: string | null;
  waitForAgentsMs: number;
}

/** An operation to be accepted. */
export interface RequestedOperation extends OperationOptions {
  action: OrderedAction;
  /** What was asked for, as it is recorded. */
  input: Prisma.InputJsonObject;
  /** Tells a repeat from a conflict. */
  inputHash: string;
  planToken: string | null;
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
const MAX_KEY_LENGTH = 255;

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
  awaitAnswers: AwaitAnswers;
}): AcceptOperation {
  const { db, queue, awaitAnswers } = collaborators;
  return async (request, principal) => {
    checkOptions(request);
    const { idempotencyKey, inputHash } = request;
    const replay = () => (idempotencyKey === null ? null : findReplay(db, principal, idempotencyKey, inputHash));
    const accepted = (await replay()) ?? (await accept({ db, queue }, request, principal, replay));
    await awaitAnswers(accepted.operationId, request.waitForAgentsMs);
    return accepted;
  };
}

function checkOptions({ waitForAgentsMs, idempotencyKey }: OperationOptions): void {
  if (waitForAgentsMs < 0 || waitForAgentsMs > MAX_WAIT_FOR_AGENTS_MS) {
    throw new InvalidInputError(['input', 'waitForAgentsMs'], 'OUT_OF_RANGE', { min: 0, max: MAX_WAIT_FOR_AGENTS_MS });
  }
  if (idempotencyKey !== null && (idempotencyKey.includes('\0') || !idempotencyKey.isWellFormed())) {
    throw new InvalidInputError(['input', 'idempotencyKey'], 'BAD_CHARACTERS');
  }
  if (idempotencyKey !== null && (idempotencyKey === '' || idempotencyKey.length > MAX_KEY_LENGTH)) {
    throw new InvalidInputError(['input', 'idempotencyKey'], 'OUT_OF_RANGE', { min: 1, max: MAX_KEY_LENGTH });
  }
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
      if (!(isUniqueViolation(error) || hasCode(error, 'P2003')) || attempt === 3) throw error;
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
  { action, input, inputHash, idempotencyKey }: RequestedOperation,
  principal: Principal,
  clients: readonly PlannedClient[],
): Promise<AcceptedOperation> {
  const operation = await tx.operation.create({
    data: {
      action,
      requestedBy: principal.name,
      input,
      idempotencyKey,
      inputHash,
      outcomes: [],
      startSeq: await readHead(tx),
    },
    select: { id: true, startSeq: true },
  });
  const ordered = clients.flatMap(({ clientId, order }) => (order === null ? [] : [{ clientId, ...order }]));
  const traces = await tx.trace.createManyAndReturn({
    data: ordered.map(({ clientId, agentIp, input: { action: _action, ...order } }) => ({
      operationId: operation.id,
      clientId,
      agentIp,
      input: order,
      action,
    })),
    select: { id: true, clientId: true, client: { select: { roomId: true } } },
  });
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
    traces.map(({ id }) => id),
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

async function findReplay(
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

function isUniqueViolation(error: unknown): boolean {
  return hasCode(error, 'P2002');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === code;
}
