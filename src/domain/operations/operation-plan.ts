import { hashOf } from '#lib/canonical-json.ts';
import type { Readiness, Reason } from './reasons.ts';
import type { TraceInput } from './trace-input.ts';

export interface PlannedClient {
  clientId: string;
  readiness: Readiness;
  reasons: readonly Reason[];
  /** What the agent would be sent; null for a blocked client. */
  order: { agentIp: string; input: TraceInput } | null;
}

/** What an operation would do to each client of its target. */
export interface OperationPlan {
  clients: readonly PlannedClient[];
  /** Stands for everything the plan was made of; changes when any of it changes. */
  token: string;
}

export function toPlan(clients: readonly PlannedClient[]): OperationPlan {
  return { clients, token: hashOf(clients).slice(0, 32) };
}
