import { readConfig } from '#config.ts';
import type { Config } from '#config.ts';
import { scenario } from '#demo/scenario.ts';
import type { AgentGateway } from '#domain/operations/agent-gateway.ts';
import { deploy, untilStatus } from './deploy.ts';
import { startTestServer } from './start-test-server.ts';
import type { TestServer, TestServerOptions } from './start-test-server.ts';

/** The walkthrough's machines at addresses of their own, all behind one proxy that says who speaks. */
export interface AddressedRoom {
  server: TestServer;
  /** Says something to a route of installed agents, from an address. */
  tell: (from: string, route: string, body: unknown) => Promise<{ status: number; body: unknown }>;
  /** Deploys to clients, by Relay id, and gives each one's trace. */
  startJobs: (...clientIds: string[]) => Promise<{ id: string; jobId: string }[]>;
}

export const MODEL = scenario.model.ip;
export const PC1 = scenario.client.ip;
export const STATUS = 'clients/status/webhook';
const STARTED = 'ogAdmClient/InclusionCliente';
const DISKS =
  '1:0:1:::104857600:0;1:1:83:EXT4:Ubuntu:41943040:10;1:2:83:EXT4:Ubuntu:52428800:10;1:4:CA:CACHE::9437184:10;';

/** @param jobHex the digits of every job's name, one client's as another's; without it each is another. */
export async function startAddressedRoom(
  config: Partial<Config> = {},
  { jobHex, ...options }: TestServerOptions & { jobHex?: string } = {},
): Promise<AddressedRoom> {
  let jobs = 0;
  const agents: AgentGateway = {
    pinsCertificates: false,
    isAddressAllowed: () => true,
    send: () => {
      jobs += 1;
      const hex = jobHex ?? jobs.toString(16).padStart(8, '0');
      return Promise.resolve({ outcome: 'accepted', jobId: `RestaurarImagen-${hex}`, certificateSha256: null });
    },
    kill: () => Promise.resolve({ outcome: 'asked' }),
    readInstalledStatus: async () => ({ outcome: 'unsupported' as const }),
    listJobs: () => Promise.resolve({ outcome: 'unsupported' }),
    close: () => Promise.resolve(),
  };
  const server = await startTestServer({
    boot: false,
    agents,
    config: {
      agentConnectTo: [],
      trustedProxies: readConfig({ TRUSTED_PROXIES: '127.0.0.1' }).trustedProxies,
      ...config,
    },
    ...options,
  });
  const tell: AddressedRoom['tell'] = async (from, route, body) => {
    const response = await fetch(server.url.replace('/graphql', `/opengnsys/rest/${route}`), {
      method: 'POST',
      headers: from === '' ? {} : { 'x-forwarded-for': from },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  return {
    server,
    tell,
    async startJobs(...clientIds) {
      for (const ip of [MODEL, PC1]) await tell(ip, STARTED, { iph: ip, cfg: DISKS });
      const { outcomes } = await deploy(server, { target: { clientIds }, onBlocked: 'SKIP_BLOCKED' });
      const ids = clientIds.map((id) => outcomes.find(({ client }) => client?.id === id)?.trace?.id ?? '');
      return Promise.all(
        ids.map(async (id) => ({ id, jobId: (await untilStatus(server, id, 'RUNNING')).jobId ?? '' })),
      );
    },
  };
}
