import type { InstalledSystem } from '#domain/inventory/client-status.ts';
import type { DeadlinePhase } from '#domain/tracing/job-deadlines.ts';
import { gaveUp } from '#domain/tracing/trace-machine.ts';
import type { TraceFact } from '#domain/tracing/trace-machine.ts';
import type { Action } from './action.ts';
import type { AgentJobs } from './agent-gateway.ts';

/** Actions whose end no agent reports: that a machine went off, or came up, the machine itself shows. */
export const POWER_ACTIONS = ['POWER_ON', 'POWER_OFF', 'REBOOT', 'START_SESSION'] as const satisfies readonly Action[];

export type PowerAction = (typeof POWER_ACTIONS)[number];

export function isPower(action: Action): action is PowerAction {
  return POWER_ACTIONS.some((power) => power === action);
}

/** How far the job is once the agent has said that it is about to: it has answered, and not acted. */
export const ANNOUNCED_PERCENT = 50;

/** How long after its start an agent may go on saying that it has started. */
const EARLIER_START_MS = 60_000;

/** What is known of such a job. */
export interface PowerJob {
  jobId: string | null;
  progress: number;
  /** Whether it was gone before, long enough ago that this is no cable pulled for a moment. */
  isGoneForLong: boolean;
  /** Since the order was sent. */
  sentMs: number;
}

/**
 * What a start of the machine says of a job that was to switch it on, off or over.
 *
 * @param started what has started: ogLive, or a system on the machine's own disk; null for one that is none we know.
 * @param wanted the system that was to start; null where that is not known.
 */
export function judgeStart(
  action: PowerAction,
  { jobId, progress, sentMs }: PowerJob,
  started: InstalledSystem | 'OGLIVE' | null,
  wanted: InstalledSystem | null,
): TraceFact | null {
  const succeeded: TraceFact = { fact: 'finished', jobId, succeeded: true };
  if (action === 'POWER_ON') return succeeded;
  // Agents say several times that they have started: this may be the start before the order.
  if (progress < ANNOUNCED_PERCENT && started === 'OGLIVE' && sentMs < EARLIER_START_MS) return null;
  if (action === 'REBOOT') return succeeded;
  if (action === 'START_SESSION') {
    const isOther = started === 'OGLIVE' || (started !== null && wanted !== null && started !== wanted);
    if (!isOther) return succeeded;
    const what = started === 'OGLIVE' ? 'ogLive' : 'another system';
    return failed(jobId, 'STARTED_OTHERWISE', `The machine started ${what}, and not the system of the partition.`);
  }
  // It is on again. Where it had said that it was going, it went; where not, it may have been restarted by hand.
  if (progress >= ANNOUNCED_PERCENT) return succeeded;
  const message = 'The machine started before it had said that it would switch off.';
  return { fact: 'lost', reason: 'AGENT_RESTARTED', message };
}

/** Whether nobody is there at all: one that takes a connection and says nothing is on. */
export function isMachineGone(answer: AgentJobs): boolean {
  return answer.outcome === 'unreachable' && answer.refused;
}

/**
 * What the agent’s answer, or its silence, says of such a job; null for nothing yet.
 *
 * @param passed the deadline of its that has passed; null where none has.
 */
export function judgePowerAnswer(
  action: PowerAction,
  job: PowerJob,
  answer: AgentJobs,
  passed: DeadlinePhase | null,
): TraceFact | null {
  const isGone = isMachineGone(answer);
  if (action === 'POWER_ON' && answer.outcome !== 'unreachable') {
    return { fact: 'finished', jobId: job.jobId, succeeded: true };
  }
  if (action === 'POWER_OFF' && isGone && job.isGoneForLong && job.progress >= ANNOUNCED_PERCENT) {
    return { fact: 'finished', jobId: job.jobId, succeeded: true };
  }
  if (passed === null) return null;
  // One that was to be stopped was not meant to act any more.
  if (action === 'POWER_OFF' && passed !== 'CANCEL' && answer.outcome !== 'unreachable') {
    return failed(job.jobId, 'AGENT_DID_NOT_ACT', 'The machine is still there.');
  }
  return { ...gaveUp(passed), message: 'The machine did not say whether it did: nobody knows how it ended.' };
}

function failed(jobId: string | null, code: 'STARTED_OTHERWISE' | 'AGENT_DID_NOT_ACT', message: string): TraceFact {
  return { fact: 'finished', jobId, succeeded: false, code, engineCode: null, message };
}
