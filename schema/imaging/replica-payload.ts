import type { ObjectRef } from '@pothos/core';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';

type Types = (typeof builder)['$inferSchemaTypes'];

/** What mutations answer with that do something with one copy of an image. */
export function declareReplicaPayload(name: string, description: string): ObjectRef<Types, { replicaId: string }> {
  return builder.objectRef<{ replicaId: string }>(name).implement({
    description,
    fields: (t) => ({
      cursor: payloadCursor(t),
      replica: t.prismaField({
        type: 'ImageReplica',
        nullable: true,
        description: 'The copy as it is now; null where somebody has deleted it since.',
        resolve: (query, { replicaId }, _args, context) =>
          databaseOf(context).imageReplica.findUnique({ ...query, where: { id: replicaId } }),
      }),
    }),
  });
}
