import type { ImportFileProblem } from './inventory/client-import/parsed-import.ts';
import type { PlannedRow } from './inventory/client-import/plan-client-import.ts';
import type { MessageParams } from './message-params.ts';
import type { ReasonCode } from './operations/reasons.ts';
import type { CalendarFault } from './scheduling/calendar/calendar-faults.ts';

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
  'REPOSITORY_FAILED',
  'OPERATION_REFUSED',
  'ALREADY_FINISHED',
  'AGENT_UNREACHABLE',
  'CANCEL_REFUSED',
  'CALENDAR_REFUSED',
  'AGENT_SECRETS_DISABLED',
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

/** The same error about an input that stands deeper within another one: `path` takes the place of its `input`. */
export function relocateError<TError extends DomainError>(error: TError, path: readonly string[]): TError {
  return Object.assign(error, { path: [...path, ...error.path.slice(1)] });
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
  'JOB_IN_HAND',
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
  'NO_PARAMETERS',
  'NOT_A_SHELL_SCRIPT',
  'ONE_OF_TWO',
  'PORT_IN_USE',
  'NO_FREE_PORT',
  'PORT_FOR_ONE_STREAM',
  'NOTHING_TO_RETRY',
  'EMPTY_TARGET',
  'TOO_MANY_CLIENTS',
  'OPTIONS_FOR_OTHER_METHOD',
  'DUPLICATE_PARTITION',
  'LOGICAL_WITHOUT_EXTENDED',
  'LOGICAL_GAP',
  'TYPE_NOT_IN_TABLE',
  'ONCE_ONLY',
  'PRIMARY_ONLY',
  'FILE_SYSTEM_UNSUITABLE',
  'CANNOT_BE_FORMATTED',
  'NOT_A_MULTIPLE',
  'SECOND_REST',
  'REST_NOT_LAST',
  'EXTENDED_TOO_SMALL',
  'CONFIRMATION_REQUIRED',
  'BAD_CRON',
  'BAD_TIME_ZONE',
  'NEVER_DUE',
  'IN_THE_PAST',
  'ENDS_BEFORE_START',
  'NOT_FOR_SCHEDULES',
  'COPY_NOT_READY',
  'COPY_EXISTS',
  'COPY_HAS_NO_FILE',
  'NOT_IN_TRASH',
  'SAME_REPOSITORY',
] as const;

export type InputFault = (typeof INPUT_FAULTS)[number];

/** Which sentence tells an error to people: one a code, but for the faults of single fields and of calendars. */
export type MessageKey = Exclude<ErrorCode, 'INVALID_INPUT' | 'CALENDAR_REFUSED'> | InputFault | CalendarFault;

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

/** An image of this kind cannot travel in this way. */
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

/** The job was over before anybody could stop it. */
export class AlreadyFinishedError extends DomainError {
  readonly code = 'ALREADY_FINISHED';
  readonly messageKey = 'ALREADY_FINISHED';
  readonly traceId: string;

  constructor(path: readonly string[], traceId: string) {
    super(path);
    this.traceId = traceId;
  }
}

/** The agent could not be asked: the job goes on as before. */
export class AgentUnreachableError extends DomainError {
  readonly code = 'AGENT_UNREACHABLE';
  readonly messageKey = 'AGENT_UNREACHABLE';
  readonly traceId: string;

  constructor(path: readonly string[], traceId: string, detail: string) {
    super(path, { detail });
    this.traceId = traceId;
  }
}

/** The agent will not stop it, or cannot: the job goes on as before. */
export class CancelRefusedError extends DomainError {
  readonly code = 'CANCEL_REFUSED';
  readonly messageKey = 'CANCEL_REFUSED';
  readonly traceId: string;

  constructor(path: readonly string[], traceId: string, detail: string) {
    super(path, { detail });
    this.traceId = traceId;
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

/** A calendar file cannot be read to its end. Nothing of it was taken, and what was imported before stands. */
export class CalendarRefusedError extends DomainError {
  readonly code = 'CALENDAR_REFUSED';
  readonly messageKey: CalendarFault;
  /** Where in the file, from 1; null where it is about the whole of it. */
  readonly line: number | null;
  /** UID of the event at fault; null where no event is, or it has none. */
  readonly event: string | null;

  constructor(fault: CalendarFault, { line = null, event = null, ...params }: CalendarFaultPlace = {}) {
    super(['input', 'ical'], { line: line ?? 0, ...params });
    this.messageKey = fault;
    this.line = line;
    this.event = event;
  }
}

/** Where in a calendar file the fault is, and what its sentence needs. */
export interface CalendarFaultPlace {
  line?: number | null;
  event?: string | null;
  property?: string;
  timeZone?: string;
  max?: number;
}

/** A repository refused, or could not be asked. What is on record is as it was. */
export class RepositoryFailedError extends DomainError {
  readonly code = 'REPOSITORY_FAILED';
  readonly messageKey = 'REPOSITORY_FAILED';
  /** Whether it was there at all. */
  readonly reachable: boolean;

  /** @param detail the repository's own words, or what kept it from being reached. */
  constructor(path: readonly string[], repository: string, detail: string, reachable: boolean) {
    super(path, { repository, detail });
    this.reachable = reachable;
  }
}

/** Clients cannot be issued secrets: the server has no key to keep them under. */
export class AgentSecretsDisabledError extends DomainError {
  readonly code = 'AGENT_SECRETS_DISABLED';
  readonly messageKey = 'AGENT_SECRETS_DISABLED';
}
