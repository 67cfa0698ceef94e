import { z } from 'zod';
import type { AgentJobs, AgentOrder, AgentOrderOutcome } from '#domain/operations/agent-gateway.ts';
import type { DeployMethod } from '#domain/operations/deploy-method.ts';

/** A call as ogAgent takes it: always a POST of one JSON object. */
export interface AgentRequest {
  path: string;
  body: string;
}

/** A complete HTTP answer, not yet understood. */
export interface AgentAnswer {
  status: number;
  body: Uint8Array;
}

type OrderAnswer =
  | Omit<Extract<AgentOrderOutcome, { outcome: 'accepted' }>, 'certificateSha256'>
  | Extract<AgentOrderOutcome, { outcome: 'refused' | 'unknown' }>;

const MODULE = 'CloningEngine';
const STATUS = 'status';

/** Only `unicast` was ever seen on the wire. The others are what the agents' own scripts call them. */
const METHOD_WORDS: Readonly<Record<DeployMethod, string>> = {
  UNICAST: 'unicast',
  UNICAST_DIRECT: 'unicast-direct',
  UDPCAST: 'udpcast',
  UDPCAST_DIRECT: 'udpcast-direct',
  UFTP: 'uftp',
  UFTP_DIRECT: 'uftp-direct',
  P2P: 'p2p',
};

/** The other methods need a session on the repository and its parameters in the order; until both exist, they are not sent. */
const SENDABLE_METHODS: ReadonlySet<DeployMethod> = new Set<DeployMethod>(['UNICAST']);

const JOB_LIST_NAMES = ['jobs', 'running', 'running_jobs'] as const;

const MAX_MESSAGE_LENGTH = 200;

// Other people's text that becomes a key in our database: bounded, and of characters that any database can hold.
const jobId = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text));

const acceptedAnswer = z.object({ job_id: jobId });
const busyAnswer = z.object({
  job_id: z.null(),
  message: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});
const errorAnswer = z.object({ error: z.string().min(1), job_id: z.null().optional() });
const jobEntry = z.union([jobId, acceptedAnswer.transform((job) => job.job_id)]);

export function isMethodSupported(method: DeployMethod): boolean {
  return SENDABLE_METHODS.has(method);
}

/** The function of the engine that carries out an action. */
const FUNCTIONS: Readonly<Record<AgentOrder['action'], string>> = {
  DEPLOY_IMAGE: 'RestaurarImagen',
  RUN_SCRIPT: 'EjecutarScript',
  SOFTWARE_INVENTORY: 'InventarioSoftware',
  HARDWARE_INVENTORY: 'InventarioHardware',
  DELETE_CACHED_IMAGE: 'EliminarImagenCache',
  POWER_OFF: 'Apagar',
  REBOOT: 'Reiniciar',
  START_SESSION: 'IniciarSesion',
};

/** Zero means «no session»: agents of version 3 are followed by job_id instead. */
const NO_SESSION = '0';

/** An order in the keys and the order of keys that ogCore itself sends. Every value is a string. */
export function toOrderRequest(order: AgentOrder): AgentRequest {
  const nfn = FUNCTIONS[order.action];
  return { path: `/${MODULE}/${nfn}`, body: JSON.stringify(toBody(order, nfn)) };
}

function toBody(order: AgentOrder, nfn: string): Record<string, string> {
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
        method: METHOD_WORDS[order.method],
        ids: NO_SESSION,
      };
    case 'RUN_SCRIPT':
      // As the older client takes it: the lines of a script would not survive its own parameter list.
      return { scp: encodeURIComponent(order.script), nfn, ids: NO_SESSION };
    case 'SOFTWARE_INVENTORY':
    case 'START_SESSION':
      return { dsk: String(order.disk), par: String(order.partition), nfn, ids: NO_SESSION };
    case 'HARDWARE_INVENTORY':
    case 'POWER_OFF':
    case 'REBOOT':
      return { nfn, ids: NO_SESSION };
    case 'DELETE_CACHED_IMAGE':
      return { idi: order.imageId, nci: order.imageName, nfn, ids: NO_SESSION };
  }
}

export function toStatusRequest(): AgentRequest {
  return { path: `/${MODULE}/${STATUS}`, body: '{}' };
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

function refuse(reason = ''): OrderAnswer {
  const text = cleanText(reason);
  return {
    outcome: 'refused',
    message: text === '' ? 'The agent refused the order and gave no reason.' : `The agent refused the order: ${text}`,
  };
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
