import { lockClient } from '#domain/inventory/set-client-status.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { ReportOutcome } from '#domain/tracing/receive-job-report.ts';
import type { Clock } from '#lib/clock.ts';
import { joinTransaction } from './join-transaction.ts';
import type { Receivers, ReceiversOn } from './receivers.ts';

/** An event that its client has signed. */
export interface AgentEvent {
  clientId: string;
  /** The sender's own id for it, the same when it is sent again. */
  eventId: string;
  /** The job it is about and its place among that job's events; null for what is about the machine. */
  job: { id: string; number: number } | null;
  /** By how much the clock that it was signed by is ahead of ours. */
  clockOffsetSeconds: number;
  apply: (receivers: Receivers) => Promise<ReportOutcome>;
}

export type ReceiveAgentEvent = (event: AgentEvent) => Promise<ReportOutcome>;

/**
 * Takes in a signed event once. Its id, its number and all that it does are stored in one transaction, with the client's row locked: of
 * copies that come together one is applied, and after a failure of ours the same event may be sent again.
 */
export function createReceiveAgentEvent({
  db,
  clock,
  receiversOn,
}: {
  db: Storage;
  clock: Clock;
  receiversOn: ReceiversOn;
}): ReceiveAgentEvent {
  return ({ clientId, eventId, job, clockOffsetSeconds, apply }) =>
    db.$transaction(async (tx) => {
      await lockClient(tx, clientId);
      const known = await tx.agentDelivery.findUnique({
        where: { clientId_eventId: { clientId, eventId } },
        select: { eventId: true },
      });
      // Also where somebody else says it once more: what a clock shows is taken from what is new alone.
      if (known !== null) return 'repeat';
      await noteClock(tx, clientId, clockOffsetSeconds);
      const isOlder =
        job !== null &&
        (await tx.agentDelivery.findFirst({
          where: { clientId, jobId: job.id, number: { gte: job.number } },
          select: { eventId: true },
        })) !== null;
      // Before the event itself, which ends with what must come last in a transaction.
      await tx.agentDelivery.create({
        data: {
          clientId,
          eventId,
          jobId: job?.id ?? null,
          number: isOlder ? null : (job?.number ?? null),
          receivedAt: clock.now(),
        },
      });
      return isOlder ? 'late' : apply(receiversOn(joinTransaction(tx)));
    });
}

/** A second more or less is the way here, and not worth a write with every event. */
const CLOCK_NOISE_SECONDS = 2;

async function noteClock(tx: Transaction, clientId: string, seconds: number): Promise<void> {
  const near = { gte: seconds - CLOCK_NOISE_SECONDS, lte: seconds + CLOCK_NOISE_SECONDS };
  await tx.agentSecret.updateMany({
    where: { clientId, OR: [{ clockOffsetSeconds: null }, { NOT: { clockOffsetSeconds: near } }] },
    data: { clockOffsetSeconds: seconds },
  });
}

/** How long an id is remembered: an honest sender gives up long before, and an old signature is not accepted anyway. */
const REMEMBERED_MS = 30 * 86_400_000;

/** Forgets events of long ago. */
export async function forgetDeliveries(db: Storage, now: Date): Promise<void> {
  await db.agentDelivery.deleteMany({ where: { receivedAt: { lt: new Date(now.getTime() - REMEMBERED_MS) } } });
}
