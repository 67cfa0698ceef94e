import { ReportRefusedError } from '#domain/reports/believe-reports.ts';
import type { BelieveReports, BelievingReceivers } from '#domain/reports/believe-reports.ts';
import type { DeadLetterDraft, DeadLetters } from '#domain/reports/dead-letters.ts';
import { REFUSAL_SENTENCES } from '#domain/reports/judge-sender.ts';
import { UnreadableReportError, decodeBody, parseAgentBody, textOf } from './agent-body.ts';
import type { AgentRoute } from './agent-route.ts';
import type { WebhookAnswer } from './webhook-answer.ts';

/** The routes of installed agents on the receivers of one report. */
export type AgentRoutesOn = (receivers: BelievingReceivers) => ReadonlyMap<string, AgentRoute>;

/** Where installed agents report to. */
export const AGENT_REST = '/opengnsys/rest/';

/** Takes in one unsigned report. A failure of ours is thrown, and nothing is stored then. */
export type TakeAgentReport = (route: string, bytes: Uint8Array, sender: string) => Promise<WebhookAnswer>;

const NO_ROUTE: WebhookAnswer = { status: 404, body: { message: 'there is no such route' }, refusal: 'NO_ROUTE' };

/** What the routes come to, with a letter for every report that changes nothing because it fits nothing or is not believed. */
export function createTakeAgentReport({
  routesOn,
  believe,
  deadLetters,
}: {
  routesOn: AgentRoutesOn;
  believe: BelieveReports;
  deadLetters: DeadLetters;
}): TakeAgentReport {
  return async (name, bytes, sender) => {
    const about = { route: `${AGENT_REST}${name}`, sender };
    const file = (draft: Pick<DeadLetterDraft, 'reason' | 'detail'> & Partial<DeadLetterDraft>) =>
      deadLetters.file({ clientId: null, jobId: null, body: decodeBody(bytes), ...about, ...draft });
    try {
      const body = parseAgentBody(bytes);
      let isStranger = false;
      const receivers = believe({ secret: textOf(body, 'secret') });
      const watched: BelievingReceivers = {
        ...receivers,
        async receiveClientReport(hints, news) {
          const client = await receivers.receiveClientReport(hints, news);
          isStranger = client === null;
          return client;
        },
      };
      const route = routesOn(watched).get(name);
      if (route === undefined) return NO_ROUTE;
      const answer = await route(body, sender);
      if (!isStranger) return answer;
      await file({ reason: 'UNKNOWN_CLIENT', detail: 'no client is as it says' });
      return { ...answer, refusal: 'UNKNOWN_CLIENT' };
    } catch (error) {
      if (error instanceof UnreadableReportError) {
        await file({ reason: 'UNREADABLE', detail: error.message });
        return { status: 400, body: { message: error.message }, refusal: 'UNREADABLE' };
      }
      if (error instanceof ReportRefusedError) {
        const { clientId, jobId, refusal } = error;
        await file({ reason: 'SENDER_REFUSED', clientId, jobId, detail: REFUSAL_SENTENCES[refusal] });
        return { status: 403, body: { message: 'not believed' }, refusal };
      }
      throw error;
    }
  };
}
