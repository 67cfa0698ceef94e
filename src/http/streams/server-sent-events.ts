import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';
import type { Authenticate } from '#http/authenticate.ts';
import type { Context } from '#schema/context.ts';
import { FORBIDDEN, RESTARTING, TOO_SLOW } from './close-codes.ts';
import type { ConnectionCounter } from './connection-counter.ts';
import { restartDelayMs } from './limits.ts';
import type { StreamLimits } from './limits.ts';
import { runningOf } from './share-subscriptions.ts';
import type { RunningSubscription } from './share-subscriptions.ts';
import type { StreamMeter } from './stream-meter.ts';
import { textOf } from './text-of.ts';
import { watchRights } from './watch-rights.ts';
import type { EndOfRights, RightsWatch } from './watch-rights.ts';

export interface ServerSentEvents {
  plugin: Plugin<Context>;
  /** Ends every stream, with the wish to come back after a while that is another one for each. */
  restart(): void;
}

interface Options {
  limits: StreamLimits;
  connections: ConnectionCounter;
  authenticate: Authenticate;
  meter: StreamMeter;
}

/** How long a browser waits before it comes back by itself. */
const RETRY_MS = 1000;
const PING_MS = 12_000;
const GONE = 1006;

/**
 * Subscriptions as server-sent events that a browser's `EventSource` resumes by itself: each event's `id` is the cursor to go on from, and
 * `Last-Event-ID` is stronger than the document's `after`. Also what is no event moves the id on, so that one who heard nothing for a week
 * does not come back with a cursor of last week.
 *
 * A result is asked for when the one before it has left, so nothing piles up for a client that does not read; one that reads nothing at
 * all is cut off.
 */
export function createServerSentEvents({ limits, connections, authenticate, meter }: Options): ServerSentEvents {
  const restarts = new Set<() => void>();

  function open(results: AsyncIterator<ExecutionResult>, running: RunningSubscription, response: ServerResponse) {
    const { principal } = running;
    const cursor = (): string => running.subscriber.cursor();
    const encoder = new TextEncoder();
    let lastReadAt = performance.now();
    let isOver = false;
    /** The code that a socket would have been closed with. */
    let endedBy = GONE;
    let ping: NodeJS.Timeout | undefined;
    let controller: ReadableStreamDefaultController<Uint8Array>;
    let rights: RightsWatch | undefined;
    let lastSize = 0;

    function send(text: string): void {
      const bytes = encoder.encode(text);
      lastSize = bytes.length;
      controller.enqueue(bytes);
    }
    function end(): void {
      if (isOver) return;
      isOver = true;
      clearInterval(ping);
      rights?.stop();
      restarts.delete(restart);
      response.off('close', end);
      void results.return?.();
    }
    function close(code: number, farewell: string): void {
      if (isOver) return;
      endedBy = code;
      end();
      send(farewell);
      controller.close();
    }
    function restart(): void {
      close(RESTARTING, `retry: ${Math.ceil(restartDelayMs())}\n\n`);
    }
    function forbid(why: EndOfRights): void {
      const error = { message: `The stream ends: ${why}.`, extensions: { code: 'UNAUTHENTICATED', after: cursor() } };
      close(FORBIDDEN, `event: next\nid: ${cursor()}\ndata: ${JSON.stringify({ errors: [error] })}\n\n`);
    }
    function beat(): void {
      if ((controller.desiredSize ?? 0) > 0 && !response.writableNeedDrain) {
        lastReadAt = performance.now();
        send(`id: ${cursor()}\n: still here\n\n`);
      } else if (performance.now() - lastReadAt > limits.stallMs) {
        endedBy = TOO_SLOW;
        end();
        response.destroy();
      }
    }

    return {
      start(given: ReadableStreamDefaultController<Uint8Array>) {
        controller = given;
        // Gone while its request was being read, perhaps.
        if (response.destroyed) return end();
        // Not left to the stream's own end: a client that goes while something waits to be sent is not told of there.
        response.once('close', end);
        const closed = meter.open({
          transport: 'sse',
          waitingBytes: () => response.writableLength + ((controller.desiredSize ?? 1) > 0 ? 0 : lastSize),
          subscriptions: () => 1,
        });
        response.once('close', () => closed(endedBy));
        restarts.add(restart);
        rights = watchRights({ principal, ask: () => authenticate(response.req), onEnd: forbid });
        ping = setInterval(beat, Math.min(PING_MS, limits.stallMs / 2));
        ping.unref();
        send(`retry: ${RETRY_MS}\nid: ${cursor()}\n\n`);
      },
      async pull() {
        try {
          const next = await results.next();
          if (isOver) return;
          lastReadAt = performance.now();
          if (next.done === true) close(1000, 'event: complete\ndata:\n\n');
          else send(`event: next\nid: ${cursor()}\ndata: ${textOf(next.value)}\n\n`);
        } catch (error) {
          // Not completed: who comes back by itself goes on from where it was.
          close(1011, `event: next\ndata: ${JSON.stringify({ errors: [error] })}\n\n`);
        }
      },
      cancel: end,
    };
  }

  return {
    plugin: {
      onResultProcess(processing) {
        const { request, result, serverContext } = processing;
        const running = runningOf(request);
        if (running === undefined || !isAsyncIterable(result)) return;
        const { req, res } = serverContext as unknown as { req: IncomingMessage; res: ServerResponse };
        const results = (result as AsyncIterable<ExecutionResult>)[Symbol.asyncIterator]();
        const giveBack = connections.open(req);
        if (giveBack === null) {
          void results.return?.();
          const headers = { 'retry-after': '5' };
          processing.setResultProcessor(
            (_result, fetchAPI) => new fetchAPI.Response(null, { status: 429, headers }),
            '*/*',
          );
          return;
        }
        res.once('close', giveBack);
        processing.setResultProcessor(
          (_result, fetchAPI) =>
            new fetchAPI.Response(new fetchAPI.ReadableStream(open(results, running, res)), {
              headers: {
                'content-type': 'text/event-stream',
                'cache-control': 'no-cache, no-transform',
                // Proxies that gather an answer before they pass it on would keep it for ever.
                'x-accel-buffering': 'no',
              },
            }),
          'text/event-stream',
        );
      },
    },
    restart() {
      for (const end of restarts) end();
    },
  };
}
