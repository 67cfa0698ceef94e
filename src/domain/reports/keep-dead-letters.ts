import type { Principal } from '#domain/access/principal.ts';
import { NotFoundError } from '#domain/errors.ts';
import type { Storage, Transaction } from '#domain/storage.ts';
import type { ReportOutcome } from '#domain/tracing/receive-job-report.ts';
import type { Logger } from '#lib/logger.ts';
import { joinTransaction } from './join-transaction.ts';
import type { Receivers, ReceiversOn } from './receivers.ts';

/** Says what a letter says once more; null where it cannot be read. It is not asked again whether to believe it: somebody has said so. */
export type RedeliverLetter = (
  letter: { route: string; sender: string; body: string },
  receivers: Receivers,
) => Promise<void>;

/**
 * What became of a letter that was said once more. The first three: it was taken in, and is a letter no more. `UNPLACED`: it fits nothing
 * yet. `UNREADABLE`: it makes no sense.
 */
export const REPLAY_OUTCOMES = ['APPLIED', 'REPEATED', 'LATE', 'UNPLACED', 'UNREADABLE'] as const;

export type ReplayOutcome = (typeof REPLAY_OUTCOMES)[number];

export interface KeepDeadLetters {
  /** @throws {NotFoundError} */
  replay: (letter: { id: string; clientId: string | null }, principal: Principal) => Promise<ReplayOutcome>;
  /** @throws {NotFoundError} */
  dismiss: (id: string, principal: Principal) => Promise<void>;
}

const OUTCOMES: Record<ReportOutcome, ReplayOutcome> = {
  applied: 'APPLIED',
  repeat: 'REPEATED',
  late: 'LATE',
  kept: 'UNPLACED',
};

/** Carries an outcome out of the transaction that it undoes. */
class NotTakenError extends Error {
  readonly outcome: ReplayOutcome;

  constructor(outcome: ReplayOutcome) {
    super();
    this.name = 'NotTakenError';
    this.outcome = outcome;
  }
}

/** Lets an administrator have a letter said once more, or throw it away. */
export function createKeepDeadLetters({
  db,
  receiversOn,
  redeliver,
  isUnreadable,
  log,
}: {
  db: Storage;
  receiversOn: ReceiversOn;
  redeliver: RedeliverLetter;
  /** Whether a failure to say it again is the letter's own fault. */
  isUnreadable: (error: unknown) => boolean;
  log: Logger;
}): KeepDeadLetters {
  /** The letter goes in the transaction in which what it says is applied: it is taken in once, or still there. */
  async function take(tx: Transaction, id: string, clientId: string | null): Promise<ReplayOutcome> {
    const letters = await tx.deadLetter.findMany({ where: { id }, select: LETTER });
    const { count } = await tx.deadLetter.deleteMany({ where: { id } });
    const [letter] = letters;
    if (letter === undefined || count === 0) throw new NotFoundError(['input', 'id'], 'DeadLetter');
    let outcome: ReplayOutcome = 'UNPLACED';
    try {
      await redeliver(
        letter,
        watch(receiversOn(joinTransaction(tx)), clientId ?? letter.clientId, (heard) => {
          outcome = heard;
        }),
      );
    } catch (error) {
      if (isUnreadable(error)) throw new NotTakenError('UNREADABLE');
      throw error;
    }
    if (outcome === 'UNPLACED') throw new NotTakenError(outcome);
    return outcome;
  }

  return {
    async replay({ id, clientId }, { name }) {
      if (clientId !== null) {
        const client = await db.client.findUnique({ where: { id: clientId }, select: { id: true } });
        if (client === null) throw new NotFoundError(['input', 'clientId'], 'Client');
      }
      const outcome = await db
        .$transaction((tx) => take(tx, id, clientId))
        .catch((error: unknown) => {
          if (error instanceof NotTakenError) return error.outcome;
          throw error;
        });
      log.warn({ deadLetterId: id, by: name, outcome }, 'a dead letter was said once more');
      return outcome;
    },
    async dismiss(id, { name }) {
      const { count } = await db.deadLetter.deleteMany({ where: { id } });
      if (count === 0) throw new NotFoundError(['input', 'id'], 'DeadLetter');
      log.info({ deadLetterId: id, by: name }, 'a dead letter was dismissed');
    },
  };
}

const LETTER = { route: true, sender: true, body: true, clientId: true } as const;

/** Receivers that tell what became of what they are given, and take it for the client that was named. */
function watch(
  { receiveJobReport, receiveClientReport }: Receivers,
  clientId: string | null,
  tell: (outcome: ReplayOutcome) => void,
): Receivers {
  return {
    async receiveJobReport(report) {
      const client = clientId === null ? report.client : { ...report.client, clientId };
      const outcome = await receiveJobReport({ ...report, client });
      tell(OUTCOMES[outcome]);
      return outcome;
    },
    async receiveClientReport(hints, news) {
      const client = await receiveClientReport(clientId === null ? hints : { ...hints, clientId }, news);
      tell(client === null ? 'UNPLACED' : 'APPLIED');
      return client;
    },
  };
}
