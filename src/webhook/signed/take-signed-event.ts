import { randomBytes } from 'node:crypto';
import type { AgentSecrets } from '#domain/reports/agent-secrets.ts';
import type { DeadLetterDraft, DeadLetters } from '#domain/reports/dead-letters.ts';
import type { ReceiveAgentEvent } from '#domain/reports/receive-agent-event.ts';
import type { Receivers } from '#domain/reports/receivers.ts';
import type { ReportOutcome } from '#domain/tracing/receive-job-report.ts';
import type { Clock } from '#lib/clock.ts';
import { isUuid } from '#lib/uuid.ts';
import { UnreadableReportError, decodeBody, parseAgentBody } from '#webhook/agent-body.ts';
import type { WebhookAnswer } from '#webhook/webhook-answer.ts';
import { parseAgentEvent } from './parse-agent-event.ts';
import type { ParsedEvent } from './parse-agent-event.ts';
import { clockOffset, isFresh, isSignedWith } from './verify-signature.ts';

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
      return refuse(
        { reason: 'UNREADABLE', detail },
        { status: 400, body: { message: detail }, refusal: 'UNREADABLE' },
      );
    }
    const offset = clockOffset(timestamp, clock.now());
    const secret = await secrets.read(named);
    const isSigned = isSignedWith(secret ?? nobodys, { id, timestamp, signature }, bytes) && secret !== null;
    if (!isFresh(offset)) {
      // Told to anybody: what time it is with us is no secret, and an agent that cannot know it could never speak again.
      const serverTime = Math.floor(clock.now().getTime() / 1000);
      const body = { message: 'webhook-timestamp is more than five minutes off', serverTime };
      return isSigned
        ? refuse(
            { reason: 'CLOCK_OFF', detail: describeOffset(offset) },
            { status: 401, body, refusal: 'CLOCK_OFF' },
            named,
          )
        : refuse(
            {
              reason: 'SIGNATURE_REFUSED',
              detail: 'it is neither of this time nor signed with the secret of a client',
            },
            { status: 401, body, refusal: 'WRONG_SIGNATURE' },
          );
    }
    if (!isSigned) {
      return refuse(
        { reason: 'SIGNATURE_REFUSED', detail: 'it is not signed with the secret of a client' },
        { status: 401, body: { message: 'not believed' }, refusal: 'WRONG_SIGNATURE' },
      );
    }
    try {
      const event = parseAgentEvent(parseAgentBody(bytes));
      const outcome = await receive({
        clientId: named,
        eventId: id,
        clockOffsetSeconds: offset,
        job: event.about === 'job' ? { id: event.report.jobId, number: event.number } : null,
        apply: (receivers) => applyEvent(event, named, sender, receivers),
      });
      return { status: 200, body: { outcome } };
    } catch (error) {
      if (!(error instanceof UnreadableReportError)) throw error;
      return refuse(
        { reason: 'UNREADABLE', detail: error.message },
        { status: 400, body: { message: error.message }, refusal: 'UNREADABLE' },
        named,
      );
    }
  };
}

function describeOffset(seconds: number | null): string {
  if (seconds === null) return 'it was signed at what is no time';
  const where = seconds > 0 ? `${seconds} s ahead of` : `${-seconds} s behind`;
  return `it was signed ${where} our time: its clock is wrong, or it is said once more`;
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
