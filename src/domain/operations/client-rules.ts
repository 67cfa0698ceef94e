import type { ClientStatus } from '#domain/inventory/client-status.ts';
import { reason } from './reasons.ts';
import type { Reason } from './reasons.ts';

/** What decides whether any action may go to a client that has to be on ogLive for it. */
export interface ClientFacts {
  status: ClientStatus;
  maintenance: boolean;
  hasActiveTrace: boolean;
  isAddressAllowed: boolean;
}

export function assessClient(client: ClientFacts): Reason[] {
  const reasons: Reason[] = [];
  if (client.maintenance) reasons.push(reason('CLIENT_IN_MAINTENANCE'));
  if (client.hasActiveTrace || client.status === 'BUSY') reasons.push(reason('CLIENT_BUSY'));
  else if (client.status !== 'OGLIVE') reasons.push(reason('CLIENT_NOT_ON_OGLIVE', { status: client.status }));
  if (!client.isAddressAllowed) reasons.push(reason('ADDRESS_NOT_ALLOWED'));
  return reasons;
}
