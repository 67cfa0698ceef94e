import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, getOperationAST } from 'graphql';
import type { DocumentNode, ExecutionArgs, GraphQLSchema, execute, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Context } from '#schema/context.ts';
import type { GraphqlServer } from './graphql.ts';
import { MAX_REQUEST_BYTES } from './graphql.ts';
import { pathOf } from './request-path.ts';

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

/**
 * GraphQL over WebSocket (`graphql-transport-ws`) on `/graphql`.
 *
 * Everything goes through Yoga's envelope, so that each rule and each masked error of the HTTP side holds here too. A page of
 * another site gets no socket: browsers send its origin, and it is not ours.
 *
 * @returns a function that tells every client to go and come back (1001) and closes.
 */
export function serveWebSocket(server: Server, yoga: GraphqlServer): () => Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_REQUEST_BYTES, perMessageDeflate: false });
  const graphql = useServer(
    {
      execute: (args: ExecutionArgs) => (args.rootValue as EnvelopedRoot).execute(args),
      subscribe: (args: ExecutionArgs) => (args.rootValue as EnvelopedRoot).subscribe(args),
      async onSubscribe(context, _id, params) {
        const transport = { req: context.extra.request, connectionParams: context.connectionParams, params };
        const enveloped = yoga.getEnveloped(transport) as unknown as Enveloped;
        const { schema, contextFactory, parse, validate } = enveloped;
        try {
          const document = parse(params.query);
          if (!getOperationAST(document, params.operationName)) return [noSuchOperation()];
          const errors = validate(schema, document);
          if (errors.length > 0) return errors;
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
          if (error instanceof GraphQLError) return [error];
          throw error;
        }
      },
    },
    sockets,
  );

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (pathOf(request) !== '/graphql') return refuse(socket, '404 Not Found');
    if (!isSameOrigin(request)) return refuse(socket, '403 Forbidden');
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.emit('connection', webSocket, request);
    });
  });

  return async () => {
    for (const client of sockets.clients) client.close(1001, 'the server is going away; come back');
    // One that does not read would not see its goodbye either.
    const grace = setTimeout(() => {
      for (const client of sockets.clients) client.terminate();
    }, 1500);
    await graphql.dispose();
    clearTimeout(grace);
    sockets.close();
  };
}

function noSuchOperation(): GraphQLError {
  return new GraphQLError('Could not determine what operation to execute.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });
}

function refuse(socket: Duplex, status: string): void {
  // Destroyed, not only ended: a peer that keeps its half open would keep the server from stopping.
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

/** Programs send no origin; a browser's must be the very host it asks. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
}
