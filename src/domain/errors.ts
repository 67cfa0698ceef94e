import type { MessageParams } from './message-params.ts';
import type { ReasonCode } from './operations/deployment-rules.ts';

const ERROR_CODES = [
  'INVALID_INPUT',
  'NOT_FOUND',
  'METHOD_NOT_SUPPORTED',
  'DEPLOYMENT_REFUSED',
  'PLAN_OUTDATED',
  'IDEMPOTENCY_CONFLICT',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * An expected failure: part of the contract, told to the caller with its code and the exact input field, and leaving
 * everything as it was. What is not one of these is a bug or an outage, and is masked at the edge.
 */
export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode;
  /** Input field at fault, from the mutation's `input` inwards. */
  readonly path: readonly string[];
  readonly params: MessageParams;

  /** Which sentence tells it to people; one a code, but for faults of single fields. */
  abstract readonly messageKey: MessageKey;

  constructor(path: readonly string[], params: MessageParams = {}) {
    super();
    this.name = new.target.name;
    this.path = path;
    this.params = params;
  }
}

/** What can be wrong with a single input field. Each has its sentence in messages.ts. */
export type InputFault =
  | 'EMPTY_TARGET'
  | 'TOO_MANY_CLIENTS'
  | 'NOT_POSITIVE'
  | 'OUT_OF_RANGE'
  | 'TOO_LONG'
  | 'OPTIONS_FOR_OTHER_METHOD';

/** Which sentence tells an error to people: one a code, but for the faults of single fields. */
export type MessageKey = Exclude<ErrorCode, 'INVALID_INPUT'> | InputFault;

export class InvalidInputError extends DomainError {
  readonly code = 'INVALID_INPUT';
  readonly messageKey: InputFault;

  constructor(path: readonly string[], fault: InputFault, params: MessageParams = {}) {
    super(path, params);
    this.messageKey = fault;
  }
}

/** An id that names nothing the caller may see. */
export class NotFoundError extends DomainError {
  readonly code = 'NOT_FOUND';
  readonly messageKey = 'NOT_FOUND';

  constructor(path: readonly string[], type: string) {
    super(path, { type });
  }
}

export class MethodNotSupportedError extends DomainError {
  readonly code = 'METHOD_NOT_SUPPORTED';
  readonly messageKey = 'METHOD_NOT_SUPPORTED';
}

export interface RefusedClient {
  clientId: string;
  reasons: readonly { code: ReasonCode; params: MessageParams }[];
}

/** One or more clients may not be deployed to. Nothing was stored and no agent was called. */
export class DeploymentRefusedError extends DomainError {
  readonly code = 'DEPLOYMENT_REFUSED';
  readonly messageKey = 'DEPLOYMENT_REFUSED';
  readonly clients: readonly RefusedClient[];

  constructor(clients: readonly RefusedClient[]) {
    super(['input', 'target'], { count: clients.length });
    this.clients = clients;
  }
}

/** The world is not any more what the plan was made of. */
export class PlanOutdatedError extends DomainError {
  readonly code = 'PLAN_OUTDATED';
  readonly messageKey = 'PLAN_OUTDATED';
}

/** The key was used before, for something else. */
export class IdempotencyConflictError extends DomainError {
  readonly code = 'IDEMPOTENCY_CONFLICT';
  readonly messageKey = 'IDEMPOTENCY_CONFLICT';
}
