import type { AgentGateway, AgentTarget, Unreachable } from '#domain/operations/agent-gateway.ts';
import { installedSystemOf } from './client-status.ts';
import type { ClientStatus } from './client-status.ts';

/** A client that is to be asked how it is. */
export interface AskedClient {
  id: string;
  ip: string;
  status: ClientStatus;
  agentVersion: string | null;
  agentCertificateSha256: string | null;
  installedCertificateSha256: string | null;
}

/**
 * How a client is, as far as asking it tells. `status` is null where something answered that cannot say what it is at. `refused`: nobody is
 * there. `timed-out`: nobody said anything. `failed`: somebody is there, and not the agent that is known. `not-allowed`: it was not asked.
 */
export type Presence =
  | { outcome: 'answered'; status: ClientStatus | null }
  | { outcome: 'refused' | 'timed-out' | 'failed' | 'not-allowed' };

/** Asks the agent that should run there, and where something else answers, the other one. */
export async function askClient(agents: AgentGateway, client: AskedClient): Promise<Presence> {
  if (!agents.isAddressAllowed(client.ip)) return { outcome: 'not-allowed' };
  const questions = [askOgLive, askInstalled];
  if (installedSystemOf(client.status) !== null) questions.reverse();
  for (const question of questions) {
    const presence = await question(agents, client);
    if (presence !== null) return presence;
  }
  return { outcome: 'answered', status: null };
}

async function askOgLive(agents: AgentGateway, client: AskedClient): Promise<Presence | null> {
  const answer = await agents.listJobs(toTarget(client, client.agentCertificateSha256));
  if (answer.outcome === 'jobs') {
    return { outcome: 'answered', status: answer.jobIds.length > 0 ? 'BUSY' : 'OGLIVE' };
  }
  return answer.outcome === 'unsupported' ? null : toPresence(answer);
}

async function askInstalled(agents: AgentGateway, client: AskedClient): Promise<Presence | null> {
  const answer = await agents.readInstalledStatus(toTarget(client, client.installedCertificateSha256));
  if (answer.outcome === 'status') return { outcome: 'answered', status: answer.status };
  return answer.outcome === 'unsupported' ? null : toPresence(answer);
}

function toTarget({ id, ip, agentVersion }: AskedClient, certificateSha256: string | null): AgentTarget {
  return { clientId: id, ip, agentVersion, certificateSha256 };
}

function toPresence({ refused, timedOut }: Unreachable): Presence {
  if (timedOut === true) return { outcome: 'timed-out' };
  return { outcome: refused ? 'refused' : 'failed' };
}
