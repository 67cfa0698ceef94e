import { parseConnectTo } from '#agent/connect-to.ts';
import { buildApp } from '#app.ts';
import type { App, AppOverrides } from '#app.ts';
import type { Config } from '#config.ts';
import type { Logger } from '#lib/logger.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import type { Simulator } from '#simulator/create-simulator.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';
import { loadScenario } from './scenario.ts';

export interface Playground extends App {
  /** The simulated room: what a person would do at the machines themselves. */
  room: Simulator;
}

/** How long a simulated restore takes: long enough to be watched, short enough for a demonstration. */
const RESTORE_MS = 8000;

/**
 * The server with the walkthrough's scenario and a simulated room of ogAgents with its ogRepository, which run as long as it does. Agents
 * are reached through `AGENT_CONNECT_TO` first and repositories through `REPOSITORY_CONNECT_TO`, and what those do not map, through the
 * simulator.
 */
export async function startPlayground(config: Config, log: Logger, overrides: AppOverrides = {}): Promise<Playground> {
  const room = await createSimulator({
    agents: walkthroughRoom,
    // Set to the real address once that is known.
    serverUrl: `http://${config.host}:${config.port}/opengnsys/rest`,
    behaviour: { durationMs: RESTORE_MS, progressSteps: 20 },
    repository: {},
  });
  const repositoryConnectTo = [...config.repositoryConnectTo, ...parseConnectTo(room.repository?.connectTo ?? '')];
  const agentConnectTo = [...config.agentConnectTo, ...parseConnectTo(room.connectTo)];
  const app = await buildApp({ ...config, agentConnectTo, repositoryConnectTo }, { log, ...overrides });
  await loadScenario(app.database.prisma);
  return {
    ...app,
    room,
    async start() {
      const address = await app.start();
      room.setServerUrl(`http://${address.host}:${address.port}/opengnsys/rest`);
      await Promise.all([...room.agents.values()].map((agent) => agent.bootOgLive()));
      log.info(
        { machines: [...room.agents.values()].map(({ name, ip }) => `${name} (${ip})`) },
        'the simulated room has started ogLive',
      );
      return address;
    },
    async stop() {
      await room.stop();
      await app.stop();
    },
  };
}
