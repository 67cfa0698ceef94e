import type { Action } from '#domain/operations/action.ts';
import type { JobReport } from '#domain/tracing/job-report.ts';
import { UnreadableReportError, readClientHints, textOf } from './agent-body.ts';
import type { AgentBody } from './agent-body.ts';
import { parseDiskLayout } from './parse-disk-layout.ts';

/** The action that stands behind an agent's function name. */
const ACTION_OF_FUNCTION = new Map<string, Action>(
  Object.entries({
    RestaurarImagen: 'DEPLOY_IMAGE',
    CrearImagen: 'CREATE_IMAGE',
    EliminarImagenCache: 'DELETE_CACHED_IMAGE',
    Configurar: 'PARTITION_AND_FORMAT',
    InventarioSoftware: 'SOFTWARE_INVENTORY',
    InventarioHardware: 'HARDWARE_INVENTORY',
    EjecutarScript: 'RUN_SCRIPT',
    Apagar: 'POWER_OFF',
    Reiniciar: 'REBOOT',
    IniciarSesion: 'START_SESSION',
  } satisfies Record<string, Action>),
);

/**
 * Reads what the status webhook is told: a job's progress (`job_id`, `progress`), or its end (`res` 1 or 2, with the engine's
 * own words in `der`). The name may be `RESPUESTA_RestaurarImagen`, plain, or only part of the job's id.
 *
 * @throws {UnreadableReportError} when it names no job, or says neither how far the job is nor how it ended.
 */
export function parseJobReport(body: AgentBody, sender: string): JobReport {
  const jobId = textOf(body, 'job_id', 200);
  if (jobId === null) throw new UnreadableReportError('job_id is missing');
  return {
    jobId,
    action: actionOfJob(textOf(body, 'nfn') ?? jobId),
    news: isKill(body) ? { kind: 'failed', engineCode: null, message: 'The job was killed.' } : readNews(body),
    output: readOutput(body, actionOfJob(textOf(body, 'nfn') ?? jobId)),
    layout: parseDiskLayout(body['cfg']),
    client: readClientHints(body, sender),
    body: withoutSecrets(body),
  };
}

/** The agent names the job that it has killed, and means by success that the job is dead. Where it was not, the job ended by itself. */
function isKill(body: AgentBody): boolean {
  return textOf(body, 'nfn')?.replace(/^RESPUESTA_/, '') === 'KillJob' && textOf(body, 'res') === '1';
}

/** The action that a job carries out, by its name or its function's: `RestaurarImagen-dfa42888`, `RESPUESTA_RestaurarImagen`. */
export function actionOfJob(name: string): Action | null {
  return ACTION_OF_FUNCTION.get(name.replace(/^RESPUESTA_/, '').replace(/-[0-9a-f]+$/i, '')) ?? null;
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

/** Longest text kept of a job: a machine’s package list is some hundred kilobytes. */
const MAX_OUTPUT_LENGTH = 500_000;

/** By which keys a kind of job sends its list; all others send what they printed. */
const LIST_KEYS: Partial<Record<Action, readonly string[]>> = {
  SOFTWARE_INVENTORY: ['sft', 'software'],
  HARDWARE_INVENTORY: ['hrd', 'hardware'],
};

/** What a script printed, or the list that an inventory made. */
function readOutput(body: AgentBody, action: Action | null): string | null {
  for (const key of (action === null ? undefined : LIST_KEYS[action]) ?? ['output']) {
    const value = body[key];
    if (typeof value !== 'string' || value === '') continue;
    return value.slice(0, MAX_OUTPUT_LENGTH).toWellFormed().replaceAll('\0', ' ');
  }
  return null;
}

function withoutSecrets({ secret: _secret, ...body }: AgentBody): AgentBody {
  return body;
}
