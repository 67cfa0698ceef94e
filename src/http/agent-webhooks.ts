import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '#lib/logger.ts';
import { createTokenBuckets } from '#lib/token-buckets.ts';
import { OverloadedError } from '#lib/turnstile.ts';
import { UnreadableReportError, parseAgentBody } from '#webhook/agent-body.ts';
import type { RepositoryRoute } from '#webhook/create-repository-route.ts';
import { SIGNED_PATH } from '#webhook/signed/take-signed-event.ts';
import type { TakeSignedEvent } from '#webhook/signed/take-signed-event.ts';
import { AGENT_REST } from '#webhook/take-agent-report.ts';
import type { TakeAgentReport, WebhookAnswer } from '#webhook/take-agent-report.ts';
import { BodyTooLargeError, readBody } from './read-body.ts';
import type { Refusal } from './refusals.ts';
import { sendJson } from './send-json.ts';
import { networkOf } from './sender-of.ts';
import type { SenderOf } from './sender-of.ts';

const MAX_REPORT_BYTES = 512 * 1024;

/** Whether agents report to this path. */
export function isAgentPath(path: string): boolean {
  return path.startsWith(AGENT_REST) || path === SIGNED_PATH;
}

/** Where repositories report to: the path that they are set to, and the one that ogCore has. */
export const REPOSITORY_PATHS: ReadonlySet<string> = new Set(['/webhooks/repository', '/og-repository/webhook']);

type Webhook = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

/** What agents' reports need. */
export interface AgentWebhookParts {
  takeReport: TakeAgentReport;
  takeEvent: TakeSignedEvent;
  /** A body that was too long to be read. */
  reportTooLarge: (route: string, sender: string) => Promise<void>;
  senderOf: SenderOf;
  /** Reports of one address in a minute that may come to nothing before it is not listened to any more; 0 for any number. */
  refusedPerMinute: number;
  onRefused: (refusal: Refusal) => void;
  log: Logger;
}

/** Takes in what agents report, signed or not. */
export function createAgentWebhooks({
  takeReport,
  takeEvent,
  reportTooLarge,
  senderOf,
  refusedPerMinute,
  onRefused,
  log,
}: AgentWebhookParts): Webhook {
  const strangers = createTokenBuckets({ perMinute: refusedPerMinute });
  return async (request, response, path) => {
    if (request.method !== 'POST') return sendJson(response, 405, { message: 'only POST' }, { allow: 'POST' });
    const sender = senderOf(request);
    // Only what comes to nothing is counted, so an agent that is believed is listened to however much it says.
    const seconds = strangers.wait(networkOf(sender));
    if (seconds > 0) {
      onRefused('reports');
      const headers = { 'retry-after': String(seconds), connection: 'close' };
      return sendJson(response, 429, { message: 'too many reports that are of no use' }, headers);
    }
    try {
      const bytes = await readBody(request, MAX_REPORT_BYTES);
      const answer =
        path === SIGNED_PATH
          ? await takeEvent(request.headers, bytes, sender)
          : await takeReport(path.slice(AGENT_REST.length), bytes, sender);
      log.debug({ path, sender, status: answer.status, answer: answer.body }, 'agent report');
      if (isOfNoUse(answer)) strangers.take(networkOf(sender));
      sendJson(response, answer.status, answer.body);
    } catch (error) {
      if (error instanceof BodyTooLargeError) await reportTooLarge(path, sender);
      answerFailure(response, error, { who: 'agent', path, sender, log });
    }
  };
}

/** Refused, or of a machine that nobody knows. */
function isOfNoUse({ status, body }: WebhookAnswer): boolean {
  return status >= 400 || (typeof body === 'object' && body !== null && 'res' in body && body.res === 0);
}

/** Takes in what repositories report. */
export function createRepositoryWebhook(route: RepositoryRoute, senderOf: SenderOf, log: Logger): Webhook {
  return async (request, response, path) => {
    if (request.method !== 'POST') return sendJson(response, 405, { message: 'only POST' }, { allow: 'POST' });
    const sender = senderOf(request);
    try {
      const answer = await route(parseAgentBody(await readBody(request, MAX_REPORT_BYTES)), sender);
      log.debug({ path, sender, answer }, 'repository report');
      sendJson(response, 200, answer);
    } catch (error) {
      answerFailure(response, error, { who: 'repository', path, sender, log });
    }
  };
}

interface Failing {
  who: string;
  path: string;
  sender: string;
  log: Logger;
}

/** 400 for what cannot be read, 413 for what is too long, 503 for what came too fast, 500 for a failure of ours, after which it may be said again. */
function answerFailure(response: ServerResponse, error: unknown, { who, path, sender, log }: Failing): void {
  if (error instanceof BodyTooLargeError) {
    return sendJson(response, 413, { message: `at most ${MAX_REPORT_BYTES} bytes` }, { connection: 'close' });
  }
  if (error instanceof UnreadableReportError) {
    log.warn({ path, sender, reason: error.message }, `unreadable ${who} report`);
    return sendJson(response, 400, { message: error.message });
  }
  if (error instanceof OverloadedError) {
    log.warn({ path, sender }, `${who} report turned away: too many are waiting`);
    const headers = { 'retry-after': String(error.retryAfterSeconds) };
    return sendJson(response, 503, { message: 'not stored; say it again later' }, headers);
  }
  log.error({ err: error, path, sender }, `${who} report not stored`);
  sendJson(response, 500, { message: 'not stored; say it again' });
}
