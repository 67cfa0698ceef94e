import { isRefusal, rightsOf } from '#domain/access/principal.ts';
import type { Principal, Refusal } from '#domain/access/principal.ts';
import { hashOf } from '#lib/canonical-json.ts';

/** Why a stream ends before its client wants it to. */
export type EndOfRights = 'expired' | 'not valid any more' | 'rights changed';

export interface RightsWatch {
  /** It has shown something newer, which is to be asked about from now on. */
  renew: (principal: Principal, ask: () => Promise<Principal | Refusal>) => void;
  stop: () => void;
}

interface WatchOptions {
  principal: Principal;
  /** Who it is now, by what it has shown. */
  ask: () => Promise<Principal | Refusal>;
  /** Told once, and nothing after it. */
  onEnd: (why: EndOfRights) => void;
  checkMs?: number;
}

/** How long somebody may go on reading whose rights were taken away. */
const CHECK_MS = 5000;

/**
 * Ends a stream when the rights it began with end: at the second for those that run out, within some seconds for those that are taken away
 * or changed. A principal that has neither an end nor a version is not asked about.
 */
export function watchRights({ principal, ask, onEnd, checkMs = CHECK_MS }: WatchOptions): RightsWatch {
  let current = { principal, ask };
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  function stop(): void {
    isOver = true;
    clearTimeout(timer);
  }
  function end(why: EndOfRights): void {
    stop();
    onEnd(why);
  }
  function schedule(): void {
    clearTimeout(timer);
    const { expiresAt, version } = current.principal;
    if (expiresAt === undefined && version === undefined) return;
    timer = setTimeout(() => void check(), Math.max(0, Math.min(leftMs(current.principal), checkMs)));
    timer.unref();
  }
  async function check(): Promise<void> {
    const checked = current;
    if (leftMs(checked.principal) <= 0) return end('expired');
    // What cannot be asked now is asked again; the end of it is known all the same.
    const outcome = await checked.ask().catch(() => checked.principal);
    if (isOver || checked !== current) return;
    if (isRefusal(outcome)) return end(leftMs(checked.principal) <= 0 ? 'expired' : 'not valid any more');
    if (!haveSameRights(outcome, checked.principal)) return end('rights changed');
    schedule();
  }

  schedule();
  return {
    renew(renewed, askAnew) {
      if (isOver) return;
      current = { principal: renewed, ask: askAnew };
      schedule();
    },
    stop,
  };
}

export function haveSameRights(a: Principal, b: Principal): boolean {
  return hashOf(rightsOf(a)) === hashOf(rightsOf(b));
}

function leftMs({ expiresAt }: Principal): number {
  return expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt.getTime() - Date.now();
}
