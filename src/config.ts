import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { parseConnectTo } from '#agent/connect-to.ts';
import type { ConnectToRule } from '#agent/connect-to.ts';
import { parseDialects } from '#agent/dialect.ts';
import type { AgentDialects } from '#agent/dialect.ts';
import type { SenderPolicy } from '#domain/reports/judge-sender.ts';
import { SENDER_POLICIES } from '#domain/reports/judge-sender.ts';
import type { JobDeadlines } from '#domain/tracing/job-deadlines.ts';
import { parseJobDeadlines } from '#domain/tracing/parse-job-deadlines.ts';
import { guardVariables, toGuards } from '#http/guards.ts';
import type { Guards } from '#http/guards.ts';
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
  /** What agents are shown that ask for a certificate. */
  agentOwnCertificate: { certificatePem: string; keyPem: string } | null;
  agentNetworks: readonly string[];
  /** How agents of each version spell what they are told and tell. */
  agentDialects: AgentDialects;
  /** Whom to believe when an agent reports. */
  agentSenderPolicy: SenderPolicy;
  /** Key of 32 bytes that agents’ secrets are sealed with; null: one of its own in `dataDirectory`. */
  agentSecretsKey: Uint8Array | null;
  /** Networks of proxies whose word on where a request came from is taken. */
  trustedProxies: readonly string[];
  /** How long a connection to an agent may take to come about. */
  agentConnectTimeoutMs: number;
  /** How long an agent may take to answer, from the connection to the last byte. */
  agentAnswerTimeoutMs: number;
  /** After how many seconds of silence a client that is on record as on is asked how it is; 0 for never. */
  agentSilenceSeconds: number;
  /** How many of them are asked at once. */
  agentSweepAtOnce: number;
  /** After what time a job that was sent is given up, by its action. */
  agentJobDeadlines: JobDeadlines;
  /** Who sends the packets that switch machines on. */
  wakeSender: 'REPOSITORY' | 'SERVER';
  repositoryPort: number;
  /** What comes before every path of a repository's API. */
  repositoryPath: string;
  repositoryScheme: 'http' | 'https';
  repositoryConnectTo: readonly ConnectToRule[];
  repositoryNetworks: readonly string[];
  /** How often what repositories hold is looked at; 0 for never by itself. */
  repositorySyncMinutes: number;
  /** How long events are kept, in days, and how many of them; 0 for all. */
  eventRetentionDays: number;
  eventRetentionRows: number;
  /** Sockets and event streams of one address, and operations of one socket. */
  streamConnectionsPerAddress: number;
  streamOperationsPerSocket: number;
  /** What may wait for a client that reads too slowly, and how long one may read nothing. */
  streamBufferBytes: number;
  streamStallMs: number;
  /** What is asked of whoever speaks to this server, and how much of it one may have. */
  guards: Guards;
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

/** The networks that only private machines live in; agents and repositories with public addresses are allowed by listing theirs. */
const PRIVATE_NETWORKS = '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .pipe(z.number().max(65_535, 'must be at most 65535'));

const certificates = z
  .string()
  .includes('-----BEGIN CERTIFICATE-----', { error: 'must be one or more PEM certificates' });

const milliseconds = z
  .string()
  .regex(/^\d{1,6}$/, 'must be a number of milliseconds')
  .transform(Number)
  .pipe(z.number().min(100, 'must be at least 100').max(60_000, 'must be at most 60000'));

const connectToRules = z
  .string()
  .default('')
  .transform(orElse(parseConnectTo, 'must be HOST1:PORT1:HOST2:PORT2 rules with IPv4 addresses, comma-separated'));

const networks = z
  .string()
  .default(PRIVATE_NETWORKS)
  .transform(orElse(parseNetworks, 'must be IPv4 networks such as 192.168.2.0/24, comma-separated'));

const count = (unit: string, min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, `must be a number of ${unit}`)
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

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
  AGENT_CONNECT_TO: connectToRules,
  AGENT_TLS: z.enum(['insecure', 'pinned', 'ca'], { error: 'must be insecure, pinned or ca' }).default('insecure'),
  AGENT_CA: certificates.optional(),
  AGENT_CLIENT_CERTIFICATE: certificates.optional(),
  AGENT_CLIENT_KEY: z
    .string()
    .regex(/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'must be a private key in PEM')
    .optional(),
  AGENT_NETWORKS: networks,
  AGENT_DIALECTS: z
    .string()
    .default('')
    .transform(orElse(parseDialects, 'must be JSON as docs/agent-routes.md shows it')),
  AGENT_SENDER_POLICY: z.enum(SENDER_POLICIES, { error: `must be ${SENDER_POLICIES.join(', ')}` }).default('address'),
  AGENT_SECRETS_KEY: z
    .string()
    .transform(orElse(parseKey, 'must be 32 bytes in base64 or hexadecimal, as `openssl rand -base64 32` makes them'))
    .optional(),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform(orElse(parseProxies, 'must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8, comma-separated')),
  AGENT_CONNECT_TIMEOUT_MS: milliseconds.default(5000),
  AGENT_ANSWER_TIMEOUT_MS: milliseconds.default(20_000),
  AGENT_SILENCE_SECONDS: count('seconds', 0, 86_400).default(300),
  AGENT_SWEEP_AT_ONCE: count('clients', 1, 256).default(16),
  AGENT_JOB_DEADLINES: z.string().default('').transform(readJobDeadlines),
  WAKE_FROM: z.enum(['repository', 'server'], { error: 'must be repository or server' }).default('repository'),
  REPOSITORY_PORT: port.refine((number) => number > 0, 'must not be 0').default(8006),
  REPOSITORY_PATH: z
    .string()
    .regex(/^(\/[\w.~-]+)*\/?$/, 'must be a path such as /ogrepository/v1')
    .default('/ogrepository/v1'),
  REPOSITORY_SCHEME: z.enum(['http', 'https'], { error: 'must be http or https' }).default('http'),
  REPOSITORY_CONNECT_TO: connectToRules,
  REPOSITORY_NETWORKS: networks,
  REPOSITORY_SYNC_MINUTES: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a number of minutes')
    .transform(Number)
    .pipe(z.number().max(10_080, 'must be at most 10080'))
    .default(15),
  EVENT_RETENTION_DAYS: count('days', 0, 36_500).default(90),
  EVENT_RETENTION_ROWS: count('rows', 0, 1_000_000_000).default(5_000_000),
  STREAM_CONNECTIONS_PER_ADDRESS: count('connections', 1, 100_000).default(1000),
  STREAM_OPERATIONS_PER_SOCKET: count('operations', 1, 10_000).default(100),
  STREAM_BUFFER_BYTES: count('bytes', 65_536, 1_073_741_824).default(4_194_304),
  STREAM_STALL_MS: count('milliseconds', 100, 600_000).default(20_000),
  ...guardVariables,
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});

type VariableName = keyof z.input<typeof environment>;

const NAMES = Object.keys(environment.shape) as VariableName[];

/** Names that look like ours; one of these that is not ours is a typing mistake, and a dangerous one. */
const OUR_PREFIXES = /^(AGENT|REPOSITORY|EVENT|STREAM|QUERY|MUTATIONS|OVERLOAD|PERSISTED|CORS|OGGRAPH)_/;

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
  const { AGENT_CLIENT_CERTIFICATE: certificatePem, AGENT_CLIENT_KEY: keyPem } = values;
  const hasOwnCertificate = certificatePem !== undefined && keyPem !== undefined;
  if ((certificatePem === undefined) !== (keyPem === undefined)) {
    problems.push('AGENT_CLIENT_CERTIFICATE and AGENT_CLIENT_KEY go together');
  } else if (hasOwnCertificate && parsed.success && !belongTogether(certificatePem, keyPem)) {
    problems.push('AGENT_CLIENT_KEY is not the key of AGENT_CLIENT_CERTIFICATE');
  }
  if (values.PERSISTED_ONLY === 'on' && values.PERSISTED_DOCUMENTS === undefined) {
    problems.push('PERSISTED_DOCUMENTS is needed where PERSISTED_ONLY=on');
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
    agentOwnCertificate: hasOwnCertificate ? { certificatePem, keyPem } : null,
    agentNetworks: rest.AGENT_NETWORKS,
    agentDialects: rest.AGENT_DIALECTS,
    agentSenderPolicy: rest.AGENT_SENDER_POLICY,
    agentSecretsKey: rest.AGENT_SECRETS_KEY ?? null,
    trustedProxies: rest.TRUSTED_PROXIES,
    agentConnectTimeoutMs: rest.AGENT_CONNECT_TIMEOUT_MS,
    agentAnswerTimeoutMs: rest.AGENT_ANSWER_TIMEOUT_MS,
    agentSilenceSeconds: rest.AGENT_SILENCE_SECONDS,
    agentSweepAtOnce: rest.AGENT_SWEEP_AT_ONCE,
    agentJobDeadlines: rest.AGENT_JOB_DEADLINES,
    wakeSender: rest.WAKE_FROM === 'server' ? 'SERVER' : 'REPOSITORY',
    repositoryPort: rest.REPOSITORY_PORT,
    repositoryPath: rest.REPOSITORY_PATH.replace(/\/$/, ''),
    repositoryScheme: rest.REPOSITORY_SCHEME,
    repositoryConnectTo: rest.REPOSITORY_CONNECT_TO,
    repositoryNetworks: rest.REPOSITORY_NETWORKS,
    repositorySyncMinutes: rest.REPOSITORY_SYNC_MINUTES,
    eventRetentionDays: rest.EVENT_RETENTION_DAYS,
    eventRetentionRows: rest.EVENT_RETENTION_ROWS,
    streamConnectionsPerAddress: rest.STREAM_CONNECTIONS_PER_ADDRESS,
    streamOperationsPerSocket: rest.STREAM_OPERATIONS_PER_SOCKET,
    streamBufferBytes: rest.STREAM_BUFFER_BYTES,
    streamStallMs: rest.STREAM_STALL_MS,
    guards: toGuards(rest),
    logLevel: rest.LOG_LEVEL,
  });
}

function belongTogether(certificatePem: string, keyPem: string): boolean {
  try {
    return new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    return false;
  }
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

/** Networks of either family, single addresses as networks of one. */
function parseProxies(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [address = ''] = part.split('/');
      if (!isIP(address)) throw new Error('not an address');
      const cidr = part.includes('/') ? part : `${part}/${isIPv4(address) ? 32 : 128}`;
      ipaddr.parseCIDR(cidr);
      return cidr;
    });
}

const KEY_BYTES = 32;

function parseKey(text: string): Uint8Array {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || key.length !== KEY_BYTES) throw new Error('not 32 bytes');
  return key;
}

function readJobDeadlines(text: string, context: z.RefinementCtx): JobDeadlines {
  const read = parseJobDeadlines(text);
  if ('deadlines' in read) return read.deadlines;
  for (const message of read.mistakes) context.addIssue({ code: 'custom', message });
  return z.NEVER;
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
