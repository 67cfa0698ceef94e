import type { Principal } from '#domain/access/principal.ts';
import type { Administration } from '#domain/administration/administer.ts';
import type { ReferenceType } from '#domain/administration/reference-types.ts';
import type { ImageFiles } from '#domain/imaging/image-keeper.ts';
import type { ForgetAgentCertificate } from '#domain/inventory/forget-agent-certificate.ts';
import type { ImportClients } from '#domain/inventory/import-clients.ts';
import type { MoveClients } from '#domain/inventory/move-clients.ts';
import type { MoveRooms } from '#domain/inventory/move-rooms.ts';
import type { RefreshClients } from '#domain/inventory/refresh-clients.ts';
import type { ApproveWave } from '#domain/operations/approve-wave.ts';
import type { AwaitCancels } from '#domain/operations/await-cancels.ts';
import type { CancelOperation } from '#domain/operations/cancel-operation.ts';
import type { BeginCancel } from '#domain/operations/cancel-trace.ts';
import type { OrderOperation } from '#domain/operations/order-operation.ts';
import type { PlanOperation } from '#domain/operations/plan-operation.ts';
import type { RetryOperation } from '#domain/operations/retry-operation.ts';
import type { AgentSecrets } from '#domain/reports/agent-secrets.ts';
import type { KeepDeadLetters } from '#domain/reports/keep-dead-letters.ts';
import type { DeleteBlackoutCalendar, ImportBlackouts } from '#domain/scheduling/import-blackouts.ts';
import type { KeepSchedules } from '#domain/scheduling/keep-schedules.ts';
import type { RunScheduleNow } from '#domain/scheduling/run-schedule-now.ts';
import type { Storage } from '#domain/storage.ts';
import type { AwaitTraces } from '#domain/tracing/await-traces.ts';
import type { EventFeed } from '#domain/tracing/event-feed.ts';
import type { JobDeadlines } from '#domain/tracing/job-deadlines.ts';
import type { Locale } from '#lib/locale.ts';

/** What the schema may ask the domain to do. */
export interface Services {
  planOperation: PlanOperation;
  orderOperation: OrderOperation;
  retryOperation: RetryOperation;
  beginCancel: BeginCancel;
  awaitCancels: AwaitCancels;
  cancelOperation: CancelOperation;
  approveWave: ApproveWave;
  awaitTraces: AwaitTraces;
  /** After what time a job is given up, by its action. */
  jobDeadlines: JobDeadlines;
  agentSecrets: Pick<AgentSecrets, 'issue' | 'revoke'>;
  deadLetters: KeepDeadLetters;
  forgetAgentCertificate: ForgetAgentCertificate;
  /** What administrators keep, by type. */
  administration: Readonly<Record<ReferenceType, Administration>>;
  imageFiles: ImageFiles;
  refreshClients: RefreshClients['refresh'];
  importClients: ImportClients;
  moveClients: MoveClients;
  moveRooms: MoveRooms;
  schedules: KeepSchedules;
  runScheduleNow: RunScheduleNow;
  importBlackouts: ImportBlackouts;
  deleteBlackoutCalendar: DeleteBlackoutCalendar;
  events: EventFeed;
  /** Which life of the event log this server reads: part of every cursor. */
  epoch: string;
}

/** What every resolver gets, on every transport alike. */
export interface Context {
  requestId: string;
  locale: Locale;
  principal: Principal;
  /** Where the event log stood before anything was read: following it from here, nothing of what is answered is missed. */
  asOf: bigint;
  /** Where the client was cut off, by the words of its transport; null where it has not said. */
  resumeAfter: string | null;
  /** Objects that one answer may hold. */
  maxQueryCost: number;
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
