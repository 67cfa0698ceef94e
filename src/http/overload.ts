import { monitorEventLoopDelay } from 'node:perf_hooks';
import { GraphQLError } from 'graphql';

/** Tells whether the process has more to do than it gets done. */
export interface OverloadGauge {
  isOverloaded: () => boolean;
  stop: () => void;
}

/** When one who was turned away may ask again. */
export const OVERLOAD_RETRY_SECONDS = 5;

const LOOK_EVERY_MS = 1000;
/** How many looks in a row have to find it late: one costly answer is over by then, and is no overload. */
const LATE_LOOKS = 3;
const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

/**
 * Watches how late timers of this process come. It is overloaded while they were, on average and for several looks in a row, later than allowed:
 * then every answer takes at least as long, and the sooner the next caller is told, the sooner it gets better.
 */
export function watchEventLoop(maxDelayMs: number): OverloadGauge {
  if (maxDelayMs === 0) return { isOverloaded: () => false, stop: () => {} };
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let lateLooks = 0;
  const timer = setInterval(() => {
    // Without any sample the process did not get round to a single timer of the gauge's own.
    const isLate = delay.count === 0 || delay.mean / NANOSECONDS_PER_MS > maxDelayMs;
    lateLooks = isLate ? lateLooks + 1 : 0;
    delay.reset();
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    isOverloaded: () => lateLooks >= LATE_LOOKS,
    stop: () => {
      clearInterval(timer);
      delay.disable();
    },
  };
}

/** What one is told who was turned away. */
export function overloaded(): GraphQLError {
  return new GraphQLError(`The server has more to do than it gets done: try again in ${OVERLOAD_RETRY_SECONDS} s.`, {
    extensions: { code: 'OVERLOADED', retryAfterSeconds: OVERLOAD_RETRY_SECONDS },
  });
}
