import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '#lib/logger.ts';
import { UnreadableReportError, parseAgentBody } from '#webhook/agent-body.ts';
import type { AgentRoute } from '#webhook/create-agent-routes.ts';
import { BodyTooLargeError, readBody } from './read-body.ts';
import { sendJson } from './send-json.ts';

/** Where installed agents report to. */
export const AGENT_REST = '/opengnsys/rest/';

const MAX_REPORT_BYTES = 512 * 1024;

/** Answers agents: 200 once it is stored, 400 for what cannot be read, 500 for a failure of ours, after which they may say it again. */
export function createAgentWebhooks(routes: ReadonlyMap<string, AgentRoute>, log: Logger) {
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const route = routes.get(path.slice(AGENT_REST.length));
    if (route === undefined) return sendJson(response, 404, { message: 'there is no such route' });
    if (request.method !== 'POST') return sendJson(response, 405, { message: 'only POST' }, { allow: 'POST' });
    const sender = senderOf(request);
    try {
      const body = parseAgentBody(await readBody(request, MAX_REPORT_BYTES));
      const answer = await route(body, sender);
      log.debug({ path, sender, answer: answer.body }, 'agent report');
      sendJson(response, answer.status, answer.body);
    } catch (error) {
      if (error instanceof BodyTooLargeError) {
        return sendJson(response, 413, { message: `at most ${MAX_REPORT_BYTES} bytes` }, { connection: 'close' });
      }
      if (error instanceof UnreadableReportError) {
        log.warn({ path, sender, reason: error.message }, 'unreadable agent report');
        return sendJson(response, 400, { message: error.message });
      }
      log.error({ err: error, path, sender }, 'agent report not stored');
      sendJson(response, 500, { message: 'not stored; say it again' });
    }
  };
}

/** The address of the other end of the connection, IPv4 as IPv4 also on a socket that speaks both. */
function senderOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}
