import { createAgentSecrets } from '#domain/reports/agent-secrets.ts';
import type { AgentSecrets } from '#domain/reports/agent-secrets.ts';
import { createBelieveAtOnce, createBelieveReports } from '#domain/reports/believe-reports.ts';
import type { AgentAddresses } from '#domain/reports/believe-reports.ts';
import { createBuryKeptReports } from '#domain/reports/bury-kept-reports.ts';
import { createDeadLetters } from '#domain/reports/dead-letters.ts';
import type { DeadLetterLimits } from '#domain/reports/dead-letters.ts';
import { forgetReports } from '#domain/reports/forget-reports.ts';
import type { SenderPolicy } from '#domain/reports/judge-sender.ts';
import { createKeepDeadLetters } from '#domain/reports/keep-dead-letters.ts';
import type { KeepDeadLetters } from '#domain/reports/keep-dead-letters.ts';
import { createReceiveAgentEvent, forgetDeliveries } from '#domain/reports/receive-agent-event.ts';
import type { ReceiversOn } from '#domain/reports/receivers.ts';
import type { Storage } from '#domain/storage.ts';
import { createReportIntake } from '#domain/tracing/create-report-intake.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { Turnstile } from '#lib/turnstile.ts';
import { createRedeliverLetter, isUnreadable, routeOfKept } from './redeliver-letter.ts';
import { SIGNED_PATH, createTakeSignedEvent } from './signed/take-signed-event.ts';
import type { TakeSignedEvent } from './signed/take-signed-event.ts';
import { AGENT_REST, createTakeAgentReport } from './take-agent-report.ts';
import type { AgentRoutesOn, TakeAgentReport } from './take-agent-report.ts';

export interface AgentReports {
  takeReport: TakeAgentReport;
  takeEvent: TakeSignedEvent;
  /** Where agents may report to. */
  paths: ReadonlySet<string>;
  /** Writes down that a body was too long to be read. */
  reportTooLarge: (route: string, sender: string) => Promise<void>;
  secrets: AgentSecrets;
  deadLetters: KeepDeadLetters;
  /** What has to be done now and again: reports of jobs that never came become letters, and what is old is forgotten. */
  tidy: () => Promise<void>;
}

interface Parts {
  db: Storage;
  clock: Clock;
  log: Logger;
  receiversOn: ReceiversOn;
  turnstile: Turnstile;
  routesOn: AgentRoutesOn;
  policy: SenderPolicy;
  addresses: AgentAddresses;
  secretsKey: Uint8Array | null;
  limits?: DeadLetterLimits;
  unknownJobAfterMs?: number;
}

/** Puts together all that has to do with what agents report: who says it, what becomes of it, and what is left over. */
export function createAgentReports({
  db,
  clock,
  log,
  receiversOn,
  turnstile,
  routesOn,
  policy,
  addresses,
  secretsKey,
  limits,
  unknownJobAfterMs,
}: Parts): AgentReports {
  const deadLetters = createDeadLetters({ db, clock, log, ...(limits === undefined ? {} : { limits }) });
  const secrets = createAgentSecrets({ db, key: secretsKey, clock, log });
  const buryKeptReports = createBuryKeptReports({
    db,
    clock,
    deadLetters,
    routeOf: routeOfKept,
    ...(unknownJobAfterMs === undefined ? {} : { afterMs: unknownJobAfterMs }),
  });
  const believe = createBelieveReports({
    db,
    receiversOn,
    takeTogether: createReportIntake({ db, clock, log, believes: createBelieveAtOnce({ policy, addresses }) }),
    turnstile,
    policy,
    addresses,
  });
  const receiveEvent = createReceiveAgentEvent({ db, clock, receiversOn });
  const routes = [...routesOn(believe({ secret: null })).keys()].map((name) => `${AGENT_REST}${name}`);
  return {
    takeReport: createTakeAgentReport({ routesOn, believe, deadLetters }),
    takeEvent: createTakeSignedEvent({
      secrets,
      receive: (event) => turnstile(() => receiveEvent(event)),
      deadLetters,
      clock,
    }),
    paths: new Set([SIGNED_PATH, ...routes]),
    reportTooLarge: (route, sender) =>
      deadLetters.file({
        reason: 'UNREADABLE',
        route,
        sender,
        clientId: null,
        jobId: null,
        detail: 'it is too long to be read',
        body: '',
      }),
    secrets,
    deadLetters: createKeepDeadLetters({
      db,
      receiversOn,
      redeliver: createRedeliverLetter(routesOn),
      isUnreadable,
      log,
    }),
    async tidy() {
      await buryKeptReports();
      await deadLetters.tidy();
      await forgetDeliveries(db, clock.now());
      await forgetReports(db, clock.now());
    },
  };
}
