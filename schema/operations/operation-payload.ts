import type { ObjectRef } from '@pothos/core';
import type { AcceptedOperation, ClientOutcome } from '#domain/operations/accept-operation.ts';
import { formatCursor } from '#domain/tracing/cursor.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { noRow } from '#schema/no-row.ts';
import { BlockReasonType } from './block-reason.ts';

type Types = (typeof builder)['$inferSchemaTypes'];

export const ClientOutcomeType = builder.objectRef<ClientOutcome>('ClientOutcome').implement({
  description: 'What was decided about one client of the target: its trace, or why it was left out.',
  fields: (t) => ({
    client: t.prismaField({
      type: 'Client',
      nullable: true,
      description: 'Cliente (Client) of the target; null where it was deleted since.',
      resolve: (query, { clientId }, _args, context) =>
        databaseOf(context).client.findUnique({ ...query, where: { id: clientId } }),
    }),
    trace: t.prismaField({
      type: 'Trace',
      nullable: true,
      description: 'Traza (Trace) of its job; null for a client that was left out, or deleted since.',
      resolve: (query, { traceId }, _args, context) =>
        traceId === null ? noRow(query) : databaseOf(context).trace.findUnique({ ...query, where: { id: traceId } }),
    }),
    reasons: t.field({
      type: [BlockReasonType],
      description: 'Why it was left out, or the warnings it was ordered with.',
      resolve: ({ reasons }) => [...reasons],
    }),
  }),
});

/** What every mutation answers with that makes machines do something. */
export function declareOperationPayload(name: string, description: string): ObjectRef<Types, AcceptedOperation> {
  return builder.objectRef<AcceptedOperation>(name).implement({
    description,
    fields: (t) => ({
      operation: t.prismaField({
        type: 'Operation',
        description: 'The operation.',
        resolve: (query, { operationId }, _args, context) =>
          databaseOf(context).operation.findUniqueOrThrow({ ...query, where: { id: operationId } }),
      }),
      outcomes: t.field({
        type: [ClientOutcomeType],
        description: 'Every client of the target, by name; at most 5000.',
        resolve: ({ outcomes }) => [...outcomes],
      }),
      replayed: t.exposeBoolean('replayed', {
        description: 'Whether this is an earlier operation, answered again for its idempotency key.',
      }),
      cursor: t.string({
        description: 'Subscribe after this cursor and miss nothing of the operation.',
        resolve: ({ startSeq }, _args, { services }) => formatCursor({ epoch: services.epoch, seq: startSeq }),
      }),
    }),
  });
}
