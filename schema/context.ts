import type { Principal } from '#domain/access/principal.ts';
import type { Administration } from '#domain/administration/administer.ts';
import type { ReferenceType } from '#domain/administration/reference-types.ts';
import type { ForgetAgentCertificate } from '#domain/inventory/forget-agent-certificate.ts';
import type { ImportClients } from '#domain/inventory/import-clients.ts';
import type { MoveClients } from '#domain/inventory/move-clients.ts';
import type { MoveRooms } from '#domain/inventory/move-rooms.ts';
import type { DeployImage } from '#domain/operations/deploy-image.ts';
import type { OrderAction } from '#domain/operations/order-action.ts';
import type { PlanDeployment } from '#domain/operations/plan-deployment.ts';
import type { Storage } from '#domain/storage.ts';
import type { EventFeed } from '#domain/tracing/event-feed.ts';
import type { Locale } from '#lib/locale.ts';

/** What the schema may ask the domain to do. */
export interface Services {
  planDeployment: PlanDeployment;
  deployImage: DeployImage;
  orderAction: OrderAction;
  forgetAgentCertificate: ForgetAgentCertificate;
  /** What administrators keep, by type. */
  administration: Readonly<Record<ReferenceType, Administration>>;
  importClients: ImportClients;
  moveClients: MoveClients;
  moveRooms: MoveRooms;
  events: EventFeed;
  /** Which life of the event log this server reads: part of every cursor. */
  epoch: string;
}

/** What every resolver gets, on every transport alike. */
export interface Context {
  requestId: string;
  locale: Locale;
  principal: Principal;
  services: Services;
}

// The Prisma client is kept beside the context, not in its type: resolvers are for reading, and what could write is found
// only by those that look for it here.
const databases = new WeakMap<Services, Storage>();

export function bindDatabase(services: Services, db: Storage): void {
  databases.set(services, db);
}

/** The database to read from. Writes belong to the domain's functions. */
export function databaseOf({ services }: Context): Storage {
  const db = databases.get(services);
  if (db === undefined) throw new Error('no database is bound to these services');
  return db;
}
