import { DEFAULT_DIALECTS, isKillAnswer, readAction } from '#agent/dialect.ts';
import type { AgentDialects } from '#agent/dialect.ts';
import type { JobReport } from '#domain/tracing/job-report.ts';
import { isUuid } from '#lib/uuid.ts';
import { UnreadableReportError, readClientHints, textOf } from './agent-body.ts';
import type { AgentBody } from './agent-body.ts';
import { parseDiskLayout } from './parse-disk-layout.ts';
import { readJobOutput } from './read-job-output.ts';

/**
 * Reads what the status webhook is told: a job's progress (`job_id`, `progress`), or its end (`res` 1 or 2, with the engine's
 * own words in `der`). The name may be `RESPUESTA_RestaurarImagen`, plain, or only part of the job's id. Agents that fetched their order
 * name it by its number (`ids`), or not at all; those of version 2 by `trace`, with `status` and texts in base64.
 *
 * @throws {UnreadableReportError} when it names no job, or says neither how far the job is nor how it ended.
 */
export function parseJobReport(body: AgentBody, sender: string, dialects: AgentDialects = DEFAULT_DIALECTS): JobReport {
  const name = readName(body, dialects);
  const said = name.isOfVersion2 ? fromVersion2(body) : body;
  const action = readAction(dialects, textOf(body, 'nfn') ?? name.jobId);
  const isKill = isKillAnswer(dialects, textOf(body, 'nfn') ?? '');
  return {
    jobId: name.jobId,
    isNamed: name.isNamed,
    orderNumber: name.orderNumber,
    traceId: name.traceId,
    action,
    news: isKill ? readKill(said) : readNews(said),
    ...readJobOutput(said, action),
    dataSizeBytes: readDataSize(body),
    layout: parseDiskLayout(body['cfg'] ?? body['config'] ?? body),
    client: readClientHints(body, sender),
    body: withoutSecrets(body),
  };
}

type JobName = Pick<JobReport, 'jobId' | 'isNamed' | 'orderNumber' | 'traceId'> & { isOfVersion2: boolean };

function readName(body: AgentBody, dialects: AgentDialects): JobName {
  const jobId = textOf(body, 'job_id', 200);
  const orderNumber = readOrderNumber(textOf(body, 'ids'));
  const plain = { orderNumber, traceId: null, isOfVersion2: false };
  if (jobId !== null) return { ...plain, jobId, isNamed: true };
  const trace = textOf(body, 'trace', 200);
  if (trace !== null && Object.hasOwn(body, 'status')) {
    const traceId = isUuid(trace) ? trace.toLowerCase() : null;
    const number = readOrderNumber(trace);
    const isNamed = traceId === null && number === null;
    return { jobId: trace, isNamed, orderNumber: number, traceId, isOfVersion2: true };
  }
  const nfn = textOf(body, 'nfn', 100);
  if (nfn === null || readAction(dialects, nfn) === null) throw new UnreadableReportError('job_id is missing');
  return { ...plain, jobId: `${nfn} ${orderNumber ?? 'of no number'}`, isNamed: false };
}

/** Zero says that the order had none. */
function readOrderNumber(text: string | null): number | null {
  const number = /^\d{1,10}$/.test(text ?? '') ? Number(text) : 0;
  return number > 0 && number < 2 ** 31 ? number : null;
}

/** Its exit status is a shell's: nothing but 0 is success. What it says is in base64. */
function fromVersion2(body: AgentBody): AgentBody {
  const status = textOf(body, 'status') ?? '';
  if (!/^-?\d{1,10}$/.test(status)) throw new UnreadableReportError('status is not a number');
  const error = readBase64(body['error']);
  return {
    res: Number(status) === 0 ? '1' : '2',
    der: error === '' ? `The script ended with ${status}.` : error,
    output: readBase64(body['output']),
  };
}

/** The text behind base64; what is none, as it is. */
export function readBase64(value: unknown): string {
  if (typeof value !== 'string') return '';
  const packed = value.replaceAll(/\s+/g, '');
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return value;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(packed, 'base64'));
    // A word that happens to be of the right letters decodes to nothing that anybody would write.
    return /(?![\t\n\r])\p{Cc}/u.test(text) ? value : text;
  } catch {
    return value;
  }
}

/** The agent names the job that it has killed, and means by success that the job is dead. Where it was not, the job ended by itself. */
function readKill(body: AgentBody): JobReport['news'] {
  const news = readNews(body);
  if (news.kind === 'succeeded') return { kind: 'killed' };
  return news.kind === 'failed' ? { kind: 'not-killed', message: news.message } : news;
}

function readNews(body: AgentBody): JobReport['news'] {
  const result = textOf(body, 'res');
  if (result === '1') return { kind: 'succeeded' };
  if (result === '2') return readFailure(textOf(body, 'der'));
  if (result !== null) throw new UnreadableReportError('res is neither 1 nor 2');
  const percent = Number(textOf(body, 'progress') ?? Number.NaN);
  if (!Number.isFinite(percent)) throw new UnreadableReportError('neither progress nor res is given');
  return { kind: 'progress', percent: Math.trunc(Math.min(100, Math.max(0, percent))) };
}

/** `der` is `NNN-text`, or only text. */
function readFailure(der: string | null): JobReport['news'] {
  const [, code, text] = /^(\d{1,4})\s*-\s*(.*)$/s.exec(der ?? '') ?? [];
  return { kind: 'failed', engineCode: code === undefined ? null : Number(code), message: text ?? der ?? '' };
}

/** Agents count in kilobytes. */
function readDataSize(body: AgentBody): bigint | null {
  const text = textOf(body, 'datasize') ?? '';
  return /^\d{1,15}$/.test(text) ? BigInt(text) * 1024n : null;
}

function withoutSecrets({ secret: _secret, ...body }: AgentBody): AgentBody {
  return body;
}
