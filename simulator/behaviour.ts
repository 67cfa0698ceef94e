/** The ways to go wrong, one at a time, each with what it does. Only `hang-up` touches the status calls. */
export const FAULT_MEANINGS = {
  none: 'works',
  refuse: 'answers 500 with an error; no job',
  'null-job': 'answers 200 with a null job_id and a message; no job',
  'null-body': 'does the job, but answers 200 null',
  'engine-error': 'the engine fails halfway with engineCode',
  silent: 'accepts and does the job, but reports nothing',
  stall: 'reports progress up to stallAtPercent, then hangs, busy, until it is restarted',
  'reset-before-answer': 'starts the job, and resets the connection instead of answering',
  'never-answer': 'starts the job, and leaves the call without an answer',
  redirect: 'answers 307 to /CloningEngine/elsewhere on the same machine; no job',
  'half-json': 'does the job, but only half of its JSON answer comes',
  'huge-answer': 'does the job, but its JSON answer is 64 MiB long',
  'does-not-act': 'reports that it goes off or starts anew, but stays as it is',
  'does-not-return': 'goes off instead of starting anew, and cannot be woken',
  'hang-up': 'closes the connection on every call, as a machine that cannot be reached; no job',
} as const;

export type Fault = keyof typeof FAULT_MEANINGS;

export const FAULTS = Object.keys(FAULT_MEANINGS) as readonly Fault[];

/** `reversed`: all at the end, the result first, then progress downwards. `late-progress`: progress once more after the result. */
export const REPORT_ORDERS = ['in-order', 'reversed', 'late-progress'] as const;

/** Where a PC that is told to start anew goes: back to ogLive over the network, or to the system on its disk. */
export const REBOOT_TARGETS = ['oglive', 'disk'] as const;

export type RebootTarget = (typeof REBOOT_TARGETS)[number];

export type ReportOrder = (typeof REPORT_ORDERS)[number];

/** How an agent acts. A job keeps the behaviour it was accepted with; a change counts for the calls that come after it. */
export interface Behaviour {
  /** From accepting a job to its end. */
  durationMs: number;
  /** Progress reports spread evenly over the duration; the last says 100. */
  progressSteps: number;
  /** Held back before every answer; a job that was accepted runs meanwhile. */
  answerDelayMs: number;
  fault: Fault;
  /** The engine's exit code for the fault `engine-error`. */
  engineCode: number;
  /** The last progress told by the fault `stall`. */
  stallAtPercent: number;
  /** How often each report is sent, all copies at once. */
  duplicateReports: number;
  reportOrder: ReportOrder;
  /** The job runs to its end, its reports answered, before the call that ordered it is answered. */
  finishBeforeAnswer: boolean;
  /** The 8 hexadecimal digits of the job's id, so that two agents can use the same ones; null for random ones. */
  fixedJobHex: string | null;
  /** False as in old agents, which know no `status`: 500, unknown action. */
  listJobs: boolean;
  /** Between the report that the PC goes off or starts anew, and its doing so. */
  actDelayMs: number;
  rebootInto: RebootTarget;
  /** False as in agents that know no KillJob: 500, unknown action. */
  killJobs: boolean;
  /** Between the answer to KillJob and the job's end, which may come first by itself. */
  killDelayMs: number;
  /** How long a client waits for a multicast session to join. */
  joinTimeoutMs: number;
  /** What the engine detects on a partition that was restored. */
  restoredOperatingSystem: string;
  /** How often the start of ogLive is announced, 3 s apart, until it is answered. Real agents try 100 times. */
  startAttempts: number;
}

export const DEFAULT_BEHAVIOUR: Readonly<Behaviour> = {
  durationMs: 3000,
  progressSteps: 10,
  answerDelayMs: 0,
  fault: 'none',
  engineCode: 30,
  stallAtPercent: 40,
  duplicateReports: 1,
  reportOrder: 'in-order',
  finishBeforeAnswer: false,
  fixedJobHex: null,
  listJobs: true,
  actDelayMs: 200,
  rebootInto: 'oglive',
  killJobs: true,
  killDelayMs: 0,
  joinTimeoutMs: 120_000,
  restoredOperatingSystem: 'Ubuntu 24.04.1 LTS',
  startAttempts: 1,
};
