import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
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
import { createGraphiqlPage } from './graphiql-page.ts';
import type { Guards } from './guards.ts';
import { hideSchema } from './introspection.ts';
import { createMutationLimit } from './mutation-limit.ts';
import type { OverLimit } from './over-limit.ts';
import { createPersistedDocuments } from './persisted-documents.ts';
import type { FindDocument } from './persisted-documents.ts';
import { createQueryCostLimit } from './query-cost.ts';
import { refuseBrokenQueryStrings } from './query-string.ts';
import type { SenderOf } from './sender-of.ts';
import { createSubscriptionSharing } from './streams/share-subscriptions.ts';
import { createTimeLimit } from './time-limit.ts';

/** Largest GraphQL request in bytes: room for a file of some ten thousand clients. Documents have a limit of their own. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

const WELCOME = `# ogGraph: the topology, from the centers down to the partitions.
# Press Ctrl+Enter. The schema is in the book at the left.
{
  centers(first: 5) {
    nodes {
      name
      rooms(first: 20) {
        nodes {
          name
          stateCounts { status count }
          clients(first: 30) {
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
  guards: Guards;
  /** The text of a document that was asked for by its name. */
  findDocument: FindDocument;
  senderOf: SenderOf;
  /** Told of whatever is refused for being too much. */
  onOverLimit: (limit: OverLimit) => void;
  /** How subscriptions are answered over HTTP. */
  events: Plugin<Context>;
}

/** GraphQL over HTTP and server-sent events; `getEnveloped` gives sockets the very same rules. */
export function createGraphqlServer(options: GraphqlOptions): GraphqlServer {
  const { services, authenticate, log, guards, senderOf, onOverLimit } = options;
  const page = createGraphiqlPage();
  return createYoga<Transport, Context>({
    schema: toSchema(),
    graphqlEndpoint: '/graphql',
    context: (transport) => createContext({ services, authenticate, maxQueryCost: guards.maxQueryCost }, transport),
    // Other sites are answered before Yoga is asked, if at all; forms cannot carry files or operations.
    cors: false,
    multipart: false,
    batching: false,
    landingPage: false,
    maxRequestBodySize: MAX_REQUEST_BYTES,
    renderGraphiQL: page.render,
    graphiql: guards.graphiql && { title: 'ogGraph', subscriptionsProtocol: 'WS', defaultQuery: WELCOME },
    plugins: [
      refuseBrokenQueryStrings(),
      createPersistedDocuments(options.findDocument, onOverLimit),
      createDocumentLimits(guards.document, onOverLimit),
      ...(guards.introspection ? [] : [hideSchema()]),
      createMutationLimit({ perMinute: guards.mutationsPerMinute, senderOf, onOverLimit }),
      createQueryCostLimit(guards.maxQueryCost, onOverLimit),
      createTimeLimit(guards.queryTimeoutMs, onOverLimit),
      createErrorMasking(log),
      createSubscriptionSharing(),
      page.plugin,
      options.events,
    ],
    logging: {
      debug: (...args: unknown[]) => log.trace({ args }, 'yoga'),
      info: (...args: unknown[]) => log.debug({ args }, 'yoga'),
      warn: (...args: unknown[]) => log.warn({ args }, 'yoga'),
      error: (...args: unknown[]) => log.error({ args }, 'yoga'),
    },
  });
}

async function createContext(
  { services, authenticate, maxQueryCost }: Pick<Context, 'services' | 'maxQueryCost'> & { authenticate: Authenticate },
  transport: Transport,
): Promise<Context> {
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
    maxQueryCost,
    services,
  };
}

/** The same for all who are not let in: why not is for the log. */
function notLetIn(): GraphQLError {
  return new GraphQLError('Not signed in, or not any more.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  });
}
