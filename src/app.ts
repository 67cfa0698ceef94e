import { randomBytes } from 'node:crypto';
import { askedAddressesOf, resolveConnectTo } from '#agent/connect-to.ts';
import { createAgentGateway } from '#agent/create-agent-gateway.ts';
import { readAction } from '#agent/dialect.ts';
import { toOrderBody } from '#agent/protocol.ts';
import { createSendMagicPacket } from '#agent/send-magic-packet.ts';
import type { Database } from '#db/database.ts';
import { applyMigrations } from '#db/migrations.ts';
import { openEmbeddedDatabase } from '#db/open-embedded-database.ts';
import { openPostgresql } from '#db/open-postgresql.ts';
import type { ResolvePrincipal } from '#domain/access/principal.ts';
import { createAllAdministration } from '#domain/administration/all-kinds.ts';
import type { AuxiliaryTimes } from '#domain/imaging/create-auxiliary-files.ts';
import { createImageKeeper } from '#domain/imaging/image-keeper.ts';
import type { RepositoryGateway } from '#domain/imaging/repository-gateway.ts';
import { createForgetAgentCertificate } from '#domain/inventory/forget-agent-certificate.ts';
import { createImportClients } from '#domain/inventory/import-clients.ts';
import { createMoveClients } from '#domain/inventory/move-clients.ts';
import { createMoveRooms } from '#domain/inventory/move-rooms.ts';
import { createPruneSessions } from '#domain/inventory/prune-sessions.ts';
import { createReadAutoexec } from '#domain/inventory/read-autoexec.ts';
import { createReceiveAgentFile } from '#domain/inventory/receive-agent-file.ts';
import { createReceiveClientReport } from '#domain/inventory/receive-client-report.ts';
import { createRefreshClients } from '#domain/inventory/refresh-clients.ts';
import { createSweepClients } from '#domain/inventory/sweep-clients.ts';
import type { SweepSettings } from '#domain/inventory/sweep-clients.ts';
import { measure } from '#domain/measure.ts';
import { createAcceptOperation } from '#domain/operations/accept-operation.ts';
import { createAdvanceWaves } from '#domain/operations/advance-waves.ts';
import type { AgentGateway } from '#domain/operations/agent-gateway.ts';
import { createApproveWave } from '#domain/operations/approve-wave.ts';
import { createAwaitCancels } from '#domain/operations/await-cancels.ts';
import { createCancelOperation } from '#domain/operations/cancel-operation.ts';
import { createCancels } from '#domain/operations/cancel-trace.ts';
import { createDispatchTrace } from '#domain/operations/dispatch-trace.ts';
import { createDriveCancels } from '#domain/operations/drive-cancels.ts';
import { createDriveSessions } from '#domain/operations/drive-sessions.ts';
import { createHandOverOrder } from '#domain/operations/hand-over-order.ts';
import { createOperationKeeper } from '#domain/operations/operation-keeper.ts';
import { createOrderOperation } from '#domain/operations/order-operation.ts';
import { createPlanOperation } from '#domain/operations/plan-operation.ts';
import { createReleaseWaiting } from '#domain/operations/release-waiting.ts';
import { createRetryOperation } from '#domain/operations/retry-operation.ts';
import { beginNewLog, createSettleRestored } from '#domain/operations/settle-restored.ts';
import { createWake } from '#domain/operations/wake.ts';
import type { SendMagicPacket } from '#domain/operations/wake.ts';
import type { DeadLetterLimits } from '#domain/reports/dead-letters.ts';
import { createExtendCalendars } from '#domain/scheduling/extend-calendars.ts';
import { findBlackouts } from '#domain/scheduling/find-blackouts.ts';
import { createDeleteBlackoutCalendar, createImportBlackouts } from '#domain/scheduling/import-blackouts.ts';
import { createKeepSchedules } from '#domain/scheduling/keep-schedules.ts';
import { createOrderRun } from '#domain/scheduling/order-run.ts';
import { createRunDueSchedules } from '#domain/scheduling/run-due-schedules.ts';
import { createRunScheduleNow } from '#domain/scheduling/run-schedule-now.ts';
import { createOrderScheduled } from '#domain/scheduling/scheduled-operation.ts';
import { createAwaitTraces } from '#domain/tracing/await-traces.ts';
import { createPruneEvents } from '#domain/tracing/prune-events.ts';
import { createReceiveJobReport } from '#domain/tracing/receive-job-report.ts';
import { RECONCILE_TIMES, createReconcileTraces } from '#domain/tracing/reconcile-traces.ts';
import type { ReconcileTimes } from '#domain/tracing/reconcile-traces.ts';
import { createEventFeed } from '#events/create-event-feed.ts';
import { createHttpServer } from '#http/create-http-server.ts';
import type { RequestTimes } from '#http/create-http-server.ts';
import { systemClock } from '#lib/clock.ts';
import type { Clock } from '#lib/clock.ts';
import { createLogger } from '#lib/logger.ts';
import type { Logger } from '#lib/logger.ts';
import { repeat } from '#lib/repeat.ts';
import { SECRET_KEY_BYTES, createSecretBox } from '#lib/secret-box.ts';
import { readOrMakeKey } from '#lib/secret-key-file.ts';
import { createTurnstile } from '#lib/turnstile.ts';
import type { TurnstileLimits } from '#lib/turnstile.ts';
import { createJobQueue } from '#queue/create-job-queue.ts';
import { createRepositoryGateway } from '#repository/create-repository-gateway.ts';
import { parseJobReport as parseRepositoryReport } from '#repository/protocol.ts';
import { bindDatabase } from '#schema/context.ts';
import type { Services } from '#schema/context.ts';
import { createAgentReports } from '#webhook/create-agent-reports.ts';
import { createAgentRoutes } from '#webhook/create-agent-routes.ts';
import { createRepositoryRoute } from '#webhook/create-repository-route.ts';
import { createNoteFailure } from '#webhook/note-failure.ts';
import { createParseKeptReport } from '#webhook/parse-kept-report.ts';
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
  repositories?: RepositoryGateway;
  /** How long a repository may take to answer. */
  repositoryAnswerMs?: number;
  sendMagicPacket?: SendMagicPacket;
  resolvePrincipal?: ResolvePrincipal;
  reconcileTimes?: Partial<ReconcileTimes>;
  reconcileEveryMs?: number;
  sweepSettings?: Partial<SweepSettings>;
  runSchedulesEveryMs?: number;
  pruneEventsEveryMs?: number;
  auxiliaryTimes?: Partial<AuxiliaryTimes>;
  /** How many reports are taken in at once, and how many wait. */
  reports?: TurnstileLimits;
  deadLetterLimits?: DeadLetterLimits;
  unknownJobAfterMs?: number;
  /** How long a caller may take to say what it wants. */
  requestTimes?: RequestTimes;
  /** The database was just put back from a backup: nothing that it was about to do is done. */
  restored?: boolean;
}

const RECONCILE_EVERY_MS = 10_000;
const RUN_SCHEDULES_EVERY_MS = 2000;
const EXTEND_CALENDARS_EVERY_MS = 3_600_000;
const PRUNE_EVENTS_EVERY_MS = 600_000;
/** What a sender may need beyond the call itself, to write the answer down. */
const LEASE_MARGIN_MS = 10_000;
/** Fewer at once than the database has connections for all, and no more waiting than can be taken before agents give up, after 5 s. */
const REPORTS: TurnstileLimits = { atOnce: 6, maxWaiting: 2000, patienceMs: 4000 };
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
  if (overrides.restored === true) await beginNewLog(db);
  const agents =
    overrides.agents ??
    createAgentGateway({
      port: config.agentPort,
      tls: config.agentTls,
      ownCertificate: config.agentOwnCertificate,
      connectTo: config.agentConnectTo,
      networks: config.agentNetworks,
      dialects: config.agentDialects,
      connectTimeoutMs: config.agentConnectTimeoutMs,
      answerTimeoutMs: config.agentAnswerTimeoutMs,
      log,
    });
  const repositories =
    overrides.repositories ??
    createRepositoryGateway({
      port: config.repositoryPort,
      basePath: config.repositoryPath,
      scheme: config.repositoryScheme,
      connectTo: config.repositoryConnectTo,
      networks: config.repositoryNetworks,
      ...(overrides.repositoryAnswerMs === undefined ? {} : { answerTimeoutMs: overrides.repositoryAnswerMs }),
      log,
    });
  const secretKey = chooseSecretKey(config, overrides);
  const secretBox = createSecretBox(secretKey);
  const dialects = config.agentDialects;
  const parseKeptReport = createParseKeptReport(dialects);
  const actionOfJob = (name: string) => readAction(dialects, name);
  const queue = await createJobQueue({ database, log });
  const events = await createEventFeed({ database, log });
  const { epoch } = await db.eventLog.findFirstOrThrow();

  const awaitTraces = createAwaitTraces({ db, events });
  const planOperation = createPlanOperation({ db, agents, clock, findBlackouts, wakeSender: config.wakeSender });
  const acceptOperation = createAcceptOperation({ db, queue, awaitTraces });
  const orderOperation = createOrderOperation({ planOperation, acceptOperation });
  const orderRun = createOrderRun({ db, orderScheduled: createOrderScheduled({ orderOperation }), clock, log });
  const { cancelTrace, beginCancel, settle: settleCancels } = createCancels({ db, agents, clock, log });
  const awaitCancels = createAwaitCancels({ db, awaitTraces });
  const images = createImageKeeper({
    db,
    repositories,
    parseReport: parseRepositoryReport,
    addressOf: (ip) => resolveConnectTo(config.repositoryConnectTo, ip, config.repositoryPort).host,
    clock,
    log,
    synchronizeMinutes: config.repositorySyncMinutes,
    ...(overrides.auxiliaryTimes === undefined ? {} : { auxiliaryTimes: overrides.auxiliaryTimes }),
    ...(overrides.reconcileEveryMs === undefined ? {} : { driveEveryMs: overrides.reconcileEveryMs }),
  });
  const turnstile = createTurnstile(overrides.reports ?? REPORTS);
  const receiveAgentFile = createReceiveAgentFile({ db, clock });
  const handOverOrder = createHandOverOrder({ db, clock, findBlackouts });
  const readAutoexec = createReadAutoexec({ db });
  const noteFailure = createNoteFailure({ clock, log });
  const reports = createAgentReports({
    db,
    clock,
    log,
    turnstile,
    receiversOn: (on) => ({
      receiveJobReport: createReceiveJobReport({ db: on, clock }),
      receiveClientReport: createReceiveClientReport({ db: on, clock, secretBox }),
    }),
    routesOn: ({ settle, ...receivers }) =>
      createAgentRoutes({
        ...receivers,
        receiveAgentFile: (hints, file) =>
          turnstile(async () => receiveAgentFile(await settle(hints), file), { comesOnce: true }),
        handOverOrder: (hints) => turnstile(async () => handOverOrder(await settle(hints))),
        readAutoexec: async (hints) => readAutoexec(await settle(hints)),
        writeOrder: toOrderBody,
        dialects,
        noteFailure,
        log,
      }),
    policy: config.agentSenderPolicy,
    addresses: {
      of: (ip) => resolveConnectTo(config.agentConnectTo, ip, config.agentPort).host,
      behind: (sender) => askedAddressesOf(config.agentConnectTo, sender, config.agentPort),
    },
    // What agents sign with must be the same on every server of a database: a key of this one's own will not do.
    secretsKey: config.agentSecretsKey ?? (isOnlyServer(config, overrides) ? secretKey : null),
    ...(overrides.deadLetterLimits === undefined ? {} : { limits: overrides.deadLetterLimits }),
    ...(overrides.unknownJobAfterMs === undefined ? {} : { unknownJobAfterMs: overrides.unknownJobAfterMs }),
  });
  const refreshClients = createRefreshClients({ db, agents, clock, atOnce: config.agentSweepAtOnce });
  const services: Services = {
    planOperation,
    orderOperation,
    retryOperation: createRetryOperation({ db, orderOperation }),
    beginCancel,
    awaitCancels,
    cancelOperation: createCancelOperation({ db, clock, beginCancel, awaitCancels, log }),
    approveWave: createApproveWave({
      db,
      onApproved: () => {
        keeper.nudge();
      },
    }),
    awaitTraces,
    jobDeadlines: config.agentJobDeadlines,
    agentSecrets: reports.secrets,
    deadLetters: reports.deadLetters,
    forgetAgentCertificate: createForgetAgentCertificate({ db, log }),
    administration: createAllAdministration({ db, log }),
    imageFiles: images.files,
    refreshClients: refreshClients.refresh,
    importClients: createImportClients({ db, log }),
    moveClients: createMoveClients({ db, log }),
    moveRooms: createMoveRooms({ db, log }),
    schedules: createKeepSchedules({ db, planOperation, clock, log }),
    runScheduleNow: createRunScheduleNow({ db, orderRun, clock }),
    importBlackouts: createImportBlackouts({ db, clock, log }),
    deleteBlackoutCalendar: createDeleteBlackoutCalendar({ db, log }),
    events,
    epoch,
  };
  bindDatabase(services, db);

  const wake = createWake({
    repositories,
    sendMagicPacket: overrides.sendMagicPacket ?? createSendMagicPacket(),
  });
  const dispatchTrace = createDispatchTrace({
    db,
    agents,
    wake,
    clock,
    log,
    parseKeptReport,
    findBlackouts,
    secretBox,
  });
  const gatherMs = config.agentConnectTimeoutMs + config.agentAnswerTimeoutMs;
  const advanceWaves = createAdvanceWaves({ db, queue, clock, cancelTrace, findBlackouts });
  const releaseWaiting = createReleaseWaiting({ db, queue, clock, log, findBlackouts, advanceWaves });
  const driveSessions = createDriveSessions({ db, repositories, beginCancel, clock, log, gatherMs });
  const driveCancels = createDriveCancels({ db, beginCancel, log });
  const keeper = createOperationKeeper({
    events,
    log,
    looks: [
      releaseWaiting,
      driveSessions.look,
      driveCancels,
      // One of the things that happened may be a capture; what its repository has to do takes its own time.
      async () => {
        images.nudge();
      },
    ],
  });
  const reconcileEveryMs = overrides.reconcileEveryMs ?? RECONCILE_EVERY_MS;
  const sendingLeaseMs = config.agentConnectTimeoutMs + config.agentAnswerTimeoutMs + LEASE_MARGIN_MS;
  const times = { ...RECONCILE_TIMES, sendingLeaseMs, ...overrides.reconcileTimes };
  const deadlines = config.agentJobDeadlines;
  const reconcile = createReconcileTraces({
    db,
    agents,
    queue,
    clock,
    log,
    parseKeptReport,
    actionOfJob,
    deadlines,
    times,
  });
  const sweepClients = createSweepClients({
    db,
    agents,
    clock,
    log,
    settings: {
      silenceMs: config.agentSilenceSeconds * 1000,
      atOnce: config.agentSweepAtOnce,
      againMs: reconcileEveryMs,
      offAfterMs: times.forgottenAfterMs,
      // Both agents that may be there are asked, one after the other.
      leaseMs: 2 * gatherMs + LEASE_MARGIN_MS,
      ...overrides.sweepSettings,
    },
  });
  const runDueSchedules = createRunDueSchedules({ db, orderRun, clock, log });
  const extendCalendars = createExtendCalendars({ db, clock, log });
  const retention = { days: config.eventRetentionDays, rows: config.eventRetentionRows };
  const pruneEvents = createPruneEvents({ db, clock, log, retention });
  const pruneSessions = createPruneSessions({ db, clock, log, days: config.eventRetentionDays });
  const settleRestored = createSettleRestored({ db, cancelTrace, clock, log });
  const http = createHttpServer({
    services,
    clock,
    log,
    agentReports: reports,
    trustedProxies: config.trustedProxies,
    repositoryRoute: createRepositoryRoute({ parseReport: parseRepositoryReport, receiveReport: images.receiveReport }),
    measure: () => measure(db),
    ...(overrides.resolvePrincipal === undefined ? {} : { resolvePrincipal: overrides.resolvePrincipal }),
    limits: {
      connectionsPerAddress: config.streamConnectionsPerAddress,
      operationsPerSocket: config.streamOperationsPerSocket,
      bufferBytes: config.streamBufferBytes,
      stallMs: config.streamStallMs,
    },
    guards: config.guards,
    ...(overrides.requestTimes === undefined ? {} : { requestTimes: overrides.requestTimes }),
    isReady: () =>
      db.$queryRaw`SELECT 1`.then(
        () => true,
        () => false,
      ),
  });

  let stopReconciling = async (): Promise<void> => {};
  let stopSweeping = async (): Promise<void> => {};
  let stopScheduling = async (): Promise<void> => {};
  let stopExtending = async (): Promise<void> => {};
  let stopPruning = async (): Promise<void> => {};
  let stopped: Promise<void> | undefined;

  return {
    database,
    async start() {
      if (overrides.restored === true) await settleRestored();
      const address = await http.listen(config.host, config.port);
      await queue.work({ dispatchTrace });
      keeper.start();
      images.start();
      let restarted = true;
      stopReconciling = repeat(
        async () => {
          // Until one pass has come through, nobody has looked at what the last process left behind.
          await reconcile(restarted ? { restarted, onlyServer: database.kind === 'embedded' } : {});
          restarted = false;
          keeper.lookAgain();
          await reports.tidy();
        },
        reconcileEveryMs,
        (error) => {
          log.warn({ err: error }, 'cannot reconcile traces; trying again');
        },
      );
      stopSweeping = repeat(sweepClients, reconcileEveryMs, (error) => {
        log.warn({ err: error }, 'cannot ask silent clients; trying again');
      });
      stopScheduling = repeat(runDueSchedules, overrides.runSchedulesEveryMs ?? RUN_SCHEDULES_EVERY_MS, (error) => {
        log.error({ err: error }, 'cannot run what is due; trying again');
      });
      stopExtending = repeat(extendCalendars, EXTEND_CALENDARS_EVERY_MS, (error) => {
        log.warn({ err: error }, 'cannot write calendars out further; trying again');
      });
      const prune = async (signal: AbortSignal) => {
        await pruneEvents(signal);
        await pruneSessions(signal);
      };
      stopPruning = repeat(prune, overrides.pruneEventsEveryMs ?? PRUNE_EVENTS_EVERY_MS, (error) => {
        log.warn({ err: error }, 'cannot throw old events and sessions away; trying again');
      });
      return address;
    },
    stop() {
      stopped ??= (async () => {
        await http.stop();
        refreshClients.stop();
        await Promise.all([
          stopReconciling(),
          stopSweeping(),
          stopScheduling(),
          stopExtending(),
          stopPruning(),
          keeper.stop(),
          images.stop(),
          queue.stop(STOP_GRACE_MS),
        ]);
        await driveSessions.settle();
        await settleCancels();
        await events.stop();
        await Promise.all([agents.close(), repositories.close()]);
        await refreshClients.settle();
        await database.close();
      })();
      return stopped;
    },
  };
}

/** The configured key, else the one that lies in the data directory; a database that a test brought needs none that lasts. */
function chooseSecretKey(config: Config, { database }: AppOverrides): Uint8Array {
  if (config.agentSecretsKey !== null) return config.agentSecretsKey;
  return database === undefined ? readOrMakeKey(config.dataDirectory) : randomBytes(SECRET_KEY_BYTES);
}

function isOnlyServer({ databaseUrl }: Config, { database }: AppOverrides): boolean {
  return databaseUrl === null && database === undefined;
}

function openDatabase(config: Config, log: Logger): Promise<Database> {
  return config.databaseUrl === null
    ? openEmbeddedDatabase({ directory: config.dataDirectory })
    : openPostgresql(config.databaseUrl, log);
}
