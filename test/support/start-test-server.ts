import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { ExecutionResult } from 'graphql';
import { print } from 'graphql';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { parseConnectTo } from '#agent/connect-to.ts';
import { buildApp } from '#app.ts';
import type { App, AppOverrides } from '#app.ts';
import { readConfig } from '#config.ts';
import type { Config } from '#config.ts';
import { loadScenario } from '#demo/scenario.ts';
import type { Guards } from '#http/guards.ts';
import { createLogger } from '#lib/logger.ts';
import type { Behaviour } from '#simulator/behaviour.ts';
import type { RepositoryOptions } from '#simulator/create-repository.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import type { Simulator } from '#simulator/create-simulator.ts';
import type { SimulatedMachine } from '#simulator/simulated-machine.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';
import { openTestDatabase } from './open-test-database.ts';

/** A real server on a real database with a simulated room: everything a test needs, and one thing to stop. */
export interface TestServer {
  app: App;
  room: Simulator;
  url: string;
  /** SQL statements sent so far, of requests, workers and streams alike. */
  statements: () => number;
  /** Sends a document over HTTP. Top-level errors fail the test, with the document. */
  request: <TResult, TVariables>(
    document: TypedDocumentNode<TResult, TVariables>,
    variables: TVariables,
    headers?: Record<string, string>,
  ) => Promise<TResult>;
  /** Says something as an agent would. */
  report: (route: string, body: unknown) => Promise<{ status: number; body: unknown }>;
  /** Follows a subscription over a WebSocket of its own. */
  follow: <TResult, TVariables extends Record<string, unknown>>(
    document: TypedDocumentNode<TResult, TVariables>,
    variables: TVariables,
  ) => AsyncGenerator<TResult, undefined>;
  stop: () => Promise<void>;
}

export interface TestServerOptions extends AppOverrides {
  config?: Partial<Config>;
  guards?: Partial<Guards>;
  machines?: readonly SimulatedMachine[];
  behaviour?: Partial<Behaviour>;
  /** Adds a simulated ogRepository, and has every repository found there. */
  repository?: RepositoryOptions;
  /** Whether the simulated machines start ogLive; true when left out. */
  boot?: boolean;
  /** Rules that come before the one for the simulated room: for machines that are somewhere else, or nowhere. */
  connectTo?: string;
}

const QUICK: Partial<Behaviour> = { durationMs: 60, progressSteps: 3 };

export async function startTestServer({
  config,
  guards,
  machines = walkthroughRoom,
  behaviour,
  repository,
  boot = true,
  connectTo = '',
  ...overrides
}: TestServerOptions = {}): Promise<TestServer> {
  const database = overrides.database ?? (await openTestDatabase());
  const room = await createSimulator({
    agents: machines,
    serverUrl: 'http://127.0.0.1:9/opengnsys/rest',
    behaviour: { ...QUICK, ...behaviour },
    ...(repository === undefined ? {} : { repository }),
  });
  let statements = 0;
  database.onStatement(() => {
    statements += 1;
  });
  const defaults = readConfig({});
  const settings = {
    ...defaults,
    port: 0,
    // All that a test does comes from one address, and as fast as it can.
    guards: { ...defaults.guards, mutationsPerMinute: 0, refusedReportsPerMinute: 0, overloadDelayMs: 0, ...guards },
    agentConnectTo: [...parseConnectTo(connectTo), ...parseConnectTo(room.connectTo)],
    // Without a simulated one nothing answers, rather than whatever lives at the scenario's addresses.
    repositoryConnectTo: parseConnectTo(room.repository?.connectTo ?? '::127.0.0.1:9'),
    repositorySyncMinutes: 0,
    ...config,
  };
  const app = await buildApp(settings, { log: createLogger('silent', { pretty: false }), ...overrides, database });
  await loadScenario(database.prisma);
  const address = await app.start();
  const base = `http://${address.host}:${address.port}`;
  room.setServerUrl(`${base}/opengnsys/rest`);
  if (boot) await Promise.all([...room.agents.values()].map((agent) => agent.bootOgLive()));
  const sockets = new Set<Client>();

  return {
    app,
    room,
    url: `${base}/graphql`,
    statements: () => statements,
    async request(document, variables, headers = {}) {
      const query = print(document);
      const response = await fetch(`${base}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = (await response.json()) as { data?: never; errors?: unknown };
      if (errors !== undefined || data === undefined) {
        throw new Error(`${JSON.stringify(errors)}\nstatus ${response.status}\n${query}\n${JSON.stringify(variables)}`);
      }
      return data;
    },
    async report(route, body) {
      const response = await fetch(`${base}/opengnsys/rest/${route}`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    },
    follow(document, variables) {
      const socket = createClient({
        url: `${base.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
      });
      sockets.add(socket);
      return readStream(socket.iterate({ query: print(document), variables }) as AsyncIterable<ExecutionResult<never>>);
    },
    async stop() {
      for (const socket of sockets) await socket.dispose();
      await room.stop();
      await app.stop();
    },
  };
}

async function* readStream<T>(results: AsyncIterable<ExecutionResult<T>>): AsyncGenerator<T, undefined> {
  for await (const { data, errors } of results) {
    if (errors !== undefined || data === null || data === undefined) {
      throw new Error(`the stream answered ${JSON.stringify(errors)}`);
    }
    yield data;
  }
}
