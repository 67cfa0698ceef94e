import type { AgentDialects } from '#agent/dialect.ts';
import type { JobReport } from '#domain/tracing/job-report.ts';
import type { AgentBody } from './agent-body.ts';
import { parseJobReport } from './parse-job-report.ts';
import { isAgentEvent, parseAgentEvent } from './signed/parse-agent-event.ts';

/** Reads a body again that was stored because it fitted no job yet. It parsed then; null would be a body edited by hand. */
export function createParseKeptReport(dialects: AgentDialects) {
  return (body: unknown, sender: string): JobReport | null => {
    if (body === null || typeof body !== 'object' || Array.isArray(body)) return null;
    try {
      return isAgentEvent(body as AgentBody)
        ? parseKeptEvent(body as AgentBody, sender)
        : parseJobReport(body as AgentBody, sender, dialects);
    } catch {
      return null;
    }
  };
}

/** A signed report was known to be its client's when it was kept, and stands beside that client since. */
function parseKeptEvent(body: AgentBody, sender: string): JobReport | null {
  const event = parseAgentEvent(body);
  return event.about === 'job' ? { ...event.report, client: { clientId: null, macs: [], ips: [], sender } } : null;
}
