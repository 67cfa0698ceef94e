import type { IncomingMessage, ServerResponse } from 'node:http';
import { createBoundedLog } from '#lib/bounded-log.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { OverloadedError } from '#lib/turnstile.ts';
import { UnreadableReportError, parseAgentBody } from '#webhook/agent-body.ts';
import type { RepositoryRoute } from '#webhook/create-repository-route.ts';
import { SIGNED_PATH } from '#webhook/signed/take-signed-event.ts';
import type { TakeSignedEvent } from '#webhook/signed/take-signed-event.ts';
import { AGENT_REST } from '#webhook/take-agent-report.ts';
import type { TakeAgentReport } from '#webhook/take-agent-report.ts';
import type { Refusal } from '#webhook/webhook-answer.ts';
import { BodyCutOffError, BodyTooLargeError, BodyTooSlowError, readBody } from './read-body.ts';
import type { CountReport, ReportResult } from './report-counters.ts';
import { sendJson } from './send-json.ts';
import type { SenderOf } from './sender-of.ts';
import type { Strangers } from './strangers.ts';

const MAX_REPORT_BYTES = 512 * 1024;
/** Of each kind, whatever comes. */
const LOG_LINES_PER_MINUTE = 60;

/** Whether agents report to this path. */
export function isAgentPath(path: string): boolean {
  return path.startsWith(AGENT_REST) || path === SIGNED_PATH;
}

/** Where repositories report to: the path that they are set to, and the one that ogCore has. */
export const REPOSITORY_PATHS: ReadonlySet<string> = new Set(['/webhooks/repository', '/og-repository/webhook']);

type Webhook = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

/** What any webhook needs. */
export interface WebhookParts {
  senderOf: SenderOf;
  count: CountReport;
  clock: Clock;
  log: Logger;
}

/** What agents' reports need. */
export interface AgentWebhookParts extends WebhookParts {
  takeReport: TakeAgentReport;
  takeEvent: TakeSignedEvent;
  /** The paths that there are. */
  paths: ReadonlySet<string>;
  /** A body that was too long to be read. */
  reportTooLarge: (route: string, sender: string) => Promise<void>;
  strangers: Strangers;
}

/** Takes in what agents report, signed or not. */
export function createAgentWebhooks({
  takeReport,
  takeEvent,
  paths,
  reportTooLarge,
  strangers,
  ...parts
}: AgentWebhookParts): Webhook {
  const { senderOf, count, log } = parts;
  const answerFailure = createAnswerFailure('agent', parts);
  return async (request, response, path) => {
    const sender = senderOf(request);
    if (strangers.turnAway(sender, response)) return;
    if (!paths.has(path)) {
      strangers.wasOfNoUse(sender);
      count({ route: 'unknown', result: 'refused', refusal: 'NO_ROUTE' });
      return sendJson(response, 404, { message: 'there is no such route' });
    }
    if (!isReadable(request, response, () => count({ route: path, result: 'refused', refusal: 'ENCODED' }))) return;
    try {
      const bytes = await readBody(request, MAX_REPORT_BYTES);
      const { status, body, refusal } =
        path === SIGNED_PATH
          ? await takeEvent(request.headers, bytes, sender)
          : await takeReport(path.slice(AGENT_REST.length), bytes, sender);
      count({
        route: path,
        ...(refusal === undefined ? { result: readOutcome(body) } : { result: 'refused', refusal }),
      });
      if (refusal !== undefined) strangers.wasOfNoUse(sender);
      log.debug({ path, sender, status, answer: body }, 'agent report');
      sendJson(response, status, body);
    } catch (error) {
      if (error instanceof BodyTooLargeError) await reportTooLarge(path, sender);
      answerFailure(response, error, { path, sender });
    }
  };
}

/** Takes in what repositories report. */
export function createRepositoryWebhook(route: RepositoryRoute, parts: WebhookParts): Webhook {
  const { senderOf, count, log } = parts;
  const answerFailure = createAnswerFailure('repository', parts);
  return async (request, response, path) => {
    const sender = senderOf(request);
    if (!isReadable(request, response, () => count({ route: path, result: 'refused', refusal: 'ENCODED' }))) return;
    try {
      const answer = await route(parseAgentBody(await readBody(request, MAX_REPORT_BYTES)), sender);
      count({ route: path, result: readOutcome(answer) });
      log.debug({ path, sender, answer }, 'repository report');
      sendJson(response, 200, answer);
    } catch (error) {
      answerFailure(response, error, { path, sender });
    }
  };
}

/** Whether a request is one that reports; answers one that is not. No agent packs what it says, and nobody may have us unpack it. */
function isReadable(request: IncomingMessage, response: ServerResponse, countEncoded: () => void): boolean {
  if (request.method !== 'POST') {
    sendJson(response, 405, { message: 'only POST' }, { allow: 'POST' });
    return false;
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity' || encoding === '') return true;
  countEncoded();
  const headers = { 'accept-encoding': 'identity', connection: 'close' };
  sendJson(response, 415, { message: 'the body has to be sent as it is, not compressed' }, headers);
  return false;
}

const OUTCOMES: ReadonlySet<unknown> = new Set<ReportResult>(['applied', 'repeat', 'late', 'kept']);

/** What an answer says became of the report; `stored` where it says nothing of that. */
function readOutcome(body: unknown): ReportResult {
  const outcome = body !== null && typeof body === 'object' && 'outcome' in body ? body.outcome : null;
  return OUTCOMES.has(outcome) ? (outcome as ReportResult) : 'stored';
}

type AnswerFailure = (response: ServerResponse, error: unknown, about: { path: string; sender: string }) => void;

/**
 * 400 for what cannot be read, 408 for what does not come, 413 for what is too long, 503 for what came too fast, 500 for a failure of
 * ours, after which it may be said again. However much of it there is, the log gets a bounded number of lines.
 */
function createAnswerFailure(who: 'agent' | 'repository', { count, clock, log }: WebhookParts): AnswerFailure {
  const lines = {
    unreadable: createBoundedLog(LOG_LINES_PER_MINUTE, clock),
    overloaded: createBoundedLog(1, clock),
    failed: createBoundedLog(LOG_LINES_PER_MINUTE, clock),
  };
  return (response, error, { path, sender }) => {
    const refuse = (refusal: Refusal, status: number, message: string, headers: Record<string, string> = {}) => {
      count({ route: path, result: 'refused', refusal });
      sendJson(response, status, { message }, headers);
    };
    // Nobody is there any more to be told anything.
    if (error instanceof BodyCutOffError) return log.debug({ path, sender }, `${who} report was cut off`);
    if (error instanceof BodyTooLargeError) {
      return refuse('TOO_LARGE', 413, `at most ${MAX_REPORT_BYTES} bytes`, { connection: 'close' });
    }
    if (error instanceof BodyTooSlowError) {
      return refuse('TOO_SLOW', 408, 'the body did not come in time', { connection: 'close' });
    }
    if (error instanceof UnreadableReportError) {
      const reason = error.message;
      lines.unreadable((omitted) => log.warn({ path, sender, reason, omitted }, `unreadable ${who} report`));
      return refuse('UNREADABLE', 400, reason);
    }
    if (error instanceof OverloadedError) {
      lines.overloaded((omitted) => log.warn({ path, sender, omitted }, `${who} report turned away: too many wait`));
      count({ route: path, result: 'overloaded' });
      const headers = { 'retry-after': String(error.retryAfterSeconds) };
      return sendJson(response, 503, { message: 'not stored; say it again later' }, headers);
    }
    lines.failed((omitted) => log.error({ err: error, path, sender, omitted }, `${who} report not stored`));
    count({ route: path, result: 'failed' });
    sendJson(response, 500, { message: 'not stored; say it again' }, { 'retry-after': '1' });
  };
}
