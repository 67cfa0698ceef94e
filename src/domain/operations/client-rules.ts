import { hasSession, installedSystemOf, isOn } from '#domain/inventory/client-status.ts';
import type { ClientStatus } from '#domain/inventory/client-status.ts';
import { reason } from './reasons.ts';
import type { Reason } from './reasons.ts';

/** What decides whether any action may go to a client. */
export interface ClientFacts {
  status: ClientStatus;
  maintenance: boolean;
  /** Whether a job of ours that has not ended holds it. */
  hasActiveTrace: boolean;
  /** Whether one that passes in front has not ended. */
  hasForcedTrace: boolean;
  isAddressAllowed: boolean;
  /** Whether the agent of its installed system would take an order from us. */
  hasAgentSecret: boolean;
}

/** What an action asks of a client, whatever it is to do. */
export interface ClientNeeds {
  /** `OGLIVE`: its agent has to be there. `ON`: that one, or the one of an installed system. `OFF`: it has to be switched off. */
  state: 'OGLIVE' | 'ON' | 'OFF';
  whenBusy: 'REFUSE' | 'QUEUE';
  /** It passes in front of whatever the client has in hand. */
  isForced: boolean;
}

export function assessClient(client: ClientFacts, needs: ClientNeeds): Reason[] {
  const reasons: Reason[] = [];
  if (client.maintenance) reasons.push(reason('CLIENT_IN_MAINTENANCE'));
  reasons.push(...assessState(client, needs));
  if (needs.state !== 'OFF' && !client.isAddressAllowed) reasons.push(reason('ADDRESS_NOT_ALLOWED'));
  return reasons;
}

function assessState(client: ClientFacts, { state, whenBusy, isForced }: ClientNeeds): Reason[] {
  if (isForced && !client.hasForcedTrace) {
    if (client.hasActiveTrace) return [reason('JOB_WILL_BE_INTERRUPTED')];
    if (client.status === 'BUSY') return [];
  } else if (client.hasActiveTrace || client.hasForcedTrace) {
    // What state it is in when its turn comes, the jobs before it decide.
    return [reason(whenBusy === 'QUEUE' ? 'WILL_WAIT_FOR_JOB' : 'CLIENT_BUSY')];
  }
  if (state === 'OFF') return isOn(client.status) ? [reason('CLIENT_IS_ON', { status: client.status })] : [];
  if (client.status === 'BUSY') return [reason('CLIENT_BUSY')];
  if (state === 'ON' && installedSystemOf(client.status) !== null) return assessInstalled(client);
  return client.status === 'OGLIVE' ? [] : [reason('CLIENT_NOT_ON_OGLIVE', { status: client.status })];
}

function assessInstalled({ status, hasAgentSecret }: ClientFacts): Reason[] {
  return [
    ...(hasAgentSecret ? [] : [reason('AGENT_SECRET_UNKNOWN')]),
    ...(hasSession(status) ? [reason('SOMEONE_LOGGED_IN', { status })] : []),
  ];
}
