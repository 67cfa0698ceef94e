import type { AgentOrderOutcome } from './agent-gateway.ts';

/** What became of one order, whoever it was given to: an agent, or a repository that was to wake the machine. */
export type OrderOutcome =
  | AgentOrderOutcome
  /** Without a job's name: nobody will report on it. */
  | { outcome: 'accepted'; jobId: null; certificateSha256: null }
  | { outcome: 'refused'; code: 'REPOSITORY_REFUSED'; message: string };
