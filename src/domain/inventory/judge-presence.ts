import type { Presence } from './ask-client.ts';
import { isOn } from './client-status.ts';
import type { ClientStatus } from './client-status.ts';

/** What is stored of a client that was asked. */
export interface PresenceEvidence {
  status: ClientStatus;
  lastSeenAt: Date | null;
  /** When it was first asked and nobody was there. */
  refusedAt: Date | null;
  /** Whether a job of ours is in hand, or on its way: what that means for the client, whoever looks after jobs decides. */
  hasJob: boolean;
}

export interface PresenceVerdict {
  status: ClientStatus;
  /** When nobody was first there, if nobody is now. */
  refusedAt: Date | null;
}

/**
 * What asking a client says of its state. Nobody there, twice within some time: it is off; once may be a cable. An answer that does not
 * come tells only that it cannot be reached.
 *
 * @param offAfterMs how long after the first refusal another one means that it is off.
 */
export function judgePresence(
  presence: Presence,
  { status, lastSeenAt, refusedAt, hasJob }: PresenceEvidence,
  { askedAt, offAfterMs }: { askedAt: Date; offAfterMs: number },
): PresenceVerdict {
  switch (presence.outcome) {
    case 'answered': {
      const said = presence.status ?? (isOn(status) ? status : 'UNKNOWN');
      return { status: hasJob && said === 'OGLIVE' && status === 'BUSY' ? status : said, refusedAt: null };
    }
    case 'refused': {
      // A word from it since then makes the first refusal void.
      const since = refusedAt !== null && (lastSeenAt === null || lastSeenAt < refusedAt) ? refusedAt : null;
      const isOff = since !== null && askedAt.getTime() - since.getTime() >= offAfterMs;
      return { status: isOff && !hasJob ? 'OFF' : status, refusedAt: since ?? askedAt };
    }
    case 'timed-out':
    case 'failed':
      return { status: status === 'OFF' || hasJob ? status : 'DISCONNECTED', refusedAt: null };
    case 'not-allowed':
      return { status, refusedAt };
  }
}
