import type { AgentJobs } from '#domain/operations/agent-gateway.ts';
import type { Transaction } from '#domain/storage.ts';
import type { EventDraft } from '#domain/tracing/event.ts';
import { isOn } from './client-status.ts';
import type { ClientStatus } from './client-status.ts';
import { endPowerOn } from './end-power-on.ts';
import { setClientStatus } from './set-client-status.ts';
import type { ClientRow } from './set-client-status.ts';

/**
 * A machine on record as off or out of reach whose agent answers is on: its state follows in the transaction in which the answer ends the
 * job that switched it on. One on record as on says itself what it does.
 */
export async function followAnswer(
  tx: Transaction,
  client: ClientRow,
  answer: AgentJobs,
  now: Date,
): Promise<EventDraft[]> {
  if (answer.outcome === 'unreachable' || isOn(client.status)) return [];
  const events = await endPowerOn(tx, client, now);
  // What answers, and cannot tell what it is at, may be an installed system on its way down.
  if (answer.outcome === 'unsupported' && events.length === 0) return [];
  return [...events, ...(await setClientStatus(tx, client, statusOfAnswer(answer), { at: now, isHeard: true }))];
}

/** What an agent is at that answers. One that cannot list its jobs may be that of an installed system. */
function statusOfAnswer(answer: Exclude<AgentJobs, { outcome: 'unreachable' }>): ClientStatus {
  if (answer.outcome === 'unsupported') return 'UNKNOWN';
  return answer.jobIds.length > 0 ? 'BUSY' : 'OGLIVE';
}
