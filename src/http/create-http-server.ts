import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { administrator } from '#domain/access/principal.ts';
import type { ResolvePrincipal } from '#domain/access/principal.ts';
import type { Measures } from '#domain/measure.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { Services } from '#schema/context.ts';
import type { RepositoryRoute } from '#webhook/create-repository-route.ts';
import { REPOSITORY_PATHS, createAgentWebhooks, createRepositoryWebhook, isAgentPath } from './agent-webhooks.ts';
import type { AgentWebhookParts, WebhookParts } from './agent-webhooks.ts';
import { createAuthenticate } from './authenticate.ts';
import { answerCors, isFromElsewhere, setSecurityHeaders } from './browser-rules.ts';
import { createGraphqlServer } from './graphql.ts';
import type { Guards } from './guards.ts';
import { createMetrics } from './metrics.ts';
import type { RouteName } from './metrics.ts';
import type { OverLimit } from './over-limit.ts';
import { OVERLOAD_RETRY_SECONDS, overloaded, watchEventLoop } from './overload.ts';
import { createFindDocument } from './persisted-documents.ts';
import { pathOf } from './request-path.ts';
import { sendJson } from './send-json.ts';
import { createSenderOf } from './sender-of.ts';
import { createStrangers } from './strangers.ts';
import { createConnectionCounter } from './streams/connection-counter.ts';
import type { StreamLimits } from './streams/limits.ts';
import { createServerSentEvents } from './streams/server-sent-events.ts';
import { createStreamMeter } from './streams/stream-meter.ts';
import { serveWebSocket } from './websocket.ts';

export interface HttpServer {
  /** @returns the address really listened on. */
  listen(host: string, port: number): Promise<{ host: string; port: number }>;
  /** Accepts nothing more, tells sockets to go, and waits for requests in hand. */
  stop(): Promise<void>;
}

export interface HttpServerOptions {
  services: Services;
  agentReports: Omit<AgentWebhookParts, keyof WebhookParts | 'strangers'>;
  repositoryRoute: RepositoryRoute;
  measure: () => Promise<Measures>;
  /** Networks of proxies that say whom they speak for. */
  trustedProxies: readonly string[];
  /** Whether the database answers. */
  isReady: () => Promise<boolean>;
  limits: StreamLimits;
  guards: Guards;
  requestTimes?: RequestTimes;
  clock: Clock;
  /** Everybody is the administrator, when left out. */
  resolvePrincipal?: ResolvePrincipal;
  log: Logger;
}

/** How long a caller may take to say what it wants. */
export interface RequestTimes {
  headersMs: number;
  requestMs: number;
  /** How often it is looked at. */
  lookEveryMs: number;
}

const REQUEST_TIMES: RequestTimes = { headersMs: 20_000, requestMs: 60_000, lookEveryMs: 5000 };
const KEEP_ALIVE_MS = 10_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** How long a request in hand may take when the server stops: longer than a `deployImage` waits unless told otherwise. */
const STOP_GRACE_MS = 6000;

/** One port for everything: GraphQL with GraphiQL, sockets, agents' and repositories' reports, health. */
export function createHttpServer({
  services,
  agentReports,
  repositoryRoute,
  measure,
  trustedProxies,
  isReady,
  limits,
  guards,
  requestTimes = REQUEST_TIMES,
  clock,
  resolvePrincipal = async () => administrator,
  log,
}: HttpServerOptions): HttpServer {
  const streams = createStreamMeter();
  const metrics = createMetrics({ measure, streams });
  const senderOf = createSenderOf(trustedProxies);
  const authenticate = createAuthenticate(resolvePrincipal, senderOf);
  const connections = createConnectionCounter(limits.connectionsPerAddress, senderOf);
  const events = createServerSentEvents({ limits, connections, authenticate, meter: streams });
  const onOverLimit = (limit: OverLimit): void => metrics.overLimit(limit);
  const findDocument = createFindDocument(guards.persistedDocuments, guards.persistedOnly);
  const yoga = createGraphqlServer({
    services,
    authenticate,
    log,
    guards,
    findDocument,
    senderOf,
    onOverLimit,
    events: events.plugin,
  });
  const load = watchEventLoop(guards.overloadDelayMs);
  const strangers = createStrangers(guards.refusedReportsPerMinute, onOverLimit);
  const webhookParts: WebhookParts = { senderOf, count: metrics.countReport, clock, log };
  const agentWebhooks = createAgentWebhooks({ ...agentReports, ...webhookParts, strangers });
  const repositoryWebhook = createRepositoryWebhook(repositoryRoute, webhookParts);

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    metrics.watch(routeNameOf(path), response);
    setSecurityHeaders(response);
    if (path === '/graphql') {
      if (answerCors(request, response, guards.corsOrigins)) return;
      if (load.isOverloaded()) {
        onOverLimit('overload');
        const headers = { 'retry-after': String(OVERLOAD_RETRY_SECONDS) };
        return sendJson(response, 503, { errors: [overloaded()] }, headers);
      }
      if (isFromElsewhere(request, guards.corsOrigins)) {
        onOverLimit('origin');
        return sendJson(response, 403, { errors: [{ message: 'pages of other sites may not ask' }] });
      }
      // A form on any web page may post these without asking; a JSON body it may not.
      if (request.method === 'POST' && isSimpleFormType(request)) {
        return sendJson(response, 415, { errors: [{ message: 'send application/json' }] });
      }
      await yoga(request, response);
    } else if (isAgentPath(path)) {
      await agentWebhooks(request, response, path);
    } else if (REPOSITORY_PATHS.has(path)) {
      await repositoryWebhook(request, response, path);
    } else if (path === '/health') {
      sendJson(response, 200, { status: 'alive' });
    } else if (path === '/metrics') {
      await metrics.answer(request, response);
    } else if (path === '/ready') {
      const ready = await isReady();
      sendJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'the database does not answer' });
    } else {
      sendJson(response, 404, { message: 'there is nothing here; GraphiQL is at /graphql' });
    }
  }

  const times = {
    headersTimeout: requestTimes.headersMs,
    requestTimeout: requestTimes.requestMs,
    connectionsCheckingInterval: requestTimes.lookEveryMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const server = createServer(times, (request, response) => {
    route(request, response).catch((error: unknown) => {
      log.error({ err: error, url: request.url }, 'request failed');
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { message: 'unexpected error' });
    });
  });
  const stopSockets = serveWebSocket(server, {
    yoga,
    limits,
    connections,
    authenticate,
    meter: streams,
    corsOrigins: guards.corsOrigins,
    findDocument,
    isOverloaded: load.isOverloaded,
    onOverLimit,
    log,
  });

  return {
    async listen(host, port) {
      await listenOn(server, host, port);
      const address = server.address() as AddressInfo;
      return { host: address.address, port: address.port };
    },
    async stop() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      load.stop();
      events.restart();
      await stopSockets();
      server.closeIdleConnections();
      // What still runs after a grace is cut.
      const grace = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
      await closed;
      clearTimeout(grace);
    },
  };
}

function routeNameOf(path: string): RouteName {
  if (path === '/graphql') return 'graphql';
  if (isAgentPath(path)) return 'agents';
  return REPOSITORY_PATHS.has(path) ? 'repositories' : 'other';
}

function isSimpleFormType({ headers }: IncomingMessage): boolean {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  return type === 'application/x-www-form-urlencoded' || type === 'multipart/form-data' || type === 'text/plain';
}

function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
