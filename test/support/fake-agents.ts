import type { AgentGateway, AgentJobs, InstalledStatus } from '#domain/operations/agent-gateway.ts';

/** How the machines of a test are, by their addresses; `off` where nothing is said. */
export type FakeMachine = 'off' | 'silent' | 'oglive' | 'busy' | 'linux';

export interface FakeAgents extends AgentGateway {
  /** The addresses asked, in order, each call for itself. */
  readonly asked: readonly string[];
  /** Most calls that were in hand at once. */
  readonly mostAtOnce: number;
}

const JOBS: Record<FakeMachine, AgentJobs> = {
  off: { outcome: 'unreachable', refused: true, timedOut: false, message: 'connection refused' },
  silent: { outcome: 'unreachable', refused: true, timedOut: true, message: 'connection timed out' },
  oglive: { outcome: 'jobs', jobIds: [] },
  busy: { outcome: 'jobs', jobIds: ['EjecutarScript-00000001'] },
  linux: { outcome: 'unsupported' },
};

/** Agents that only say how their machines are. */
export function createFakeAgents(machines: Map<string, FakeMachine>, callMs = 0): FakeAgents {
  const asked: string[] = [];
  let inHand = 0;
  let mostAtOnce = 0;
  async function ask(ip: string): Promise<FakeMachine> {
    asked.push(ip);
    inHand += 1;
    mostAtOnce = Math.max(mostAtOnce, inHand);
    await new Promise((resolve) => {
      setTimeout(resolve, callMs);
    });
    inHand -= 1;
    return machines.get(ip) ?? 'off';
  }
  return {
    asked,
    get mostAtOnce() {
      return mostAtOnce;
    },
    pinsCertificates: false,
    isAddressAllowed: () => true,
    send: async () => ({ outcome: 'refused', message: 'not here' }),
    kill: async () => ({ outcome: 'refused', message: 'not here' }),
    listJobs: async ({ ip }) => JOBS[await ask(ip)],
    async readInstalledStatus({ ip }): Promise<InstalledStatus> {
      const machine = await ask(ip);
      if (machine === 'linux') return { outcome: 'status', status: 'LINUX' };
      const jobs = JOBS[machine];
      return jobs.outcome === 'unreachable' ? jobs : { outcome: 'unsupported' };
    },
    close: async () => {},
  };
}
