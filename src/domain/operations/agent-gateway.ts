import type { ClientStatus } from '#domain/inventory/client-status.ts';
import type { TraceInput } from './trace-input.ts';

/** The agent to call: the address frozen when the operation was accepted, and the certificate known to be its own. */
export interface AgentTarget {
  clientId: string;
  ip: string;
  /** SHA-256 of the agent's certificate, 64 lower-case hex digits; null while none was ever seen. */
  certificateSha256: string | null;
  /** What the agent of an installed system asks for; left out where it is not known, or nobody asks. */
  secret?: string;
  /** As the agent last said it; left out where it has not. */
  agentVersion?: string | null;
}

/** What an agent is told to do: the order as its trace keeps it. Nobody listens yet on a machine that is to be switched on. */
export type AgentOrder = Exclude<TraceInput, { action: 'POWER_ON' }>;

/**
 * What became of one order.
 *
 * `not-sent` and `refused` prove that nothing ran. `unknown` means that bytes may have left and no valid answer came:
 * the order may be running, and must never be sent again without a person asking for it.
 */
export type AgentOrderOutcome =
  /** An agent of an installed system gives its job no name. */
  | { outcome: 'accepted'; jobId: string | null; certificateSha256: string | null }
  | { outcome: 'refused'; message: string }
  | { outcome: 'not-sent'; code: AgentNotSentCode; message: string }
  | { outcome: 'unknown'; message: string };

export type AgentNotSentCode =
  | 'AGENT_UNREACHABLE'
  | 'AGENT_TLS_REJECTED'
  | 'AGENT_CERTIFICATE_CHANGED'
  | 'AGENT_ADDRESS_NOT_ALLOWED'
  | 'AGENT_METHOD_UNSUPPORTED'
  | 'AGENT_SECRET_UNKNOWN'
  | 'ORDER_OUTDATED'
  | 'REPOSITORY_UNREACHABLE'
  | 'PACKET_NOT_SENT';

/**
 * What became of asking an agent to stop a job. `asked`: it will say how it went; `killed`: it has. `refused`, `not-sent`: the job goes
 * on. `unknown`: bytes may have left and no answer came.
 */
export type KillOutcome =
  | { outcome: 'asked' }
  | { outcome: 'killed' }
  | { outcome: 'refused'; message: string }
  | { outcome: 'not-sent'; message: string }
  | { outcome: 'unknown'; message: string };

/** What an agent says of the work it has in hand. Agents that cannot list their jobs answer `unsupported`. */
export type AgentJobs = { outcome: 'jobs'; jobIds: readonly string[] } | { outcome: 'unsupported' } | Unreachable;

/** `refused`: no connection could be made, or it was cut, which is how a machine looks that is off; `timedOut`: not within its time. */
export interface Unreachable {
  outcome: 'unreachable';
  refused: boolean;
  timedOut?: boolean;
  message: string;
}

/** What the agent of an installed system says of its state. Whatever answers otherwise is `unsupported`. */
export type InstalledStatus = { outcome: 'status'; status: ClientStatus } | { outcome: 'unsupported' } | Unreachable;

/** The port to ogAgent. Its one implementation over the real wire lives in `src/agent/`. */
export interface AgentGateway {
  /** Whether agents are known by their certificates: the first one seen of each client is then to be remembered. */
  readonly pinsCertificates: boolean;
  /** Sends one order, once. May destroy data on the client; never retried here. Resolves, never rejects. */
  send(target: AgentTarget, order: AgentOrder): Promise<AgentOrderOutcome>;
  /** Asks to stop a job. Harmless to repeat: a job has its name for good. Resolves, never rejects. */
  kill(target: AgentTarget, jobId: string): Promise<KillOutcome>;
  /** Asks which jobs are running. Harmless, so it may be repeated. Resolves, never rejects. */
  listJobs(target: AgentTarget): Promise<AgentJobs>;
  /** Asks the agent of an installed system what runs there. Harmless, so it may be repeated. Resolves, never rejects. */
  readInstalledStatus(target: AgentTarget): Promise<InstalledStatus>;
  /** Whether the operator's settings allow calling this address at all. */
  isAddressAllowed(ip: string): boolean;
  close(): Promise<void>;
}
