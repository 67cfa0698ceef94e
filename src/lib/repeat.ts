import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs something now and again and again, `pauseMs` after its last end, so that it never overlaps itself. A failure is told and does not
 * end it.
 *
 * @returns a function that stops it and waits for the run in hand.
 */
export function repeat(
  run: (stopping: AbortSignal) => Promise<void>,
  pauseMs: number,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await run(stopping.signal);
      } catch (error) {
        onError(error);
      }
      await delay(pauseMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  })();
  return async () => {
    stopping.abort();
    await running;
  };
}
