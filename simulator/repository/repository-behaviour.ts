/** The ways a repository goes wrong, one at a time, each with what it does. */
export const REPOSITORY_FAULT_MEANINGS = {
  none: 'works',
  refuse: 'answers 500 to every call, and does nothing',
  silent: 'does all it is told, but its webhook stays silent',
  slow: 'answers after slowMs only',
  'slow-lists': 'tells after slowMs only what it sends',
  'slow-starts': 'begins to send after slowMs only, and answers then',
} as const;

export type RepositoryFault = keyof typeof REPOSITORY_FAULT_MEANINGS;

export interface RepositoryBehaviour {
  fault: RepositoryFault;
  /** Held back by the fault `slow`, and by those of its kind. */
  slowMs: number;
  /** From accepting a job to its webhook. */
  jobMs: number;
  /** How long one second of `maxtime` takes, for those who cannot wait. */
  secondMs: number;
}

export const DEFAULT_REPOSITORY_BEHAVIOUR: Readonly<RepositoryBehaviour> = {
  fault: 'none',
  slowMs: 3000,
  jobMs: 500,
  secondMs: 1000,
};
