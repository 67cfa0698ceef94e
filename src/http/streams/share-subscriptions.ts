import { createSourceEventStream, executeSubscriptionEvent, validateSubscriptionArgs } from 'graphql';
import type { ExecutionArgs, ExecutionResult, ValidatedSubscriptionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Principal } from '#domain/access/principal.ts';
import { formatCursor } from '#domain/tracing/cursor.ts';
import type { Context } from '#schema/context.ts';
import { seqOf } from '#schema/tracing/stream.ts';
import type { StreamItem, UpdateStream } from '#schema/tracing/stream.ts';
import type { SharedChannel } from './shared-channel.ts';
import { createSubscriber } from './subscriber.ts';
import type { Subscriber } from './subscriber.ts';
import { keyOf } from './subscription-key.ts';

/** A running subscription, and who has asked for it. */
export interface RunningSubscription {
  subscriber: Subscriber;
  principal: Principal;
}

const running = new WeakMap<object, RunningSubscription>();

/** The running subscription of a request, or of the context of an operation on a socket. */
export function runningOf(request: object): RunningSubscription | undefined {
  return running.get(request);
}

/**
 * Executes subscriptions: those with the same document, variables and rights once for all of them. Each replays for itself what came since
 * its own cursor, then reads the results that all share.
 */
export function createSubscriptionSharing(): Plugin<Context> {
  const channels = new Map<string, SharedChannel>();
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) => subscribe(args, channels));
    },
  };
}

async function subscribe(
  args: ExecutionArgs,
  channels: Map<string, SharedChannel>,
): Promise<Subscriber | ExecutionResult> {
  const validated = validateSubscriptionArgs(args);
  if (!('schema' in validated)) return { errors: validated };
  const context = args.contextValue as Context & { request?: Request };
  const source = await createSourceEventStream(validated);
  if (!isUpdateStream(source)) return source as ExecutionResult;
  const subscriber = createSubscriber({
    source,
    openAfter: (seq) => openAfter(validated, context, seq),
    execute: (item) => execute(validated, context, item),
    channels,
    key: keyOf(args, context),
    toCursor: (seq) => formatCursor({ epoch: context.services.epoch, seq }),
  });
  running.set(context.request ?? context, { subscriber, principal: context.principal });
  return subscriber;
}

/** @throws what the source says is wrong; it was sound when the subscription began. */
async function openAfter(validated: ValidatedSubscriptionArgs, context: Context, seq: bigint): Promise<UpdateStream> {
  const resumeAfter = formatCursor({ epoch: context.services.epoch, seq });
  const source = await createSourceEventStream({ ...validated, contextValue: { ...context, resumeAfter } });
  if (isUpdateStream(source)) return source;
  throw (source as ExecutionResult).errors?.[0] ?? new Error('the subscription has no source');
}

/** Each event with a context of its own: what a request reads once must not be kept for as long as a subscription runs. */
async function execute(
  validated: ValidatedSubscriptionArgs,
  context: Context,
  item: StreamItem,
): Promise<ExecutionResult> {
  return executeSubscriptionEvent({
    ...validated,
    rootValue: item,
    contextValue: { ...context, asOf: seqOf(item) } satisfies Context,
  });
}

function isUpdateStream(source: object): source is UpdateStream {
  return 'nextNow' in source && 'position' in source;
}
