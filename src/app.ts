import { createAgentGateway } from '#agent/create-agent-gateway.ts';
import type { Database } from '#db/database.ts';
import { applyMigrations } from '#db/migrations.ts';
import { openEmbeddedDatabase } from '#db/open-embedded-database.ts';
import { openPostgresql } from '#db/open-postgresql.ts';
import { createAllAdministration } from '#domain/administration/all-kinds.ts';
import { createForgetAgentCertificate } from '#domain/inventory/forget-agent-certificate.ts';
import { createImportClients } from '#domain/inventory/import-clients.ts';
import { createMoveClients } from '#domain/inventory/move-clients.ts';
import { createMoveRooms } from '#domain/inventory/move-rooms.ts';
import { createReceiveClientReport } from '#domain/inventory/receive-client-report.ts';
import { createAcceptOperation } from '#domain/operations/accept-operation.ts';
import type { AgentGateway } from '#domain/operations/agent-gateway.ts';
import { createDeployImage } from '#domain/operations/deploy-image.ts';
import { createDispatchTrace } from '#domain/operations/dispatch-trace.ts';
import { createOrderAction } from '#domain/operations/order-action.ts';
import { createPlanAction } from '#domain/operations/plan-action.ts';
import { createPlanDeployment } from '#domain/operations/plan-deployment.ts';
import { createAwaitAnswers } from '#domain/tracing/await-answers.ts';
import { createReceiveJobReport } from '#domain/tracing/receive-job-report.ts';
import { RECONCILE_TIMES, createReconcileTraces } from '#domain/tracing/reconcile-traces.ts';
import type { ReconcileTimes } from '#domain/tracing/reconcile-traces.ts';
import { createEventFeed } from '#events/create-event-feed.ts';
import { createHttpServer } from '#http/create-http-server.ts';
import { systemClock } from '#lib/clock.ts';
import type { Clock } from '#lib/clock.ts';
import { createLogger } from '#lib/logger.ts';
import type { Logger } from '#lib/logger.ts';
import { repeat } from '#lib/repeat.ts';
import { createJobQueue } from '#queue/create-job-queue.ts';
import { bindDatabase } from '#schema/context.ts';
import type { Services } from '#schema/context.ts';
import { createAgentRoutes } from '#webhook/create-agent-routes.ts';
import { actionOfJob } from '#webhook/parse-job-report.ts';
import { parseKeptReport } from '#webhook/parse-kept-report.ts';
import type { Config } from './config.ts';

export interface App {
  /** Storage, for what loads data beside the API: the demo's scenario. */
  database: Database;
  /** Begins to work and to listen. @returns the address listened on. */
  start: () => Promise<{ host: string; port: number }>;
  /** Stops in order: no more requests, work in hand finished, database closed. Safe to call twice. */
  stop: () => Promise<void>;
}

/** What a test or the demo may bring instead of the real thing. */
export interface AppOverrides {
  log?: Logger;
  clock?: Clock;
  database?: Database;
  agents?: AgentGateway;
  reconcileTimes?: Partial<ReconcileTimes>;
  reconcileEveryMs?: number;
}

const RECONCILE_EVERY_MS = 10_000;
/** What a sender may need beyond the call itself, to write the answer down. */
const LEASE_MARGIN_MS = 10_000;
/** How long work in hand may take to finish when the server stops: longer than any call to an agent. */
const STOP_GRACE_MS = 25_000;

/**
 * Puts the server together: the one place that knows every part. The database is open and up to date when it returns.
 *
 * @throws {DataDirectoryInUseError | MigrationHistoryError}
 */
export async function buildApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const log = overrides.log ?? createLogger(config.logLevel);
  const clock = overrides.clock ?? systemClock;
  const database = overrides.database ?? (await openDatabase(config, log));
  const applied = await applyMigrations(database.adapter);
  if (applied.length > 0) log.info({ migrations: applied }, 'database brought up to date');

  const db = database.prisma;
  const agents =
    overrides.agents ??
    createAgentGateway({
      port: config.agentPort,
      tls: config.agentTls,
      connectTo: config.agentConnectTo,
      networks: config.agentNetworks,
      connectTimeoutMs: config.agentConnectTimeoutMs,
      answerTimeoutMs: config.agentAnswerTimeoutMs,
      log,
    });
  const queue = await createJobQueue({ database, log });
  const events = await createEventFeed({ database, log });
  const { epoch } = await db.eventLog.findFirstOrThrow();

  const planDeployment = createPlanDeployment({ db, agents });
  const acceptOperation = createAcceptOperation({ db, queue, awaitAnswers: createAwaitAnswers({ db, events }) });
  const services: Services = {
    planDeployment,
    deployImage: createDeployImage({ planDeployment, acceptOperation }),
    orderAction: createOrderAction({ planAction: createPlanAction({ db, agents }), acceptOperation }),
    forgetAgentCertificate: createForgetAgentCertificate({ db, log }),
    administration: createAllAdministration({ db, log }),
    importClients: createImportClients({ db, log }),
    moveClients: createMoveClients({ db, log }),
    moveRooms: createMoveRooms({ db, log }),
    events,
    epoch,
  };
  bindDatabase(services, db);

  const dispatchTrace = createDispatchTrace({ db, agents, clock, log, parseKeptReport });
  const sendingLeaseMs = config.agentConnectTimeoutMs + config.agentAnswerTimeoutMs + LEASE_MARGIN_MS;
  const times = { ...RECONCILE_TIMES, sendingLeaseMs, ...overrides.reconcileTimes };
  const reconcile = createReconcileTraces({ db, agents, queue, clock, log, parseKeptReport, actionOfJob, times });
  const http = createHttpServer({
    services,
    log,
    agentRoutes: createAgentRoutes({
      receiveJobReport: createReceiveJobReport({ db, clock }),
      receiveClientReport: createReceiveClientReport({ db, clock }),
    }),
    isReady: () =>
      db.$queryRaw`SELECT 1`.then(
        () => true,
        () => false,
      ),
  });

  let stopReconciling = async (): Promise<void> => {};
  let stopped: Promise<void> | undefined;

  return {
    database,
    async start() {
      const address = await http.listen(config.host, config.port);
      await queue.work({ dispatchTrace });
      let restarted = true;
      stopReconciling = repeat(
        async () => {
          // Until one pass has come through, nobody has looked at what the last process left behind.
          await reconcile(restarted ? { restarted, onlyServer: database.kind === 'embedded' } : {});
          restarted = false;
        },
        overrides.reconcileEveryMs ?? RECONCILE_EVERY_MS,
        (error) => {
          log.warn({ err: error }, 'cannot reconcile traces; trying again');
        },
      );
      return address;
    },
    stop() {
      stopped ??= (async () => {
        await http.stop();
        await Promise.all([stopReconciling(), queue.stop(STOP_GRACE_MS)]);
        await events.stop();
        await agents.close();
        await database.close();
      })();
      return stopped;
    },
  };
}

function openDatabase(config: Config, log: Logger): Promise<Database> {
  return config.databaseUrl === null
    ? openEmbeddedDatabase({ directory: config.dataDirectory })
    : openPostgresql(config.databaseUrl, log);
}
