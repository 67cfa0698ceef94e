import type { Clock } from '#lib/clock.ts';
import type { DeadLetterReason } from '#prisma/generated/client/enums.ts';

export interface LetterQuota {
  /** Whether a letter of this sender may still be written down; one that may not is counted. */
  take: (sender: string, reason: DeadLetterReason) => boolean;
  /** How many were only counted since the last time, by reason. */
  drain: () => Map<DeadLetterReason, number>;
}

const MINUTE_MS = 60_000;
/** As many senders as are told apart within a minute; further ones share one quota. */
const MAX_SENDERS = 2000;
const EVERYBODY_ELSE = '*';

/** Bounds what one sender can have us write. */
export function createLetterQuota(perMinute: number, clock: Clock): LetterQuota {
  let minute = -1;
  const taken = new Map<string, number>();
  let uncounted = new Map<DeadLetterReason, number>();
  return {
    take(sender, reason) {
      const current = Math.floor(clock.now().getTime() / MINUTE_MS);
      if (current !== minute) taken.clear();
      minute = current;
      const name = taken.has(sender) || taken.size < MAX_SENDERS ? sender : EVERYBODY_ELSE;
      const number = (taken.get(name) ?? 0) + 1;
      taken.set(name, number);
      if (number <= perMinute) return true;
      uncounted.set(reason, (uncounted.get(reason) ?? 0) + 1);
      return false;
    },
    drain() {
      const drained = uncounted;
      uncounted = new Map();
      return drained;
    },
  };
}
