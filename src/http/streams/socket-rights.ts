import { isRefusal } from '#domain/access/principal.ts';
import type { Principal, Refusal } from '#domain/access/principal.ts';
import { haveSameRights, watchRights } from './watch-rights.ts';
import type { EndOfRights, RightsWatch } from './watch-rights.ts';

/** What a ping that brings something newer to show is answered with. */
type Renewal =
  | { renewed: true; expiresAt?: string; expiresInMs?: number }
  | { renewed: false; reason: 'ANOTHER_PERSON' | 'BUSY' | 'NOT_CONNECTED' | 'NOT_VALID' | 'RIGHTS_CHANGED' };

/** Who is at the other end of a socket, from its greeting to its end. */
export interface SocketRights {
  /** @throws before the greeting, when nobody asks yet. */
  principal: () => Principal;
  /** @returns what the greeting is answered with; false for somebody who is not let in. */
  greet: (authorization: string | null) => Promise<Record<string, unknown> | false>;
  /** Goes on with something newer of the same person, without losing anything of what runs. */
  renew: (authorization: string) => Promise<Renewal>;
  stop: () => void;
}

export function createSocketRights({
  resolve,
  onEnd,
}: {
  resolve: (authorization: string | null) => Promise<Principal | Refusal>;
  onEnd: (why: EndOfRights) => void;
}): SocketRights {
  let current: Principal | undefined;
  let watch: RightsWatch | undefined;
  let isRenewing = false;
  let isOver = false;

  async function renew(authorization: string, before: Principal): Promise<Renewal> {
    const outcome = await resolve(authorization);
    if (isOver || isRefusal(outcome)) return { renewed: false, reason: 'NOT_VALID' };
    if (outcome.name !== before.name) return { renewed: false, reason: 'ANOTHER_PERSON' };
    // What runs was begun with other rights. The next check, which asks about what was shown before, finds it too and ends the socket.
    if (!haveSameRights(outcome, before)) return { renewed: false, reason: 'RIGHTS_CHANGED' };
    current = outcome;
    watch?.renew(outcome, () => resolve(authorization));
    return { renewed: true, ...describeEnd(outcome) };
  }

  return {
    principal() {
      if (current === undefined) throw new Error('nobody has greeted yet');
      return current;
    },
    async greet(authorization) {
      const outcome = await resolve(authorization);
      if (isOver || isRefusal(outcome)) return false;
      current = outcome;
      watch = watchRights({ principal: outcome, ask: () => resolve(authorization), onEnd });
      return describeEnd(outcome);
    },
    async renew(authorization) {
      if (current === undefined) return { renewed: false, reason: 'NOT_CONNECTED' };
      // One at a time: what is shown is not to be guessed by thousands.
      if (isRenewing) return { renewed: false, reason: 'BUSY' };
      isRenewing = true;
      try {
        return await renew(authorization, current);
      } finally {
        isRenewing = false;
      }
    },
    stop() {
      isOver = true;
      watch?.stop();
    },
  };
}

/** Also as a length: clocks of clients go wrong. */
function describeEnd({ expiresAt }: Principal): { expiresAt?: string; expiresInMs?: number } {
  if (expiresAt === undefined) return {};
  return { expiresAt: expiresAt.toISOString(), expiresInMs: Math.max(0, expiresAt.getTime() - Date.now()) };
}
