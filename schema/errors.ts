import {
  DeploymentRefusedError,
  IdempotencyConflictError,
  InvalidInputError,
  MethodNotSupportedError,
  NotFoundError,
  PlanOutdatedError,
} from '#domain/errors.ts';
import type { DomainError, ErrorCode, RefusedClient } from '#domain/errors.ts';
import { errorMessage } from '#domain/messages.ts';
import { describeValues } from '#schema/describe-values.ts';
import { builder } from './builder.ts';
import { databaseOf } from './context.ts';
import { BlockReasonType } from './operations/block-reason.ts';

const CODE_DESCRIPTIONS: Record<ErrorCode, string> = {
  INVALID_INPUT: 'A field of the input has a value that makes no sense.',
  NOT_FOUND: 'An id names nothing, or nothing that the viewer may see.',
  METHOD_NOT_SUPPORTED: 'The transfer method is not available.',
  DEPLOYMENT_REFUSED: 'Clients are blocked: `clients` says which and why.',
  PLAN_OUTDATED: 'The plan that `planToken` stands for is not true any more.',
  IDEMPOTENCY_CONFLICT: 'The idempotency key was used for another request.',
};

const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'What is wrong, for programs. Codes are never translated and never change their meaning.',
  values: describeValues(CODE_DESCRIPTIONS),
});

const ErrorInterface = builder.interfaceRef<DomainError>('Error').implement({
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

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  interfaces: [ErrorInterface],
  description: 'A field of the input makes no sense; `path` names it.',
});
builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  interfaces: [ErrorInterface],
  description: 'An id of the input names nothing; `path` names the field.',
});
builder.objectType(MethodNotSupportedError, {
  name: 'MethodNotSupportedError',
  interfaces: [ErrorInterface],
  description: 'The transfer method cannot be ordered yet. UNICAST can.',
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
