import { encodeGlobalID } from '@pothos/plugin-relay';
import {
  AgentUnreachableError,
  AlreadyExistsError,
  AlreadyFinishedError,
  CancelRefusedError,
  DeploymentRefusedError,
  IdempotencyConflictError,
  InUseError,
  InvalidInputError,
  MethodNotSupportedError,
  NotFoundError,
  OperationRefusedError,
  PlanOutdatedError,
  RepositoryFailedError,
  StaleVersionError,
} from '#domain/errors.ts';
import type { DomainError, ErrorCode, InputFault, RefusedClient, Usage } from '#domain/errors.ts';
import { errorMessage } from '#domain/messages.ts';
import { describeValues } from '#schema/describe-values.ts';
import { builder } from './builder.ts';
import { databaseOf } from './context.ts';
import { BlockReasonType } from './operations/block-reason.ts';

const CODE_DESCRIPTIONS: Record<ErrorCode, string> = {
  INVALID_INPUT: 'A field of the input has a value that makes no sense.',
  NOT_FOUND: 'An id names nothing, or nothing that the viewer may see.',
  METHOD_NOT_SUPPORTED: 'An image of this kind cannot be deployed by this method.',
  DEPLOYMENT_REFUSED: 'Clients are blocked: `clients` says which and why.',
  PLAN_OUTDATED: 'The plan that `planToken` stands for is not true any more.',
  IDEMPOTENCY_CONFLICT: 'The idempotency key was used for another request.',
  ALREADY_EXISTS: 'Another thing of the kind has this value already: `existingId` says which.',
  IN_USE: 'Other things hang from it: `usedBy` says how many of what.',
  STALE_VERSION: 'Somebody changed it since: `currentVersion` says how far it is.',
  OPERATION_REFUSED: 'Clients are blocked: `clients` says which and why.',
  ALREADY_FINISHED: 'The job had ended before it could be stopped.',
  AGENT_UNREACHABLE: 'The agent could not be asked: the job goes on as before.',
  CANCEL_REFUSED: 'The job cannot be stopped, or its agent will not: it goes on as before.',
  AGENT_SECRETS_DISABLED: 'The server has no key to keep secrets under.',
  CALENDAR_REFUSED: 'The calendar file cannot be read: `fault`, `line` and `event` say where and why.',
  IMPORT_REFUSED: 'Rows of the file are bad, or it cannot be read: `rows` and `problems` say how.',
  REPOSITORY_FAILED: 'A repository refused, or could not be asked: `reachable` says whether it was there.',
};

const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'What is wrong, for programs. Codes are never translated and never change their meaning.',
  values: describeValues(CODE_DESCRIPTIONS),
});

export const ErrorInterface = builder.interfaceRef<DomainError>('Error').implement({
  description: 'An expected failure of a mutation. Nothing was changed.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum, description: 'What is wrong, for programs.' }),
    message: t.string({
      description: 'What is wrong, for people: in Spanish, or in English where `Accept-Language` prefers it.',
      resolve: (error, _args, { locale }) => errorMessage(error, locale),
    }),
    path: t.stringList({
      nullable: true,
      description:
        'Which field is at fault, from `input` inwards; list items by their index. Null where no single one is.',
      resolve: (error) => [...error.path],
    }),
  }),
});

const FAULT_DESCRIPTIONS: Record<InputFault, string> = {
  REQUIRED: 'It must be said, and cannot be emptied.',
  EMPTY: 'It is empty, or blank.',
  TOO_LONG: 'It is longer than its limit.',
  TOO_MANY: 'The list is longer than its limit.',
  BAD_CHARACTERS: 'It has control characters or unreadable ones.',
  OUT_OF_RANGE: 'The number is outside of its limits.',
  NOT_POSITIVE: 'The number must be 1 or more.',
  BAD_MAC: 'It is no MAC address of one interface.',
  BAD_IP: 'It is no IPv4 address.',
  NOT_A_HOST: 'No machine can have this address.',
  NOT_MULTICAST: 'It is no multicast address.',
  BAD_NETMASK: 'It is no netmask, or one of less than 8 or more than 30 bits.',
  BAD_NETWORK: 'It is no network with its prefix length, 8 to 30.',
  NOT_A_NETWORK: 'It is a machine’s address in the network that the message names.',
  OUTSIDE_NETWORK: 'The address lies outside of the network that the message names.',
  NETWORKS_OVERLAP: 'It overlaps a subnet that there is.',
  LEAVES_CLIENTS_OUT: 'Clients of the subnet would be outside of it.',
  JOB_IN_HAND: 'The client has a job that has not ended: its addresses stay until then.',
  ODD_PORT: 'The port must be even.',
  BAD_SERVER: 'It is no server name or address.',
  BAD_URL: 'It is no http or https address.',
  BAD_RESOLUTION: 'It is no screen resolution such as `1024x768`.',
  BAD_IMAGE_NAME: 'It has characters that agents and repositories cannot take.',
  BAD_ENCODING: 'The text was read in another encoding than it is in.',
  OF_ANOTHER_PARENT: 'It belongs to another room or center.',
  OWN_DESCENDANT: 'A group would be inside of itself.',
  DEFAULT_IS_KEPT: 'It is the default: make another one the default first.',
  REVISION_GOES_BACK: 'Revisions of an image only grow.',
  SCRIPT_REQUIRED: 'A command that runs a script needs one.',
  NO_PARAMETERS: 'The command takes no parameters.',
  NOT_A_SHELL_SCRIPT: 'Only shell scripts are given parameters.',
  ONE_OF_TWO: 'Of two fields only one may be given.',
  PORT_IN_USE: 'Another live multicast session has the port.',
  PORT_FOR_ONE_STREAM: 'Clients of one wave need several multicast sessions, which cannot have one port.',
  NO_FREE_PORT: 'All ports for multicast sessions are in use.',
  NOTHING_TO_RETRY: 'No trace of the operation ended in one of these states.',
  EMPTY_TARGET: 'There is no client in the target.',
  TOO_MANY_CLIENTS: 'There are more clients than one operation may have.',
  OPTIONS_FOR_OTHER_METHOD: 'The transfer method has no such options.',
  DUPLICATE_PARTITION: 'Another partition has this number.',
  LOGICAL_WITHOUT_EXTENDED: 'An MSDOS table has four entries; further ones need one of them to be EXTENDED.',
  LOGICAL_GAP: 'Logical partitions are numbered from 5 without a gap.',
  TYPE_NOT_IN_TABLE: 'That kind of partition table knows no such type.',
  ONCE_ONLY: 'The disk has another partition of this type, and only one may be.',
  PRIMARY_ONLY: 'A partition of this type cannot be a logical one.',
  FILE_SYSTEM_UNSUITABLE: 'The file system does not suit the partition’s type; the message names those that do.',
  CANNOT_BE_FORMATTED: 'A partition of this type holds no file system.',
  NOT_A_MULTIPLE: 'The number must be a multiple of the one that the message names.',
  SECOND_REST: 'Another partition takes what is left over.',
  REST_NOT_LAST: 'Only the last partition, but for the CACHE, may take what is left over.',
  EXTENDED_TOO_SMALL: 'The extended partition cannot hold its logical ones.',
  CONFIRMATION_REQUIRED: 'It destroys data, and is done for the phrase that the message tells.',
  BAD_CRON: 'It is no cron line of five fields.',
  BAD_TIME_ZONE: 'It is no time zone by name.',
  NEVER_DUE: 'No day is like that.',
  IN_THE_PAST: 'The time is over.',
  ENDS_BEFORE_START: 'It ends before it starts, or as it starts.',
  NOT_FOR_SCHEDULES: 'It is for an order of the moment; a schedule cannot have it.',
  COPY_NOT_READY: 'The copy of the image is in a state in which this cannot be done with it.',
  COPY_EXISTS: 'The repository has a copy of the image already, or one is on its way.',
  COPY_HAS_NO_FILE:
    'The checksum of the copy’s file is not known, so the repository cannot be told which one is meant.',
  NOT_IN_TRASH: 'The copy is not in the trash of its repository.',
  SAME_REPOSITORY: 'An image is not copied to where it is.',
};

const InputFaultEnum = builder.enumType('InputFault', {
  description: 'What can be wrong with a field of an input. Never translated.',
  values: describeValues(FAULT_DESCRIPTIONS),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  interfaces: [ErrorInterface],
  description: 'A field of the input makes no sense; `path` names it.',
  fields: (t) => ({
    fault: t.field({
      type: InputFaultEnum,
      description: 'What is wrong with the field, for programs.',
      resolve: ({ messageKey }) => messageKey,
    }),
  }),
});
builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  interfaces: [ErrorInterface],
  description: 'An id of the input names nothing; `path` names the field.',
});
builder.objectType(MethodNotSupportedError, {
  name: 'MethodNotSupportedError',
  interfaces: [ErrorInterface],
  description: 'An image of this kind, such as a git image, cannot be deployed by this method.',
});
builder.objectType(PlanOutdatedError, {
  name: 'PlanOutdatedError',
  interfaces: [ErrorInterface],
  description:
    'A client, its disks or the image changed after the plan was made. Plan again, look, and order with the new token.',
});
builder.objectType(IdempotencyConflictError, {
  name: 'IdempotencyConflictError',
  interfaces: [ErrorInterface],
  description: 'The same `idempotencyKey` came before with another input. The earlier operation stands as it is.',
});

const RefusedClientType = builder.objectRef<RefusedClient>('RefusedClient').implement({
  description: 'Cliente (Client) that the operation may not be ordered for, with every reason.',
  fields: (t) => ({
    client: t.prismaField({
      type: 'Client',
      description: 'The client.',
      resolve: (query, { clientId }, _args, context) =>
        databaseOf(context).client.findUniqueOrThrow({ ...query, where: { id: clientId } }),
    }),
    reasons: t.field({
      type: [BlockReasonType],
      description: 'All the reasons at once.',
      resolve: ({ reasons }) => [...reasons],
    }),
  }),
});

builder.objectType(DeploymentRefusedError, {
  name: 'DeploymentRefusedError',
  interfaces: [ErrorInterface],
  description: 'Clients are blocked. Nothing was stored and nothing was sent to any agent.',
  fields: (t) => ({
    clients: t.field({
      type: [RefusedClientType],
      description: 'The blocked clients; at most 5000.',
      resolve: ({ clients }) => [...clients],
    }),
  }),
});

builder.objectType(OperationRefusedError, {
  name: 'OperationRefusedError',
  interfaces: [ErrorInterface],
  description: 'Clients are blocked. Nothing was stored and nothing was sent to any agent.',
  fields: (t) => ({
    clients: t.field({
      type: [RefusedClientType],
      description: 'The blocked clients; at most 5000.',
      resolve: ({ clients }) => [...clients],
    }),
  }),
});

builder.objectType(AlreadyExistsError, {
  name: 'AlreadyExistsError',
  interfaces: [ErrorInterface],
  description: 'Only one may have this value, and another one has; `path` names the field.',
  fields: (t) => ({
    existingId: t.id({
      description: 'Id of the one that has it, for `node`.',
      resolve: ({ type, existingId }) => encodeGlobalID(type, existingId),
    }),
  }),
});

for (const [ErrorClass, name, description] of [
  [AlreadyFinishedError, 'AlreadyFinishedError', 'The job had ended before it could be stopped; `trace` says how.'],
  [AgentUnreachableError, 'AgentUnreachableError', 'The agent could not be asked to stop the job, which goes on.'],
  [CancelRefusedError, 'CancelRefusedError', 'The job cannot be stopped, or its agent will not. It goes on.'],
] as const) {
  builder.objectType(ErrorClass, {
    name,
    interfaces: [ErrorInterface],
    description,
    fields: (t) => ({
      trace: t.prismaField({
        type: 'Trace',
        description: 'Traza (Trace) of the job, as it is.',
        resolve: (query, { traceId }: { traceId: string }, _args, context) =>
          databaseOf(context).trace.findUniqueOrThrow({ ...query, where: { id: traceId } }),
      }),
    }),
  });
}

export const UsageType = builder.objectRef<Usage>('Usage').implement({
  description: 'How many things of a type hang from another.',
  fields: (t) => ({
    type: t.exposeString('type', {
      description:
        'Name of their type, such as `Client`; `ActiveTrace` for jobs that have not ended, which nothing is deleted under.',
    }),
    count: t.exposeInt('count', { description: 'How many, at least 1.' }),
  }),
});

builder.objectType(InUseError, {
  name: 'InUseError',
  interfaces: [ErrorInterface],
  description: 'Other things hang from what should be deleted. Nothing was.',
  fields: (t) => ({
    usedBy: t.field({
      type: [UsageType],
      description: 'What hangs from it, a line a type.',
      resolve: ({ usedBy }) => [...usedBy],
    }),
    canCascade: t.exposeBoolean('canCascade', {
      description: 'Whether `cascade: true` would delete it nevertheless.',
    }),
  }),
});

builder.objectType(StaleVersionError, {
  name: 'StaleVersionError',
  interfaces: [ErrorInterface],
  description: 'Somebody changed it after `expectedVersion` was read. Read it again, and decide again.',
  fields: (t) => ({
    expectedVersion: t.exposeInt('expectedVersion', { description: 'The version that was expected.' }),
    currentVersion: t.exposeInt('currentVersion', { description: 'The version that it has.' }),
  }),
});

builder.objectType(RepositoryFailedError, {
  name: 'RepositoryFailedError',
  interfaces: [ErrorInterface],
  description: 'A repository refused what it was asked, or could not be asked; the message has its own words.',
  fields: (t) => ({
    reachable: t.exposeBoolean('reachable', {
      description: 'Whether it was there: false where no connection came about.',
    }),
  }),
});
