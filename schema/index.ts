// Every type file, once: importing one registers its types with the builder.
import './access/viewer.ts';
import './errors.ts';
import './imaging/image.ts';
import './imaging/repository.ts';
import './inventory/center.ts';
import './inventory/client-updated.ts';
import './inventory/client.ts';
import './inventory/disk.ts';
import './inventory/forget-agent-certificate.ts';
import './inventory/room.ts';
import './inventory/subnet.ts';
import './operations/deploy-image.ts';
import './operations/plan-deployment.ts';
import './scalars.ts';
import './tracing/operation.ts';
import './tracing/stream-reset.ts';
import './tracing/trace-event.ts';
import './tracing/trace-updated.ts';
import './tracing/trace.ts';
import { isObjectType } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';

/** The whole schema, types and fields sorted by name. */
export function toSchema(): GraphQLSchema {
  const schema = builder.toSchema({ sortSchema: true });
  describeTotalCounts(schema);
  return schema;
}

/** The one field of connections that the Prisma plugin gives no way to describe. */
function describeTotalCounts(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    const totalCount = isObjectType(type) ? type.getFields()['totalCount'] : undefined;
    if (totalCount !== undefined) totalCount.description = 'How many items the whole list has, on all its pages.';
  }
}
