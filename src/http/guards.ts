import { z } from 'zod';
import { parsePersistedDocuments } from '#lib/persisted-documents.ts';
import type { PersistedDocuments } from '#lib/persisted-documents.ts';
import type { DocumentLimits } from './document-limits.ts';

/** What the server asks of whoever speaks to it, and how much of it one may have. */
export interface Guards {
  document: DocumentLimits;
  /** Objects that one answer may hold, as the document asks for them. */
  maxQueryCost: number;
  /** How long a query may take; a mutation as much longer as it may have been told to wait. */
  queryTimeoutMs: number;
  /** Mutations of one address in a minute; 0 for any number. */
  mutationsPerMinute: number;
  /** Reports of one address in a minute that are of no use to anybody; 0 for any number. */
  refusedReportsPerMinute: number;
  /** How late the process may be, for seconds on end, before questions are turned away; 0 for any delay. */
  overloadDelayMs: number;
  /** Documents that may be asked for by their name. */
  persistedDocuments: PersistedDocuments;
  /** Whether documents that are not among them are refused. */
  persistedOnly: boolean;
  introspection: boolean;
  graphiql: boolean;
  /** Origins of other sites whose pages may ask. */
  corsOrigins: readonly string[];
}

const count = (unit: string, min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, `must be a number of ${unit}`)
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

const onOrOff = z.enum(['on', 'off'], { error: 'must be on or off' }).transform((word) => word === 'on');

/** The variables of the environment by which these are set. */
export const guardVariables = {
  QUERY_MAX_COST: count('objects', 100, 2_000_000_000).default(1_000_000),
  QUERY_MAX_DEPTH: count('fields', 5, 100).default(20),
  QUERY_MAX_ALIASES: count('aliases', 0, 10_000).default(100),
  QUERY_MAX_ROOT_FIELDS: count('fields', 1, 10_000).default(50),
  QUERY_MAX_DIRECTIVES: count('directives', 0, 10_000).default(50),
  QUERY_MAX_TOKENS: count('tokens', 100, 100_000).default(5000),
  QUERY_TIMEOUT_MS: count('milliseconds', 100, 600_000).default(30_000),
  MUTATIONS_PER_MINUTE: count('mutations', 0, 1_000_000).default(600),
  REFUSED_REPORTS_PER_MINUTE: count('reports', 0, 1_000_000).default(600),
  OVERLOAD_DELAY_MS: count('milliseconds', 0, 60_000).default(1000),
  PERSISTED_DOCUMENTS: z
    .string()
    .default('{}')
    .transform((text, context) => {
      try {
        return parsePersistedDocuments(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'must be a JSON object of GraphQL documents by their SHA-256' });
        return z.NEVER;
      }
    }),
  PERSISTED_ONLY: onOrOff.default(false),
  INTROSPECTION: onOrOff.default(true),
  GRAPHIQL: onOrOff.default(true),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((text, context) => {
      const origins = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
      if (!origins.every(isOrigin)) {
        context.addIssue({
          code: 'custom',
          message: 'must be origins such as https://console.example, comma-separated',
        });
      }
      return origins;
    }),
};

type GuardVariables = z.output<z.ZodObject<typeof guardVariables>>;

export function toGuards(variables: GuardVariables): Guards {
  return {
    document: {
      depth: variables.QUERY_MAX_DEPTH,
      aliases: variables.QUERY_MAX_ALIASES,
      rootFields: variables.QUERY_MAX_ROOT_FIELDS,
      directives: variables.QUERY_MAX_DIRECTIVES,
      tokens: variables.QUERY_MAX_TOKENS,
    },
    maxQueryCost: variables.QUERY_MAX_COST,
    queryTimeoutMs: variables.QUERY_TIMEOUT_MS,
    mutationsPerMinute: variables.MUTATIONS_PER_MINUTE,
    refusedReportsPerMinute: variables.REFUSED_REPORTS_PER_MINUTE,
    overloadDelayMs: variables.OVERLOAD_DELAY_MS,
    persistedDocuments: variables.PERSISTED_DOCUMENTS,
    persistedOnly: variables.PERSISTED_ONLY,
    introspection: variables.INTROSPECTION,
    graphiql: variables.GRAPHIQL,
    corsOrigins: variables.CORS_ORIGINS,
  };
}

/** Written just as browsers write it: compared letter by letter, nothing that only looks like it can pass. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
