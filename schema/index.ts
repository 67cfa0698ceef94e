// Every type file, once: importing one registers its types with the builder.
import './access/viewer.ts';
import './administration/booting.ts';
import './administration/catalogue.ts';
import './administration/clients.ts';
import './administration/import-clients.ts';
import './administration/moves.ts';
import './administration/places.ts';
import './administration/profiles.ts';
import './booting/menu.ts';
import './booting/og-live.ts';
import './booting/pxe-template.ts';
import './commands/command.ts';
import './errors.ts';
import './imaging/image-replica.ts';
import './imaging/image.ts';
import './imaging/repository.ts';
import './inventory/center.ts';
import './inventory/client-group.ts';
import './inventory/client-state-counts.ts';
import './inventory/client-updated.ts';
import './inventory/client.ts';
import './inventory/disk.ts';
import './inventory/forget-agent-certificate.ts';
import './inventory/room-group.ts';
import './inventory/room.ts';
import './inventory/subnet.ts';
import './operations/actions.ts';
import './operations/deploy-image.ts';
import './operations/plan-deployment.ts';
import './profiles/hardware-profile.ts';
import './profiles/software-profile.ts';
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
