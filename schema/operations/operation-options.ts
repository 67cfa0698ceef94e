import type { InputFieldRef } from '@pothos/core';
import type { OperationOptions } from '#domain/operations/accept-operation.ts';
import { builder } from '#schema/builder.ts';

type Types = (typeof builder)['$inferSchemaTypes'];
type InputBuilder = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>;

const BlockedPolicyEnum = builder.enumType('BlockedPolicy', {
  description: 'What to do when some clients of the target are blocked.',
  values: {
    REJECT_ALL: { description: 'Order nothing; answer with the blocked clients and their reasons.' },
    SKIP_BLOCKED: { description: 'Order it for the others; refused only when all are blocked.' },
  },
});

interface OperationOptionFields {
  onBlocked: InputFieldRef<Types, OperationOptions['onBlocked']>;
  idempotencyKey: InputFieldRef<Types, string | null | undefined>;
  waitForAgentsMs: InputFieldRef<Types, number | null | undefined>;
}

/** What every mutation can be told that makes machines do something. */
export function operationOptions(t: InputBuilder): OperationOptionFields {
  return {
    onBlocked: t.field({
      type: BlockedPolicyEnum,
      required: true,
      defaultValue: 'REJECT_ALL',
      description: 'What to do when some clients are blocked.',
    }),
    idempotencyKey: t.string({
      description:
        'Any text of 1 to 255 characters that stands for this request: sent again, it is answered with the same operation.',
    }),
    waitForAgentsMs: t.int({
      defaultValue: 5000,
      description:
        'How long to wait for the agents’ answers, in milliseconds, 0 to 60000. Nothing is lost if they take longer.',
    }),
  };
}

export function readOperationOptions(input: {
  onBlocked: OperationOptions['onBlocked'];
  idempotencyKey?: string | null | undefined;
  waitForAgentsMs?: number | null | undefined;
}): OperationOptions {
  return {
    onBlocked: input.onBlocked,
    idempotencyKey: input.idempotencyKey ?? null,
    waitForAgentsMs: input.waitForAgentsMs ?? 5000,
  };
}
