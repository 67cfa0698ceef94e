import {
  AlreadyExistsError,
  DeploymentRefusedError,
  IdempotencyConflictError,
  InvalidInputError,
  MethodNotSupportedError,
  NotFoundError,
  OperationRefusedError,
  PlanOutdatedError,
} from '#domain/errors.ts';
import type { RetriedStatus } from '#domain/operations/retry-operation.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';
import { requireId } from '#schema/ids.ts';
import { operationOptions, readOperationOptions } from './operation-options.ts';
import type { GivenOptions } from './operation-options.ts';
import { declareOperationPayload } from './operation-payload.ts';

const STATUS_DESCRIPTIONS: Record<RetriedStatus, string> = {
  FAILED: 'Finalizado con errores.',
  LOST: 'Perdido: the outcome is not known.',
  CANCELLED: 'Cancelado.',
};

const RetriedStatusEnum = builder.enumType('RetriedStatus', {
  description: 'How jobs ended that can be tried again.',
  values: describeValues(STATUS_DESCRIPTIONS),
});

interface GivenRetry {
  operationId: string;
  only: RetriedStatus[];
}

const RetryOperationInput = builder.inputType('RetryOperationInput', {
  description: 'Which operation to try again, for which of its clients.',
  fields: (t) =>
    ({
      operationId: t.id({ required: true, description: 'Operación (Operation) to try again.' }),
      only: t.field({
        type: [RetriedStatusEnum],
        required: true,
        defaultValue: ['FAILED', 'LOST', 'CANCELLED'],
        description: 'Only the clients whose jobs ended in one of these states.',
      }),
      ...operationOptions(t),
    }) as never,
});

const Payload = declareOperationPayload(
  'RetryOperationPayload',
  'A new operation over the clients whose jobs had not succeeded. Its traces know which ones they try again.',
);

builder.mutationField('retryOperation', (t) =>
  t.field({
    type: Payload,
    args: {
      input: t.arg({ type: RetryOperationInput, required: true, description: 'What to try again, and for whom.' }),
    },
    errors: {
      types: [
        InvalidInputError,
        NotFoundError,
        MethodNotSupportedError,
        DeploymentRefusedError,
        OperationRefusedError,
        AlreadyExistsError,
        PlanOutdatedError,
        IdempotencyConflictError,
      ],
      union: { name: 'RetryOperationResult', description: 'The new operation, or why there is none.' },
    },
    description:
      'Reintentar: orders the same again for the clients of an operation whose jobs failed, were lost or were cancelled, but for those that were tried again since and have succeeded or are at it. The rules are asked anew. Permission: operate.',
    resolve: (_root, { input }, { services, principal }) => {
      const given = input as unknown as GivenRetry & GivenOptions;
      return services.retryOperation(
        {
          operationId: requireId(given.operationId, 'Operation', ['input', 'operationId']),
          only: given.only,
          ...readOperationOptions(given),
        },
        principal,
      );
    },
  }),
);
