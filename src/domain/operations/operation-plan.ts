import { hashOf } from '#lib/canonical-json.ts';
import type { TraceWait } from '#prisma/generated/client/enums.ts';
import type { Readiness, Reason } from './reasons.ts';
import type { TraceInput } from './trace-input.ts';

/** What one client would be told. */
export interface PlannedOrder {
  agentIp: string;
  roomId: string;
  input: TraceInput;
  isForced: boolean;
  /** Why it would not be told at once, besides waves and limits. */
  waitsFor: Extract<TraceWait, 'EARLIER_JOB' | 'BLACKOUT'> | null;
}

export interface PlannedClient {
  clientId: string;
  readiness: Readiness;
  reasons: readonly Reason[];
  /** Null for a blocked client. */
  order: PlannedOrder | null;
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
