import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, getOperationAST } from 'graphql';
import type { DocumentNode, ExecutionArgs, GraphQLSchema, execute, subscribe } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import type { ConnectionInitMessage } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { Logger } from '#lib/logger.ts';
import type { Context } from '#schema/context.ts';
import type { Authenticate } from './authenticate.ts';
import { isKnownOrigin } from './browser-rules.ts';
import type { GraphqlServer } from './graphql.ts';
import { MAX_REQUEST_BYTES } from './graphql.ts';
import type { OverLimit } from './over-limit.ts';
import { OVERLOAD_RETRY_SECONDS, overloaded } from './overload.ts';
import type { FindDocument } from './persisted-documents.ts';
import { pathOf } from './request-path.ts';
import type { ConnectionCounter } from './streams/connection-counter.ts';
import type { StreamLimits } from './streams/limits.ts';
import { serveSocket } from './streams/serve-socket.ts';
import type { ServedSocket, SocketState } from './streams/serve-socket.ts';
import { runningOf } from './streams/share-subscriptions.ts';
import type { StreamMeter } from './streams/stream-meter.ts';

/** What Yoga's envelope gives, with types: its own are all `any`. */
interface Enveloped {
  schema: GraphQLSchema;
  parse: (source: string) => DocumentNode;
  validate: (schema: GraphQLSchema, document: DocumentNode) => readonly GraphQLError[];
  execute: typeof execute;
  subscribe: typeof subscribe;
  contextFactory: () => Promise<Context>;
}

/** How the enveloped functions travel from `onSubscribe` to `execute` and `subscribe`. */
type EnvelopedRoot = Pick<Enveloped, 'execute' | 'subscribe'>;

interface WebSocketOptions {
  yoga: GraphqlServer;
  limits: StreamLimits;
  connections: ConnectionCounter;
  authenticate: Authenticate;
  meter: StreamMeter;
  /** Origins of other sites whose pages may have a socket. */
  corsOrigins: readonly string[];
  findDocument: FindDocument;
  isOverloaded: () => boolean;
  onOverLimit: (limit: OverLimit) => void;
  log: Logger;
}

/**
 * GraphQL over WebSocket (`graphql-transport-ws`) on `/graphql`.
 *
 * Everything goes through Yoga's envelope, so that each rule and each masked error of the HTTP side holds here too. A page of
 * another site gets no socket: browsers send its origin, and it is neither ours nor one of those that were listed.
 *
 * @returns a function that asks every client to come back (1012, each after another while) and closes.
 */
export function serveWebSocket(
  server: Server,
  {
    yoga,
    limits,
    connections,
    authenticate,
    meter,
    corsOrigins,
    findDocument,
    isOverloaded,
    onOverLimit,
    log,
  }: WebSocketOptions,
): () => Promise<void> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_REQUEST_BYTES,
    perMessageDeflate: false,
    handleProtocols,
  });
  const served = new Set<ServedSocket>();
  const graphql = makeServer<ConnectionInitMessage['payload'], SocketState>({
    execute: (args: ExecutionArgs) => (args.rootValue as EnvelopedRoot).execute(args),
    subscribe: (args: ExecutionArgs) => (args.rootValue as EnvelopedRoot).subscribe(args),
    // Asked once, of who opens it: its operations ask nobody again, and it is closed when this ends.
    onConnect: ({ connectionParams, extra }) => extra.rights.greet(authorizationIn(connectionParams, extra.request)),
    async onSubscribe(context, _id, params) {
      if (Object.keys(context.subscriptions).length > limits.operationsPerSocket) {
        return [tooManyOperations(limits.operationsPerSocket)];
      }
      if (isOverloaded()) {
        onOverLimit('overload');
        return [overloaded()];
      }
      const text = findDocument(params) ?? params.query;
      if (typeof text !== 'string') {
        onOverLimit('unregistered');
        return [text];
      }
      const { request, rights } = context.extra;
      const transport = {
        req: request,
        principal: rights.principal(),
        connectionParams: context.connectionParams,
        params,
      };
      const enveloped = yoga.getEnveloped(transport) as unknown as Enveloped;
      const { schema, contextFactory, parse, validate } = enveloped;
      try {
        const document = parse(text);
        if (!getOperationAST(document, params.operationName)) return [noSuchOperation()];
        const errors = validate(schema, document);
        if (errors.length > 0) return errors.map(withoutStatus);
        return {
          schema,
          document,
          operationName: params.operationName ?? undefined,
          variableValues: params.variables ?? undefined,
          contextValue: await contextFactory(),
          rootValue: { execute: enveloped.execute, subscribe: enveloped.subscribe } satisfies EnvelopedRoot,
        };
      } catch (error) {
        // A bad document is the answer to one operation. Thrown, it would close the socket under all the others.
        if (error instanceof GraphQLError) return [withoutStatus(error)];
        throw error;
      }
    },
    onOperation({ extra, subscriptions }, id, _payload, args) {
      const running = runningOf(args.contextValue as Context);
      // It may have been ended while it began.
      if (running !== undefined && id in subscriptions) extra.subscribers.set(id, running.subscriber);
    },
    onComplete({ extra }, id) {
      extra.subscribers.delete(id);
    },
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (pathOf(request) !== '/graphql') return refuse(socket, '404 Not Found');
    if (!isKnownOrigin(request, corsOrigins)) {
      onOverLimit('origin');
      return refuse(socket, '403 Forbidden');
    }
    if (isOverloaded()) {
      onOverLimit('overload');
      return refuse(socket, '503 Service Unavailable', [`Retry-After: ${OVERLOAD_RETRY_SECONDS}`]);
    }
    const giveBack = connections.open(request);
    if (giveBack === null) return refuse(socket, '429 Too Many Requests', ['Retry-After: 5']);
    socket.once('close', giveBack);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const one = serveSocket(graphql, webSocket, request, { limits, authenticate, meter, log });
      served.add(one);
      webSocket.once('close', () => served.delete(one));
    });
  });

  return async () => {
    for (const one of served) one.restart();
    // One that does not read would not see its goodbye either.
    const grace = setTimeout(() => {
      for (const client of sockets.clients) client.terminate();
    }, 1500);
    await new Promise<void>((resolve) => {
      sockets.close(() => resolve());
    });
    clearTimeout(grace);
  };
}

/** Yoga writes the status of an answer over HTTP among the extensions; here it is nobody's business. */
function withoutStatus(error: GraphQLError): GraphQLError {
  const { http, ...extensions } = error.extensions;
  if (http === undefined) return error;
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    extensions,
  });
}

/** A browser cannot set headers on a socket: it says the same in `connection_init`. */
function authorizationIn(params: Readonly<Record<string, unknown>> | undefined, { headers }: IncomingMessage) {
  const said = params?.['authorization'];
  return typeof said === 'string' ? said : (headers.authorization ?? null);
}

function noSuchOperation(): GraphQLError {
  return new GraphQLError('Could not determine what operation to execute.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });
}

function tooManyOperations(max: number): GraphQLError {
  return new GraphQLError(`This socket has ${max} operations already: complete one, or open another socket.`, {
    extensions: { code: 'TOO_MANY_OPERATIONS', max },
  });
}

function refuse(socket: Duplex, status: string, headers: readonly string[] = []): void {
  const lines = [`HTTP/1.1 ${status}`, 'Connection: close', 'Content-Length: 0', ...headers];
  // Destroyed, not only ended: a peer that keeps its half open would keep the server from stopping.
  socket.end(`${lines.join('\r\n')}\r\n\r\n`, () => socket.destroy());
}
