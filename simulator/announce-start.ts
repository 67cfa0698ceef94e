import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentReports } from './create-agent-reports.ts';
import { wasNotTaken } from './create-agent-reports.ts';
import type { InstalledSystem } from './installed-system.ts';

export const AGENT_VERSION = '1.4.5~pre7-1';
const RETRY_MS = 3000;

/** One start of an agent. */
interface Start {
  reports: AgentReports;
  life: AbortSignal;
  ip: string;
  mac: string;
  secret: string;
}

/** Says that ogLive is up, as often as it takes and is allowed, and then that it waits for orders. */
export async function announceOgLive(
  { reports, life, ip, mac, secret }: Start,
  cfg: string,
  attempts: number,
): Promise<void> {
  const start = { nfn: 'InclusionCliente', iph: ip, mac, cfg, secret, agent_version: AGENT_VERSION };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await reports.sendInTurn(life, 'ogAdmClient/InclusionCliente', start);
    if (!wasNotTaken(answer) || attempt >= attempts || life.aborted) break;
    await sleep(RETRY_MS, undefined, { signal: life }).catch(() => {});
  }
  await reports.sendInTurn(life, 'ogAdmClient/DisponibilidadComandos', {
    nfn: 'DisponibilidadComandos',
    iph: ip,
    mac,
    tpc: 'OPG',
  });
}

/** Says that a system installed on the disk is up. */
export async function announceInstalledSystem(
  { reports, life, ip, mac, secret }: Start,
  { ostype, osversion }: InstalledSystem,
): Promise<void> {
  await reports.sendInTurn(life, 'ogagent/started', {
    mac,
    ip,
    secret,
    ostype,
    osversion,
    agent_version: AGENT_VERSION,
  });
}
