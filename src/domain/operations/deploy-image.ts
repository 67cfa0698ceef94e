import type { Principal } from '#domain/access/principal.ts';
import {
  DeploymentRefusedError,
  DomainError,
  IdempotencyConflictError,
  InvalidInputError,
  PlanOutdatedError,
} from '#domain/errors.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import { appendEvents, readHead } from '#domain/tracing/append-events.ts';
import type { AwaitAnswers } from '#domain/tracing/await-answers.ts';
import { hashOf } from '#lib/canonical-json.ts';
import { Prisma } from '#prisma/generated/client/client.ts';
import { isBlocking } from './deployment-rules.ts';
import type { Reason } from './deployment-rules.ts';
import type { DispatchQueue } from './dispatch-queue.ts';
import type { DeploymentPlan, DeploymentRequest, PlanDeployment, PlannedClient } from './plan-deployment.ts';

export interface DeployImageRequest extends DeploymentRequest {
  onBlocked: 'REJECT_ALL' | 'SKIP_BLOCKED';
  planToken: string | null;
  idempotencyKey: string | null;
  waitForAgentsMs: number;
}

/** What was decided about one client of the target. A trace, or the reasons why it was left out. */
export interface ClientOutcome {
  clientId: string;
  traceId: string | null;
  reasons: readonly Reason[];
}

export interface DeployedOperation {
  operationId: string;
  replayed: boolean;
  /** Number of the newest event before the operation's first one. */
  startSeq: bigint;
  outcomes: readonly ClientOutcome[];
}

export type DeployImage = (request: DeployImageRequest, principal: Principal) => Promise<DeployedOperation>;

const MAX_WAIT_FOR_AGENTS_MS = 60_000;
const MAX_KEY_LENGTH = 255;

/**
 * Orders an image onto clients.
 *
 * Operation, traces, their first events and the work that will call the agents commit together, before any agent is called:
 * a crash right after leaves evidence and finished work, never silence. Then waits, up to `waitForAgentsMs`, for the agents'
 * answers. Same key and same request: the same operation again, and nothing new.
 *
 * @throws {DeploymentRefusedError} when clients are blocked and `onBlocked` is REJECT_ALL, or none is left over.
 * @throws {PlanOutdatedError | IdempotencyConflictError | InvalidInputError | NotFoundError | MethodNotSupportedError}
 */
export function createDeployImage(collaborators: {
  db: Storage;
  queue: DispatchQueue;
  planDeployment: PlanDeployment;
  awaitAnswers: AwaitAnswers;
}): DeployImage {
  const { db, awaitAnswers } = collaborators;
  return async (request, principal) => {
    checkRequest(request);
    const { waitForAgentsMs, idempotencyKey, ...asked } = request;
    const inputHash = hashOf(asked);
    const replay = () => (idempotencyKey === null ? null : findReplay(db, principal, idempotencyKey, inputHash));

    const accepted = (await replay()) ?? (await accept(collaborators, request, principal, inputHash, replay));
    await awaitAnswers(accepted.operationId, waitForAgentsMs);
    return accepted;
  };
}

function checkRequest({ waitForAgentsMs, idempotencyKey }: DeployImageRequest): void {
  if (waitForAgentsMs < 0 || waitForAgentsMs > MAX_WAIT_FOR_AGENTS_MS) {
    throw new InvalidInputError(['input', 'waitForAgentsMs'], 'OUT_OF_RANGE', { min: 0, max: MAX_WAIT_FOR_AGENTS_MS });
  }
  if (idempotencyKey !== null && (idempotencyKey === '' || idempotencyKey.length > MAX_KEY_LENGTH)) {
    throw new InvalidInputError(['input', 'idempotencyKey'], 'OUT_OF_RANGE', { min: 1, max: MAX_KEY_LENGTH });
  }
}

async function accept(
  { db, queue, planDeployment }: { db: Storage; queue: DispatchQueue; planDeployment: PlanDeployment },
  request: DeployImageRequest,
  principal: Principal,
  inputHash: string,
  replay: () => Promise<DeployedOperation | null> | null,
): Promise<DeployedOperation> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.$transaction(async (tx) => {
        const plan = await planDeployment(request, tx);
        return store(tx, queue, request, principal, inputHash, chooseClients(plan, request));
      });
    } catch (error) {
      // Somebody was quicker: with the same key, which makes theirs the answer (their job may be what blocks this plan), or
      // with a job on one of these clients, which the next plan will see. The unique indexes decide, not the plan's reads.
      const theirs = error instanceof DomainError || isUniqueViolation(error) ? await replay() : null;
      if (theirs !== null) return theirs;
      if (!isUniqueViolation(error) || attempt === 3) throw error;
    }
  }
}

/** Every client with its decision, or an error that changes nothing. */
function chooseClients(plan: DeploymentPlan, { planToken, onBlocked }: DeployImageRequest): readonly PlannedClient[] {
  if (planToken !== null && planToken !== plan.token) throw new PlanOutdatedError(['input', 'planToken']);
  const blocked = plan.clients.filter(({ order }) => order === null);
  if (blocked.length > 0 && (onBlocked === 'REJECT_ALL' || blocked.length === plan.clients.length)) {
    throw new DeploymentRefusedError(
      blocked.map(({ clientId, reasons }) => ({ clientId, reasons: reasons.filter(({ code }) => isBlocking(code)) })),
    );
  }
  return plan.clients;
}

async function store(
  tx: Transaction,
  queue: DispatchQueue,
  request: DeployImageRequest,
  principal: Principal,
  inputHash: string,
  clients: readonly PlannedClient[],
): Promise<DeployedOperation> {
  const { imageId, repositoryId, target, disk, partition, method, onBlocked, idempotencyKey } = request;
  const operation = await tx.operation.create({
    data: {
      action: 'DEPLOY_IMAGE',
      requestedBy: principal.name,
      input: { imageId, repositoryId, target, disk, partition, method, onBlocked },
      idempotencyKey,
      inputHash,
      outcomes: [],
      startSeq: await readHead(tx),
    },
    select: { id: true, startSeq: true },
  });
  const ordered = clients.flatMap(({ clientId, order }) => (order === null ? [] : [{ clientId, ...order }]));
  const traces = await tx.trace.createManyAndReturn({
    data: ordered.map(({ clientId, agentIp, input }) => ({
      operationId: operation.id,
      clientId,
      agentIp,
      input,
      action: 'DEPLOY_IMAGE',
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
      action: 'DEPLOY_IMAGE',
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
): Promise<DeployedOperation | null> {
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
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
