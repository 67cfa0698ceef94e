import { DEFAULT_BEHAVIOUR } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import { createAgentServer } from './create-agent-server.ts';
import { createCertificate } from './create-certificate.ts';
import { createReporter } from './create-reporter.ts';
import { createRepository } from './create-repository.ts';
import type { RepositoryHandle, RepositoryOptions, SimulatedRepository } from './create-repository.ts';
import type { AgentHandle } from './create-simulated-agent.ts';
import { createSimulatedAgent } from './create-simulated-agent.ts';
import type { SimulatedAgent } from './simulated-agent.ts';
import type { SimulatedMachine } from './simulated-machine.ts';

export interface SimulatorOptions {
  agents: readonly SimulatedMachine[];
  /** Base URL of the reports, such as `http://127.0.0.1:4000/opengnsys/rest`. */
  serverUrl: string;
  host?: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** What all agents start with, over the defaults. */
  behaviour?: Partial<Behaviour>;
  /** Adds an ogRepository, whose webhook is `/og-repository/webhook` on the server of `serverUrl`. None where missing. */
  repository?: RepositoryOptions;
  log?: (line: string) => void;
}

/** A room of PCs with their ogAgents, all switched off at first. */
export interface Simulator {
  readonly host: string;
  readonly port: number;
  /** For the server's AGENT_CONNECT_TO, as curl's --connect-to has it: calls to any host, any port, go to the simulator. */
  readonly connectTo: string;
  /** Of the certificate all agents share: 64 lower-case hexadecimal digits. */
  readonly certificateSha256: string;
  readonly certificatePem: string;
  readonly agents: ReadonlyMap<string, SimulatedAgent>;
  /** Null where none was asked for. */
  readonly repository: SimulatedRepository | null;
  /** @throws {Error} when no agent has the address. */
  agent(ip: string): SimulatedAgent;
  /** Where reports go from now on; those on their way still go to the old place. */
  setServerUrl(url: string): void;
  /** Switches the room off without a word and releases everything. May be called again, and then waits for the same end. */
  stop(): Promise<void>;
}

/** @throws {Error} when two agents have one address, the URL is none, or the port is taken. */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { agents: machines, serverUrl, host = '127.0.0.1', port = 0, log = () => {} } = options;
  const behaviour = { ...DEFAULT_BEHAVIOUR, ...options.behaviour };
  const reporter = createReporter(serverUrl);
  const webhooks = createReporter(new URL(serverUrl).origin);
  const handles = new Map<string, AgentHandle>();
  if (new Set(machines.map(({ ip }) => ip)).size < machines.length) throw new Error('two agents have the same address');

  function wake(mac: string): void {
    for (const { agent } of handles.values()) {
      // Whether it comes up is not for the sender of the packet to know.
      if (toDigits(agent.mac) === toDigits(mac)) agent.wake().catch(() => {});
    }
  }

  let shelf: RepositoryHandle | null = null;
  if (options.repository !== undefined) {
    shelf = await createRepository({ ...options.repository, host, reporter: webhooks, wake, log });
  }
  const repository = shelf?.line ?? null;
  for (const machine of machines) {
    handles.set(machine.ip, createSimulatedAgent({ machine, behaviour, reporter, repository, log }));
  }
  const agents = new Map([...handles].map(([ip, { agent }]) => [ip, agent]));
  const certificate = await createCertificate([...agents.keys()]);
  const server = await createAgentServer({ certificate, host, port, findAgent: (ip) => handles.get(ip) }).catch(
    async (error: unknown) => {
      await shelf?.stop();
      throw error;
    },
  );
  let stopping: Promise<void> | null = null;

  async function stop(): Promise<void> {
    await Promise.all([...handles.values()].map((handle) => handle.stop()));
    await Promise.all([server.close(), shelf?.stop()]);
    await Promise.all([reporter.close(), webhooks.close()]);
  }

  return {
    host,
    port: server.port,
    connectTo: `::${toReachable(host)}:${server.port}`,
    certificateSha256: certificate.sha256,
    certificatePem: certificate.certificatePem,
    agents,
    repository: shelf?.repository ?? null,
    agent(ip) {
      const agent = agents.get(ip);
      if (agent === undefined) throw new Error(`no agent has the address ${ip}`);
      return agent;
    },
    setServerUrl: (url) => {
      reporter.setServerUrl(url);
      webhooks.setServerUrl(new URL(url).origin);
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** The address by which this machine reaches a socket that listens on all of them. */
function toReachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** A MAC address without what separates its digits. */
function toDigits(mac: string): string {
  return mac.replaceAll(/[^0-9a-f]/gi, '').toLowerCase();
}
