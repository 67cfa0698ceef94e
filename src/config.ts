import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { parseConnectTo } from '#agent/connect-to.ts';
import type { ConnectToRule } from '#agent/connect-to.ts';
import { LOG_LEVELS } from '#lib/logger.ts';
import type { LogLevel } from '#lib/logger.ts';

export interface Config {
  host: string;
  port: number;
  /** Base URL by which agents reach this server; null where that is the address it listens on. */
  publicUrl: string | null;
  dataDirectory: string;
  /** PostgreSQL connection string; null for the embedded database in `dataDirectory`. */
  databaseUrl: string | null;
  agentPort: number;
  agentConnectTo: readonly ConnectToRule[];
  agentTls: { mode: 'insecure' } | { mode: 'pinned' } | { mode: 'ca'; caPem: string };
  agentNetworks: readonly string[];
  /** How long a connection to an agent may take to come about. */
  agentConnectTimeoutMs: number;
  /** How long an agent may take to answer, from the connection to the last byte. */
  agentAnswerTimeoutMs: number;
  logLevel: LogLevel;
}

/** Thrown with everything that is wrong with the environment at once, by name and never by value. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** The networks that only private machines live in; agents with public addresses are allowed by listing theirs. */
const PRIVATE_NETWORKS = '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .pipe(z.number().max(65_535, 'must be at most 65535'));

const milliseconds = z
  .string()
  .regex(/^\d{1,6}$/, 'must be a number of milliseconds')
  .transform(Number)
  .pipe(z.number().min(100, 'must be at least 100').max(60_000, 'must be at most 60000'));

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(4000),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional(),
  AGENT_PORT: port.refine((number) => number > 0, 'must not be 0').default(8000),
  AGENT_CONNECT_TO: z
    .string()
    .default('')
    .transform(orElse(parseConnectTo, 'must be HOST1:PORT1:HOST2:PORT2 rules with IPv4 addresses, comma-separated')),
  AGENT_TLS: z.enum(['insecure', 'pinned', 'ca'], { error: 'must be insecure, pinned or ca' }).default('insecure'),
  AGENT_CA: z
    .string()
    .includes('-----BEGIN CERTIFICATE-----', { error: 'must be one or more PEM certificates' })
    .optional(),
  AGENT_NETWORKS: z
    .string()
    .default(PRIVATE_NETWORKS)
    .transform(orElse(parseNetworks, 'must be IPv4 networks such as 192.168.2.0/24, comma-separated')),
  AGENT_CONNECT_TIMEOUT_MS: milliseconds.default(5000),
  AGENT_ANSWER_TIMEOUT_MS: milliseconds.default(20_000),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});

type VariableName = keyof z.input<typeof environment>;

const NAMES = Object.keys(environment.shape) as VariableName[];

/** Names that look like ours; one of these that is not ours is a typing mistake, and a dangerous one. */
const OUR_PREFIXES = /^(AGENT|OGGRAPH)_/;

/**
 * Reads the environment. Each variable may be given as `NAME` or, for secrets mounted as files, as `NAME_FILE`.
 *
 * @throws {ConfigError} naming every mistake.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems = Object.keys(env)
    .filter((name) => OUR_PREFIXES.test(name) && !NAMES.some((known) => name === known || name === `${known}_FILE`))
    .map((name) => `${name} is not a setting of ogGraph`);
  const values: Partial<Record<VariableName, string | undefined>> = Object.fromEntries(
    NAMES.map((name) => [name, readVariable(env, name, problems)] as const),
  );
  const parsed = environment.safeParse(values);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  if (values.AGENT_TLS === 'ca' && values.AGENT_CA === undefined) {
    problems.push('AGENT_CA is needed where AGENT_TLS=ca');
  }
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);

  const { HOST, PORT, AGENT_TLS, AGENT_CA, ...rest } = parsed.data;
  return Object.freeze({
    host: HOST,
    port: PORT,
    publicUrl: rest.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    dataDirectory: rest.DATA_DIR,
    databaseUrl: rest.DATABASE_URL ?? null,
    agentPort: rest.AGENT_PORT,
    agentConnectTo: rest.AGENT_CONNECT_TO,
    agentTls: AGENT_TLS === 'ca' ? { mode: AGENT_TLS, caPem: AGENT_CA ?? '' } : { mode: AGENT_TLS },
    agentNetworks: rest.AGENT_NETWORKS,
    agentConnectTimeoutMs: rest.AGENT_CONNECT_TIMEOUT_MS,
    agentAnswerTimeoutMs: rest.AGENT_ANSWER_TIMEOUT_MS,
    logLevel: rest.LOG_LEVEL,
  });
}

function readVariable(env: NodeJS.ProcessEnv, name: string, problems: string[]): string | undefined {
  const file = env[`${name}_FILE`];
  const value = env[name];
  // An empty variable is how compose files and unit files write «not set».
  if (file === undefined || file === '') return value === '' ? undefined : value;
  if (value !== undefined && value !== '') problems.push(`${name} and ${name}_FILE are both given`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    problems.push(`${name}_FILE names a file that cannot be read`);
    return undefined;
  }
}

function parseNetworks(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((cidr) => {
      const [address = '', bits = ''] = cidr.split('/');
      if (!isIPv4(address) || !/^\d{1,2}$/.test(bits) || !ipaddr.IPv4.isValidCIDR(cidr)) {
        throw new Error('not an IPv4 network');
      }
      return cidr;
    });
}

/** Lets a parser that throws speak as one of the mistakes, without the value. */
function orElse<T>(parse: (text: string) => T, problem: string) {
  return (text: string, context: z.RefinementCtx): T => {
    try {
      return parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    }
  };
}
