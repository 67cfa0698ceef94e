import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { GraphQLError } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Plugin, YogaServerInstance } from 'graphql-yoga';
import { isRefusal } from '#domain/access/principal.ts';
import type { Principal } from '#domain/access/principal.ts';
import { parseAcceptLanguage } from '#lib/locale.ts';
import type { Logger } from '#lib/logger.ts';
import type { Context, Services } from '#schema/context.ts';
import { toSchema } from '#schema/index.ts';
import type { Authenticate } from './authenticate.ts';
import { createDocumentLimits } from './document-limits.ts';
import { createErrorMasking } from './error-masking.ts';
import { createSubscriptionSharing } from './streams/share-subscriptions.ts';

/** Largest GraphQL request in bytes: room for a file of some ten thousand clients. Documents have a limit of their own. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

const WELCOME = `# ogGraph: the topology, from the centers down to the partitions.
# Press Ctrl+Enter. The schema is in the book at the left.
{
  centers {
    nodes {
      name
      rooms {
        nodes {
          name
          stateCounts { status count }
          clients {
            nodes {
              name
              status
              disks { number partitions { number fileSystem operatingSystem image { name } imageRevision } }
            }
          }
        }
      }
    }
  }
}
`;

/** Where a request comes from: an HTTP request, or the upgrade request of the socket it travels on, which knows who is at its other end. */
type Transport =
  | { request: Request; req: IncomingMessage }
  | { principal: Principal; req: IncomingMessage; connectionParams?: Record<string, unknown> | undefined };

export type GraphqlServer = YogaServerInstance<Transport, Context>;

interface GraphqlOptions {
  services: Services;
  authenticate: Authenticate;
  log: Logger;
  /** How subscriptions are answered over HTTP. */
  events: Plugin<Context>;
}

/** GraphQL over HTTP and server-sent events; `getEnveloped` gives sockets the very same rules. */
export function createGraphqlServer({ services, authenticate, log, events }: GraphqlOptions): GraphqlServer {
  return createYoga<Transport, Context>({
    schema: toSchema(),
    graphqlEndpoint: '/graphql',
    context: (transport) => createContext(services, authenticate, transport),
    // Answers nobody on other sites: no origin is reflected, and forms cannot carry files or operations.
    cors: false,
    multipart: false,
    batching: false,
    landingPage: false,
    maxRequestBodySize: MAX_REQUEST_BYTES,
    // Served whole from here: computer rooms are often cut off from the internet.
    renderGraphiQL,
    graphiql: { title: 'ogGraph', subscriptionsProtocol: 'WS', defaultQuery: WELCOME },
    plugins: [createDocumentLimits(), createErrorMasking(log), createSubscriptionSharing(), events],
    logging: {
      debug: (...args: unknown[]) => log.trace({ args }, 'yoga'),
      info: (...args: unknown[]) => log.debug({ args }, 'yoga'),
      warn: (...args: unknown[]) => log.warn({ args }, 'yoga'),
      error: (...args: unknown[]) => log.error({ args }, 'yoga'),
    },
  });
}

async function createContext(services: Services, authenticate: Authenticate, transport: Transport): Promise<Context> {
  const header = (name: string): string | null => {
    if ('principal' in transport) {
      // A browser cannot set headers on a socket; it may say the same in `connection_init`.
      const value = transport.connectionParams?.[name] ?? transport.req.headers[name];
      return typeof value === 'string' ? value : null;
    }
    return transport.request.headers.get(name);
  };
  const principal = 'principal' in transport ? transport.principal : await authenticate(transport.req);
  if (isRefusal(principal)) throw notLetIn();
  return {
    requestId: randomUUID(),
    locale: parseAcceptLanguage(header('accept-language')),
    principal,
    asOf: services.events.head(),
    // A browser's EventSource says it by itself when it comes back.
    resumeAfter: ('request' in transport && header('last-event-id')) || null,
    services,
  };
}

/** The same for all who are not let in: why not is for the log. */
function notLetIn(): GraphQLError {
  return new GraphQLError('Not signed in, or not any more.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  });
}
