import type { Action } from '#domain/operations/action.ts';
import type { TraceStatus } from './trace-status.ts';

/**
 * What a job that was sent is waited for: its agent's answer, the first report, the next one, the end, or the end of one that is to be
 * stopped.
 */
export const DEADLINE_PHASES = ['ANSWER', 'FIRST_REPORT', 'SILENCE', 'TOTAL', 'CANCEL'] as const;

export type DeadlinePhase = (typeof DEADLINE_PHASES)[number];

/** How long each may take, in milliseconds. */
export type Deadlines = Readonly<Record<DeadlinePhase, number>>;

export type JobDeadlines = Readonly<Record<Action, Deadlines>>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const IMAGE: Deadlines = {
  ANSWER: 30 * MINUTE,
  FIRST_REPORT: 2 * HOUR,
  SILENCE: 2 * HOUR,
  TOTAL: 12 * HOUR,
  CANCEL: 15 * MINUTE,
};
const QUICK: Deadlines = {
  ANSWER: 15 * MINUTE,
  FIRST_REPORT: 30 * MINUTE,
  SILENCE: 30 * MINUTE,
  TOTAL: HOUR,
  CANCEL: 15 * MINUTE,
};
/** An installation with a slow disk and a long list of updates takes its time to go down, or to be back. */
const POWER: Deadlines = {
  ANSWER: 10 * MINUTE,
  FIRST_REPORT: 10 * MINUTE,
  SILENCE: 10 * MINUTE,
  TOTAL: 30 * MINUTE,
  CANCEL: 5 * MINUTE,
};

/** What holds where `AGENT_JOB_DEADLINES` says nothing else. */
export const DEFAULT_DEADLINES: JobDeadlines = {
  DEPLOY_IMAGE: IMAGE,
  CREATE_IMAGE: { ...IMAGE, TOTAL: 24 * HOUR },
  DELETE_CACHED_IMAGE: QUICK,
  PARTITION_AND_FORMAT: { ...QUICK, FIRST_REPORT: HOUR, SILENCE: HOUR, TOTAL: 2 * HOUR },
  SOFTWARE_INVENTORY: QUICK,
  HARDWARE_INVENTORY: QUICK,
  RUN_SCRIPT: { ...QUICK, FIRST_REPORT: HOUR, SILENCE: HOUR, TOTAL: 2 * HOUR },
  POWER_ON: POWER,
  POWER_OFF: POWER,
  REBOOT: POWER,
  START_SESSION: POWER,
};

/** The stored facts that deadlines follow from. */
export interface DeadlineFacts {
  action: Action;
  status: TraceStatus;
  progress: number;
  sentAt: Date | null;
  startedAt: Date | null;
  lastHeardAt: Date | null;
  cancellingSince: Date | null;
}

export interface Deadline {
  phase: DeadlinePhase;
  at: Date;
}

/**
 * When a job is given up unless something is heard of it before, and what would be missing then. Null for one that was not sent, or has
 * ended: what waits for its turn may wait for as long as it must.
 */
export function findDeadline(facts: DeadlineFacts, table: JobDeadlines): Deadline | null {
  const { status, sentAt, cancellingSince } = facts;
  const isInHand = status === 'SENDING' || status === 'UNKNOWN' || status === 'RUNNING' || status === 'CANCELLING';
  if (!isInHand || sentAt === null) return null;
  const limits = table[facts.action];
  const waits: [phase: DeadlinePhase, since: Date][] = [['TOTAL', sentAt]];
  if (status === 'CANCELLING') waits.push(['CANCEL', cancellingSince ?? sentAt]);
  waits.push([findWait(facts), facts.lastHeardAt ?? sentAt]);
  // Of two that end at once, the one that nothing could have put off.
  return waits
    .map(([phase, since]): Deadline => ({ phase, at: new Date(since.getTime() + limits[phase]) }))
    .reduce((first, other) => (other.at < first.at ? other : first));
}

/** What of a job's deadlines has passed; null where none has. */
export function findPassed(facts: DeadlineFacts, table: JobDeadlines, now: Date): DeadlinePhase | null {
  const deadline = findDeadline(facts, table);
  return deadline !== null && deadline.at <= now ? deadline.phase : null;
}

function findWait({ status, progress, startedAt, lastHeardAt }: DeadlineFacts): DeadlinePhase {
  if (lastHeardAt === null || status === 'SENDING' || status === 'UNKNOWN') return 'ANSWER';
  // That it began is told by the very answer that was heard then.
  const hasReported = progress > 0 || startedAt === null || lastHeardAt > startedAt;
  return hasReported ? 'SILENCE' : 'FIRST_REPORT';
}
