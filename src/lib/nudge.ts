/** Something that is run when there is reason to, and by itself now and then. */
export interface Nudge {
  /** Has it run soon: once for many nudges, and once more for one that comes while it runs. */
  (): void;
  /** Runs nothing any more, and waits for the run in hand. */
  stop(): Promise<void>;
}

/** Never runs twice at once. A failure is told and does not end it. */
export function createNudge(run: () => Promise<void>, onError: (error: unknown) => void): Nudge {
  const stopping = new AbortController();
  let isWanted = false;
  let running: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (isWanted && !stopping.signal.aborted) {
      isWanted = false;
      try {
        await run();
      } catch (error) {
        onError(error);
      }
    }
    running = null;
  }

  const nudge = (): void => {
    isWanted = true;
    if (!stopping.signal.aborted) running ??= work();
  };
  return Object.assign(nudge, {
    async stop() {
      stopping.abort();
      await running;
    },
  });
}
