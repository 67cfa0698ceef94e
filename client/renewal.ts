/** Shows a server something newer before what it knows has ended: its streams go on as if nothing had been. */
export interface Renewal {
  /** The server has said how long it is good for what it was shown; without an end, nothing has to be done. */
  expect: (answer: unknown) => void;
  /** The answer to a ping, if it is one about this. */
  answered: (payload: unknown) => void;
  stop: () => void;
}

/** This long before the end, or a quarter of the whole where that is less. */
const AHEAD_MS = 60_000;
/** One that did not come through is tried again so soon, or after a quarter of what is left. */
const AGAIN_MS = 1000;
/** Longer than this no timer waits. */
const LONGEST_MS = 2 ** 31 - 1;

export function createRenewal({
  authorization,
  send,
}: {
  authorization: () => Promise<string>;
  /** Sends a ping with this. */
  send: (payload: { authorization: string }) => void;
}): Renewal {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let endsAt = 0;
  let isOver = false;

  function renewIn(ms: number): void {
    clearTimeout(timer);
    if (!isOver) timer = setTimeout(() => void renew(), Math.min(ms, LONGEST_MS));
  }
  const tryAgain = (): void => renewIn(Math.max(AGAIN_MS, (endsAt - performance.now()) / 4));
  async function renew(): Promise<void> {
    // Until it is answered: where it never is, it is sent again.
    tryAgain();
    const shown = await authorization().catch(() => undefined);
    if (!isOver && shown !== undefined) send({ authorization: shown });
  }
  function expect(answer: unknown): void {
    const leftMs = (answer as { expiresInMs?: unknown } | undefined)?.expiresInMs;
    clearTimeout(timer);
    if (typeof leftMs !== 'number') return;
    endsAt = performance.now() + leftMs;
    renewIn(leftMs - Math.min(AHEAD_MS, leftMs / 4));
  }

  return {
    expect,
    answered(payload) {
      // Refused: it is tried again, until the server closes.
      if ((payload as { renewed?: unknown } | undefined)?.renewed === true) expect(payload);
    },
    stop() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
