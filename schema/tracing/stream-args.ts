import type { ArgBuilder, ArgumentRef } from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { LoggedEvent } from '#domain/tracing/event.ts';
import { builder } from '#schema/builder.ts';

const StreamModeEnum = builder.enumType('StreamMode', {
  description: 'How much of what happens a stream tells.',
  values: {
    EVERY: { description: 'Every event, in order: for what is read line by line.' },
    LATEST: {
      description:
        'Of each thing – trace, client, operation, session, room – only the newest event, at most `maxPerSecond` times a second: for percent and states on a screen. How each thing ended is always told.',
    },
  },
});

/** More than a screen can show. */
const MAX_RATE = 50;
const USUAL_RATE = 4;

interface StreamArgs {
  mode: 'EVERY' | 'LATEST';
  maxPerSecond?: number | null | undefined;
}

type Types = (typeof builder)['$inferSchemaTypes'];

interface StreamArgRefs {
  after: ArgumentRef<Types, string | null | undefined>;
  mode: ArgumentRef<Types, StreamArgs['mode']>;
  maxPerSecond: ArgumentRef<Types, number | null | undefined>;
}

/** The arguments that every stream has. */
export function streamArgs(arg: ArgBuilder<Types>, usual: StreamArgs['mode'] = 'EVERY'): StreamArgRefs {
  return {
    after: arg.string({
      description:
        'Replay everything after this cursor first, then go on live: no gap and no repeat. From now when left out. A `Last-Event-ID` header is stronger.',
    }),
    mode: arg({
      type: StreamModeEnum,
      required: true,
      defaultValue: usual,
      description: 'Every event, or only the newest of each thing.',
    }),
    maxPerSecond: arg.int({
      description: `With \`LATEST\`: how many times a second at most what has changed is told, 1 to ${MAX_RATE}; ${USUAL_RATE} when left out.`,
    }),
  };
}

interface Latest {
  keyOf: (event: LoggedEvent) => string;
  maxPerSecond: number;
}

/** @throws {GraphQLError} INVALID_ARGUMENT for a rate that is none, and for one of a stream that tells everything. */
export function readMode(
  { mode, maxPerSecond }: StreamArgs,
  keyOf: (event: LoggedEvent) => string,
): Latest | undefined {
  const rate = maxPerSecond ?? undefined;
  if (rate !== undefined && (mode === 'EVERY' || rate < 1 || rate > MAX_RATE)) {
    throw new GraphQLError(`maxPerSecond must be 1 to ${MAX_RATE}, and belongs to mode LATEST.`, {
      extensions: { code: 'INVALID_ARGUMENT' },
    });
  }
  return mode === 'EVERY' ? undefined : { keyOf, maxPerSecond: rate ?? USUAL_RATE };
}
