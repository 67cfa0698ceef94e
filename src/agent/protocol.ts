import { z } from 'zod';
import type { AgentJobs, AgentOrder, AgentOrderOutcome, KillOutcome } from '#domain/operations/agent-gateway.ts';
import { fromStoredFittedLayout } from '#domain/operations/stored-layout.ts';
import { DEFAULT_DIALECTS } from './dialect.ts';
import type { AgentDialect } from './dialect.ts';
import { writeDiskLayout } from './write-disk-layout.ts';

/** A call as ogAgent takes it: a POST of one JSON object, but for the state of an installed system. */
export interface AgentRequest {
  /** POST where left out; a GET carries no body. */
  method?: 'GET';
  path: string;
  body: string;
  /** Sent as it is; only agents of installed systems ask for it. */
  authorization?: string;
}

/** A complete HTTP answer, not yet understood. */
export interface AgentAnswer {
  status: number;
  body: Uint8Array;
}

type OrderAnswer =
  | Omit<Extract<AgentOrderOutcome, { outcome: 'accepted' }>, 'certificateSha256'>
  | Extract<AgentOrderOutcome, { outcome: 'refused' | 'unknown' }>;

const JOB_LIST_NAMES = ['jobs', 'running', 'running_jobs'] as const;

const MAX_MESSAGE_LENGTH = 200;

// Other people's text that becomes a key in our database: bounded, and of characters that any database can hold.
const jobName = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text));

const acceptedAnswer = z.object({ job_id: jobName });
const busyAnswer = z.object({
  job_id: z.null(),
  message: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});
const errorAnswer = z.object({ error: z.string().min(1), job_id: z.null().optional() });
const jobEntry = z.union([jobName, acceptedAnswer.transform((job) => job.job_id)]);

/** Zero means «no session»: agents of version 3 are followed by job_id instead. */
const NO_SESSION = '0';

/** An order in the keys and the order of keys that ogCore itself sends. Every value is a string. */
export function toOrderRequest(order: AgentOrder, dialect = DEFAULT_DIALECTS.standard): AgentRequest {
  return {
    path: `/${dialect.module}/${dialect.functions[order.action]}`,
    body: JSON.stringify(toOrderBody(order, dialect)),
  };
}

/**
 * The keys of an order.
 *
 * @param ids by which number an agent that names no job is to name it; none where it is followed by its job's name.
 */
export function toOrderBody(order: AgentOrder, dialect: AgentDialect, ids = NO_SESSION): Record<string, string> {
  const nfn = dialect.functions[order.action];
  switch (order.action) {
    case 'DEPLOY_IMAGE':
      return {
        dsk: String(order.disk),
        par: String(order.partition),
        cpt: order.partitionCode,
        ifs: String(order.softwareProfileNumber ?? 0),
        idi: order.imageId,
        nci: order.imageName,
        ipr: order.repositoryIp,
        nfn,
        method: toMethod(order, dialect),
        ids,
      };
    case 'CREATE_IMAGE':
      return {
        dsk: String(order.disk),
        par: String(order.partition),
        cpt: order.partitionCode,
        idi: order.imageId,
        nci: order.imageName,
        ipr: order.repositoryIp,
        nfn,
        ids,
      };
    case 'PARTITION_AND_FORMAT':
      return {
        dsk: String(order.disk),
        cfg: writeDiskLayout(fromStoredFittedLayout(order)),
        nfn,
        ids,
      };
    case 'RUN_SCRIPT':
      // As the older client takes it: the lines of a script would not survive its own parameter list.
      return { scp: encodeURIComponent(withParameters(order)), nfn, ids };
    case 'SOFTWARE_INVENTORY':
    case 'START_SESSION':
      return { dsk: String(order.disk), par: String(order.partition), nfn, ids };
    case 'HARDWARE_INVENTORY':
    case 'POWER_OFF':
    case 'REBOOT':
      return { nfn, ids };
    case 'DELETE_CACHED_IMAGE':
      return { idi: order.imageId, nci: order.imageName, nfn, ids };
  }
}

/** The script with its parameters set in its first line: agents pass a script on, and nothing with it. */
function withParameters({ script, parameters }: Extract<AgentOrder, { action: 'RUN_SCRIPT' }>): string {
  if (parameters.length === 0) return script;
  const line = `set -- ${parameters.map((text) => `'${text.replaceAll("'", String.raw`'\''`)}'`).join(' ')}\n`;
  const start = script.startsWith('#!') ? script.indexOf('\n') + 1 || script.length : 0;
  const interpreter = script.slice(0, start);
  return `${interpreter}${interpreter === '' || interpreter.endsWith('\n') ? '' : '\n'}${line}${script.slice(start)}`;
}

const MODE_WORDS = { FULL_DUPLEX: 'full-duplex', HALF_DUPLEX: 'half-duplex', BROADCAST: 'broadcast' } as const;

/**
 * The method's name and, behind a space, its session in the form that the engine always took it:
 * `udpcast 9002:full-duplex:239.194.2.3:70M:30:60`, `p2p peer:60`.
 */
function toMethod(
  { method, multicast, p2p }: Extract<AgentOrder, { action: 'DEPLOY_IMAGE' }>,
  { methods }: AgentDialect,
): string {
  const word = methods[method];
  if (p2p !== null) return `${word} ${p2p.mode.toLowerCase()}:${p2p.seedSeconds}`;
  if (multicast === null) return word;
  const { port, mode, address, speedMbps, maxClients, maxWaitSeconds } = multicast;
  return `${word} ${port}:${MODE_WORDS[mode]}:${address}:${speedMbps}M:${maxClients}:${maxWaitSeconds}`;
}

export function toKillRequest(jobId: string, { module, kill } = DEFAULT_DIALECTS.standard): AgentRequest {
  return { path: `/${module}/${kill}`, body: JSON.stringify({ job_id: jobId, nfn: kill, ids: NO_SESSION }) };
}

/** What an answer to a kill call means: `{stopped: id}` of older agents, else a job of its own that reports how it went. */
export function parseKillAnswer(answer: AgentAnswer): KillOutcome {
  const body = parseJson(answer.body);
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (isSuccess && z.object({ stopped: z.union([jobName, z.number()]) }).safeParse(body).success) {
    return { outcome: 'killed' };
  }
  const parsed = parseOrderAnswer(answer);
  if (parsed.outcome === 'accepted') return { outcome: 'asked' };
  if (isSuccess && parsed.outcome === 'unknown') return { outcome: 'refused', message: 'The agent has no such job.' };
  return parsed;
}

export function toStatusRequest({ statusPath } = DEFAULT_DIALECTS.standard): AgentRequest {
  return { path: statusPath, body: '{}' };
}

/**
 * What an answer to an order means. `refused` only where the answer proves that nothing ran; whatever is not understood is
 * `unknown`, because the job may be running behind it.
 */
export function parseOrderAnswer({ status, body }: AgentAnswer): OrderAnswer {
  const answer = parseJson(body);
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess) {
    const accepted = acceptedAnswer.safeParse(answer).data;
    if (accepted !== undefined) return { outcome: 'accepted', jobId: accepted.job_id };
    const busy = busyAnswer.safeParse(answer).data;
    if (busy !== undefined) return refuse(busy.message ?? busy.error);
  }
  const failed = errorAnswer.safeParse(answer).data;
  if (failed !== undefined && (isSuccess || status >= 500)) return refuse(failed.error);
  // A redirect or a client error comes from the agent's dispatcher, before it looks for the function to run.
  if (status >= 300 && status < 500) return refuse(failed?.error ?? `HTTP status ${status}`);
  return {
    outcome: 'unknown',
    message: `The agent gave an answer that makes no sense (HTTP status ${status}); the order may be running.`,
  };
}

/**
 * What an answer to a status call says of running jobs.
 *
 * This exchange is known from recollection only, so anything but a list that can be read from end to end is `unsupported`:
 * a job left out of the list would look as if the agent had forgotten it.
 */
export function parseJobsAnswer({
  status,
  body,
}: AgentAnswer): Extract<AgentJobs, { outcome: 'jobs' | 'unsupported' }> {
  const answer = z.record(z.string(), z.unknown()).safeParse(parseJson(body)).data;
  if (status < 200 || status >= 300 || answer === undefined) return { outcome: 'unsupported' };
  const list = JOB_LIST_NAMES.map((name) => answer[name]).find((value) => Array.isArray(value));
  const jobs = z.array(jobEntry).safeParse(list).data;
  return jobs === undefined ? { outcome: 'unsupported' } : { outcome: 'jobs', jobIds: jobs };
}

/** The agent's own words; that it refused, whoever shows them says. */
function refuse(reason = ''): OrderAnswer {
  return { outcome: 'refused', message: cleanText(reason) || 'It gave no reason.' };
}

/** The agent's own words, cut to one short line that can be logged, stored and shown. */
function cleanText(text: string): string {
  const line = text
    .slice(0, 4 * MAX_MESSAGE_LENGTH)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  return line.slice(0, MAX_MESSAGE_LENGTH).toWellFormed();
}

/** Undefined where the bytes are not JSON in UTF-8: compressed, cut off, or something else altogether. */
function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
