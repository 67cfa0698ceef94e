import type { ServerResponse } from 'node:http';
import { createTokenBuckets } from '#lib/token-buckets.ts';
import type { OverLimit } from './over-limit.ts';
import { sendJson } from './send-json.ts';
import { networkOf } from './sender-of.ts';

/** Bounds what addresses may say that is of no use to anybody. */
export interface Strangers {
  /** Answers one who has said too much of no use. @returns whether that was all there was to answer. */
  turnAway(sender: string, response: ServerResponse): boolean;
  /** Takes note that a report has come to nothing. */
  wasOfNoUse(sender: string): void;
}

/** Only what comes to nothing is counted, so an agent that is believed is listened to however much it says. */
export function createStrangers(perMinute: number, onOverLimit: (limit: OverLimit) => void): Strangers {
  const buckets = createTokenBuckets({ perMinute });
  return {
    turnAway(sender, response) {
      const seconds = buckets.wait(networkOf(sender));
      if (seconds === 0) return false;
      onOverLimit('reports');
      const headers = { 'retry-after': String(seconds), connection: 'close' };
      sendJson(response, 429, { message: 'too many reports that are of no use' }, headers);
      return true;
    },
    wasOfNoUse(sender) {
      buckets.take(networkOf(sender));
    },
  };
}
