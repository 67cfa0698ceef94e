import type { FieldRef } from '@pothos/core';
import { formatCursor } from '#domain/tracing/cursor.ts';
import type { builder } from '#schema/builder.ts';
import type { Context } from '#schema/context.ts';

type Types = (typeof builder)['$inferSchemaTypes'];

/** Where the event log stood before anything of a request was read or done. */
export function startCursor({ asOf, services }: Context): string {
  return formatCursor({ epoch: services.epoch, seq: asOf });
}

interface FieldBuilder {
  string: (options: {
    description: string;
    resolve: (root: never, args: object, context: Context) => string;
  }) => unknown;
}

/** The field that every payload of a mutation has. */
export function payloadCursor(t: unknown): FieldRef<Types, string> {
  return (t as FieldBuilder).string({
    description: 'Subscribe after this cursor and miss nothing of what this has set off.',
    resolve: (_root, _args, context) => startCursor(context),
  }) as FieldRef<Types, string>;
}
