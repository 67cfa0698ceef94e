import type { ClientSystem } from './client-status.ts';

/** How long after its start an agent may go on saying that it has started. */
export const REPEATS_FOR_MS = 90_000;

/** An agent takes orders a moment before it says that it has started; no machine goes down and is back in ogLive as soon as this. */
const TAKES_ORDERS_BEFORE_MS = 15_000;

/** What is stored of a client, and what its agent says when it has started. */
export interface StartEvidence {
  /** What has started; null for a system that is none we know. */
  system: ClientSystem | null;
  runningSystem: ClientSystem | null;
  runningSince: Date | null;
  /** An agent makes up a secret at each start: the one told now against the one told at the last start, where both were. */
  secret: 'same' | 'another' | 'not-told';
}

/** `REPEAT`: the start that is known already. `DOUBTFUL`: it may be that one, and only the agent can tell. */
export type StartVerdict = 'NEW' | 'REPEAT' | 'DOUBTFUL';

/** Whether a machine has really started when its agent says so: agents say it several times, and some of them carry nothing to tell by. */
export function judgeStartReport(
  { system, runningSystem, runningSince, secret }: StartEvidence,
  now: Date,
): StartVerdict {
  if (secret === 'another') return 'NEW';
  if (system === null || runningSystem !== system || runningSince === null) {
    return secret === 'same' ? 'DOUBTFUL' : 'NEW';
  }
  const isEarly = now.getTime() - runningSince.getTime() < REPEATS_FOR_MS;
  if (secret === 'same') return isEarly ? 'REPEAT' : 'DOUBTFUL';
  return isEarly ? 'DOUBTFUL' : 'NEW';
}

/** What a start means for a job in hand: it died with the machine, it runs on, or the agent has to be asked. */
export function judgeJobAtStart(
  verdict: StartVerdict,
  { sentAt, isFetched, hasBegun }: { sentAt: Date | null; isFetched: boolean; hasBegun: boolean },
  now: Date,
): 'died' | 'runs-on' | 'ask' {
  if (verdict === 'REPEAT') return 'runs-on';
  if (verdict === 'DOUBTFUL') return 'ask';
  // An agent fetches orders, and reports of its jobs, only after it has said that it started: the start came after the order.
  if (isFetched || hasBegun || sentAt === null) return 'died';
  return now.getTime() - sentAt.getTime() < TAKES_ORDERS_BEFORE_MS ? 'ask' : 'died';
}
