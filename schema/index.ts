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
import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';

/** The whole schema, types and fields sorted by name. */
export function toSchema(): GraphQLSchema {
  return builder.toSchema({ sortSchema: true });
}
