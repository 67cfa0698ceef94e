import type { ImportFileProblem } from './inventory/client-import/parsed-import.ts';
import type { PlannedRow } from './inventory/client-import/plan-client-import.ts';
import type { MessageParams } from './message-params.ts';
import type { ReasonCode } from './operations/reasons.ts';

const ERROR_CODES = [
  'INVALID_INPUT',
  'NOT_FOUND',
  'METHOD_NOT_SUPPORTED',
  'DEPLOYMENT_REFUSED',
  'PLAN_OUTDATED',
  'IDEMPOTENCY_CONFLICT',
  'ALREADY_EXISTS',
  'IN_USE',
  'STALE_VERSION',
  'IMPORT_REFUSED',
  'OPERATION_REFUSED',
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
export const INPUT_FAULTS = [
  'REQUIRED',
  'EMPTY',
  'TOO_LONG',
  'TOO_MANY',
  'BAD_CHARACTERS',
  'OUT_OF_RANGE',
  'NOT_POSITIVE',
  'BAD_MAC',
  'BAD_IP',
  'NOT_A_HOST',
  'NOT_MULTICAST',
  'BAD_NETMASK',
  'BAD_NETWORK',
  'NOT_A_NETWORK',
  'OUTSIDE_NETWORK',
  'NETWORKS_OVERLAP',
  'LEAVES_CLIENTS_OUT',
  'ODD_PORT',
  'BAD_SERVER',
  'BAD_URL',
  'BAD_RESOLUTION',
  'BAD_IMAGE_NAME',
  'BAD_ENCODING',
  'OF_ANOTHER_PARENT',
  'OWN_DESCENDANT',
  'DEFAULT_IS_KEPT',
  'REVISION_GOES_BACK',
  'SCRIPT_REQUIRED',
  'ONE_OF_TWO',
  'EMPTY_TARGET',
  'TOO_MANY_CLIENTS',
  'OPTIONS_FOR_OTHER_METHOD',
] as const;

export type InputFault = (typeof INPUT_FAULTS)[number];

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

/** One or more clients may not be ordered to do it. Nothing was stored and no agent was called. */
export class OperationRefusedError extends DomainError {
  readonly code = 'OPERATION_REFUSED';
  readonly messageKey = 'OPERATION_REFUSED';
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

/** Another thing of the kind has the value already, and only one may. */
export class AlreadyExistsError extends DomainError {
  readonly code = 'ALREADY_EXISTS';
  readonly messageKey = 'ALREADY_EXISTS';
  readonly type: string;
  readonly existingId: string;

  constructor(path: readonly string[], type: string, value: string, existingId: string) {
    super(path, { type, value });
    this.type = type;
    this.existingId = existingId;
  }
}

/** How many things of a type hang from another. */
export interface Usage {
  type: string;
  count: number;
}

/** Things hang from what should be deleted. Nothing was. */
export class InUseError extends DomainError {
  readonly code = 'IN_USE';
  readonly messageKey = 'IN_USE';
  readonly usedBy: readonly Usage[];
  /** Whether they may be deleted with it, where that is asked for. */
  readonly canCascade: boolean;

  constructor(path: readonly string[], type: string, usedBy: readonly Usage[], canCascade: boolean) {
    super(path, { type, usage: usedBy.map((each) => `${each.type}:${each.count}`).join(',') });
    this.usedBy = usedBy;
    this.canCascade = canCascade;
  }
}

/** Somebody changed the thing after the administrator looked at it. */
export class StaleVersionError extends DomainError {
  readonly code = 'STALE_VERSION';
  readonly messageKey = 'STALE_VERSION';
  readonly expectedVersion: number;
  readonly currentVersion: number;

  constructor(path: readonly string[], expectedVersion: number, currentVersion: number) {
    super(path, { expectedVersion, currentVersion });
    this.expectedVersion = expectedVersion;
    this.currentVersion = currentVersion;
  }
}

/** The file cannot be read, or rows of it are bad and all were to be taken or none. Nothing was. */
export class ImportRefusedError extends DomainError {
  readonly code = 'IMPORT_REFUSED';
  readonly messageKey = 'IMPORT_REFUSED';
  readonly rows: readonly PlannedRow[];
  readonly problems: readonly ImportFileProblem[];

  constructor(rows: readonly PlannedRow[], problems: readonly ImportFileProblem[]) {
    super(['input', 'file'], { count: rows.length, problems: problems.length });
    this.rows = rows;
    this.problems = problems;
  }
}
