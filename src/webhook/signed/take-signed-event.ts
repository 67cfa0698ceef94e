import { randomBytes } from 'node:crypto';
import type { AgentSecrets } from '#domain/reports/agent-secrets.ts';
import type { DeadLetterDraft, DeadLetters } from '#domain/reports/dead-letters.ts';
import type { ReceiveAgentEvent } from '#domain/reports/receive-agent-event.ts';
import type { Receivers } from '#domain/reports/receivers.ts';
import type { ReportOutcome } from '#domain/tracing/receive-job-report.ts';
import type { Clock } from '#lib/clock.ts';
import { isUuid } from '#lib/uuid.ts';
import { UnreadableReportError, decodeBody, parseAgentBody } from '#webhook/agent-body.ts';
import type { WebhookAnswer } from '#webhook/take-agent-report.ts';
import { parseAgentEvent } from './parse-agent-event.ts';
import type { ParsedEvent } from './parse-agent-event.ts';
import { isFresh, isSignedWith } from './verify-signature.ts';

/** Where agents that sign report to. */
export const SIGNED_PATH = '/webhooks/agent';

/** Names the client whose secret a report is signed with. */
const CLIENT_HEADER = 'webhook-client';

const MAX_EVENT_ID_LENGTH = 200;

export type TakeSignedEvent = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  bytes: Uint8Array,
  sender: string,
) => Promise<WebhookAnswer>;

/** Takes in a signed event: who sent it is settled before a word of it is read. */
export function createTakeSignedEvent({
  secrets,
  receive,
  deadLetters,
  clock,
}: {
  secrets: AgentSecrets;
  receive: ReceiveAgentEvent;
  deadLetters: DeadLetters;
  clock: Clock;
}): TakeSignedEvent {
  // What strangers’ signatures are compared with, so that they wait as long as anybody.
  const nobodys = randomBytes(32);

  return async (headers, bytes, sender) => {
    const header = (name: string) => [headers[name] ?? []].flat()[0]?.trim() ?? '';
    const [id, timestamp, signature] = [header('webhook-id'), header('webhook-timestamp'), header('webhook-signature')];
    const named = header(CLIENT_HEADER).toLowerCase();
    const refuse = async (
      draft: Pick<DeadLetterDraft, 'reason' | 'detail'>,
      answer: WebhookAnswer,
      clientId: string | null = null,
    ) => {
      const letter = { route: SIGNED_PATH, sender, clientId, jobId: null, body: decodeBody(bytes), ...draft };
      await deadLetters.file(letter);
      return answer;
    };

    if (
      !/^[\x21-\x7e]+$/.test(id) ||
      id.length > MAX_EVENT_ID_LENGTH ||
      timestamp === '' ||
      signature === '' ||
      !isUuid(named)
    ) {
      const detail = `webhook-id, webhook-timestamp, webhook-signature and ${CLIENT_HEADER} are needed`;
      return refuse({ reason: 'UNREADABLE', detail }, { status: 400, body: { message: detail } });
    }
    if (!isFresh(timestamp, clock.now())) {
      const serverTime = Math.floor(clock.now().getTime() / 1000);
      return refuse(
        { reason: 'SIGNATURE_REFUSED', detail: 'the time it was signed at is more than five minutes from ours' },
        { status: 401, body: { message: 'webhook-timestamp is more than five minutes off', serverTime } },
      );
    }
    const secret = await secrets.read(named);
    const isSigned = isSignedWith(secret ?? nobodys, { id, timestamp, signature }, bytes);
    if (secret === null || !isSigned) {
      return refuse(
        { reason: 'SIGNATURE_REFUSED', detail: 'it is not signed with the secret of a client' },
        { status: 401, body: { message: 'not believed' } },
      );
    }
    try {
      const event = parseAgentEvent(parseAgentBody(bytes));
      const outcome = await receive({
        clientId: named,
        eventId: id,
        job: event.about === 'job' ? { id: event.report.jobId, number: event.number } : null,
        apply: (receivers) => applyEvent(event, named, sender, receivers),
      });
      return { status: 200, body: { outcome } };
    } catch (error) {
      if (!(error instanceof UnreadableReportError)) throw error;
      return refuse(
        { reason: 'UNREADABLE', detail: error.message },
        { status: 400, body: { message: error.message } },
        named,
      );
    }
  };
}

/** Says an event to the receivers as the client's own. */
export async function applyEvent(
  event: ParsedEvent,
  clientId: string | null,
  sender: string,
  { receiveJobReport, receiveClientReport }: Receivers,
): Promise<ReportOutcome> {
  const client = { clientId, macs: [], ips: [], sender };
  if (event.about === 'job') return receiveJobReport({ ...event.report, client });
  const known = await receiveClientReport(client, event.news);
  return known === null ? 'kept' : 'applied';
}
