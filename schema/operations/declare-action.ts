import type { InputFieldMap, InputRef } from '@pothos/core';
import { IdempotencyConflictError, InvalidInputError, NotFoundError, PlanOutdatedError } from '#domain/errors.ts';
import type { DomainError } from '#domain/errors.ts';
import type { OperationOrder } from '#domain/operations/operation-order.ts';
import type { OperationTarget } from '#domain/operations/operation-target.ts';
import type { OperationRequest } from '#domain/operations/order-operation.ts';
import { builder } from '#schema/builder.ts';
import { operationOptions, readOperationOptions } from './operation-options.ts';
import type { GivenOptions, InputBuilder } from './operation-options.ts';
import { declareOperationPayload } from './operation-payload.ts';
import { OperationTargetInput, readTarget } from './operation-target.ts';

type Given = Readonly<Record<string, unknown>>;

interface ActionDeclaration<TGiven> {
  /** What it does, with the words of ogGui’s menu. */
  description: string;
  /** What stands in its input besides the options, and the target where it has the usual one. */
  fields?: (t: InputBuilder) => InputFieldMap;
  /** Errors of its own. */
  errors: readonly (new (...args: never) => DomainError)[];
  permission?: string;
  read: (input: TGiven) => OperationOrder;
  /** Left out: any clients, by `target`. */
  readTarget?: (input: TGiven) => OperationTarget;
}

/** A mutation that orders something of clients, as schedules and plans can name it too. */
export interface DeclaredAction {
  name: string;
  description: string;
  // Pothos knows the fields; whoever reads the input is the one who declared them.
  Input: InputRef<Given>;
  read: (input: Given) => OperationRequest;
}

/** A mutation that orders the same of every client of a target: all of them take the same options and answer alike. */
export function declareAction<TGiven extends object>(
  name: string,
  { description, fields, errors, permission = 'operate', read, readTarget: readOwnTarget }: ActionDeclaration<TGiven>,
): DeclaredAction {
  const typeName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const Input = builder.inputType(`${typeName}Input`, {
    description: 'Whom it is for, and how.',
    fields: (t) =>
      ({
        ...(readOwnTarget === undefined
          ? {
              target: t.field({
                type: OperationTargetInput,
                required: true,
                description: 'Clientes (Clients) it is for.',
              }),
            }
          : {}),
        ...fields?.(t),
        ...operationOptions(t),
      }) as never,
  }) as unknown as InputRef<Given>;
  const readRequest = (given: Given): OperationRequest => ({
    order: read(given as TGiven),
    target:
      readOwnTarget === undefined
        ? readTarget(given['target'] as Parameters<typeof readTarget>[0])
        : readOwnTarget(given as TGiven),
    ...readOperationOptions(given as unknown as GivenOptions),
  });
  const Payload = declareOperationPayload(
    `${typeName}Payload`,
    'An accepted operation. Its traces are on record; where an agent has answered in time, with its `jobId`.',
  );
  builder.mutationField(name, (t) =>
    t.field({
      type: Payload,
      args: { input: t.arg({ type: Input as never, required: true, description: 'Whom it is for, and how.' }) },
      errors: {
        types: [InvalidInputError, NotFoundError, ...errors, PlanOutdatedError, IdempotencyConflictError] as never,
        union: { name: `${typeName}Result`, description: 'The accepted operation, or why it was not accepted.' },
      },
      description: `${description} Returns when every agent has answered, or \`waitForAgentsMs\` has passed. Everything is on record before any agent is called, and no order is ever sent twice. Permission: ${permission}.`,
      resolve: (_root, { input }, { services, principal }) =>
        services.orderOperation(readRequest(input as unknown as Given), principal),
    }),
  );
  return { name, description, Input, read: readRequest };
}
