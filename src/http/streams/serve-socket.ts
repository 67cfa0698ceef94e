import type { IncomingMessage } from 'node:http';
import type { Server } from 'graphql-ws';
import { CloseCode, MessageType } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Authenticate } from '#http/authenticate.ts';
import type { Logger } from '#lib/logger.ts';
import { FORBIDDEN, RESTARTING, TOO_SLOW } from './close-codes.ts';
import { restartDelayMs } from './limits.ts';
import type { StreamLimits } from './limits.ts';
import { createSocketRights } from './socket-rights.ts';
import type { SocketRights } from './socket-rights.ts';
import type { StreamMeter } from './stream-meter.ts';
import type { Subscriber } from './subscriber.ts';

/** What the handlers of a socket's operations know of it. */
export interface SocketState {
  request: IncomingMessage;
  rights: SocketRights;
  /** Its running subscriptions by the id of their operation. */
  subscribers: Map<string, Subscriber>;
}

export interface ServedSocket {
  /** Asks the client to come back after a while, with the cursor to come back with. */
  restart(): void;
  terminate(): void;
}

interface ServeOptions {
  limits: StreamLimits;
  authenticate: Authenticate;
  meter: StreamMeter;
  log: Logger;
}

const PING_MS = 12_000;
/** How long a client that was told to go may take to say that it goes. */
const FAREWELL_MS = 3000;

/**
 * Carries one client's `graphql-transport-ws` over its socket, within limits: what waits for a client that does not read is bounded in
 * bytes and in time, and one that answers no ping is gone.
 *
 * A subscription is asked for its next result when the one before it has left, so there is never more than one of each here.
 */
export function serveSocket(
  server: Server<SocketState>,
  socket: WebSocket,
  request: IncomingMessage,
  { limits, authenticate, meter, log }: ServeOptions,
): ServedSocket {
  const rights = createSocketRights({
    resolve: (authorization) => authenticate(request, authorization),
    onEnd: (why) => dismiss(FORBIDDEN, why),
  });
  const state: SocketState = { request, rights, subscribers: new Map() };
  let unsent = 0;
  let lastSentAt = performance.now();
  let isAlive = true;
  let isFinished = false;
  let endedBy: number | undefined;
  const closed = meter.open({
    transport: 'websocket',
    waitingBytes: () => socket.bufferedAmount,
    subscriptions: () => state.subscribers.size,
  });

  function send(data: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (socket.readyState !== socket.OPEN) return resolve();
      if (unsent === 0) lastSentAt = performance.now();
      unsent += 1;
      socket.send(data, (error) => {
        unsent -= 1;
        lastSentAt = performance.now();
        if (error) reject(error);
        else resolve();
      });
      if (socket.bufferedAmount > limits.bufferBytes) dismiss(TOO_SLOW, 'too slow');
    });
  }

  const finish = server.opened(
    {
      protocol: socket.protocol,
      send,
      close: (code, reason) => socket.close(code, reason),
      onPing: async (payload) => send(JSON.stringify({ type: MessageType.Pong, payload: await answerPing(payload) })),
      onMessage(handle) {
        socket.on('message', (data: Buffer) => {
          handle(data.toString()).catch((error: unknown) => {
            // Gone while it was being answered: nobody is left to tell.
            if (socket.readyState !== socket.OPEN) return;
            log.error({ err: error }, 'a message on a socket could not be handled');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
        });
      },
    },
    state,
  );

  /** One that brings something newer to show is told what came of it, and not what it brought. */
  async function answerPing(payload: Readonly<Record<string, unknown>> | undefined): Promise<object | undefined> {
    const authorization = payload?.['authorization'];
    return typeof authorization === 'string' ? rights.renew(authorization) : payload;
  }

  /** Ends its subscriptions at once: what they would still send is for nobody. */
  function end(code: number, reason: string): void {
    if (isFinished) return;
    isFinished = true;
    endedBy = code;
    clearInterval(checking);
    rights.stop();
    finish(code, reason).catch((error: unknown) => {
      log.warn({ err: error }, 'a subscription did not end cleanly');
    });
  }

  function dismiss(code: number, words: string): void {
    if (isFinished) return;
    const cursor = oldestCursor(state.subscribers.values());
    const reason = cursor === null ? words : `${words} after=${cursor}`;
    socket.close(code, reason);
    end(code, reason);
    setTimeout(() => socket.terminate(), FAREWELL_MS).unref();
  }

  let checkedAt = performance.now();
  const checking = setInterval(
    () => {
      if (unsent > 0 && performance.now() - lastSentAt > limits.stallMs) return dismiss(TOO_SLOW, 'too slow');
      if (performance.now() - checkedAt < PING_MS) return;
      checkedAt = performance.now();
      // What is sent behind much else is answered late: that is for the rule above.
      if (!isAlive && unsent === 0) return socket.terminate();
      isAlive = false;
      socket.ping();
    },
    Math.min(PING_MS, limits.stallMs / 2),
  );
  checking.unref();

  socket.on('pong', () => {
    isAlive = true;
  });
  socket.on('error', (error) => {
    log.debug({ err: error }, 'a socket failed');
    // The library has closed it already where it could: a message too large, a frame that is none.
    if (socket.readyState === socket.OPEN) socket.terminate();
  });
  socket.once('close', (code, reason) => {
    end(code, String(reason));
    closed(endedBy ?? code);
  });

  return {
    restart: () => dismiss(RESTARTING, `restarting retryMs=${Math.ceil(restartDelayMs())}`),
    terminate: () => socket.terminate(),
  };
}

/** By which none of the subscriptions misses anything; those that were ahead of it are told some things again. */
function oldestCursor(subscribers: Iterable<Subscriber>): string | null {
  const oldest = [...subscribers].toSorted((a, b) => (a.position() < b.position() ? -1 : 1))[0];
  return oldest?.cursor() ?? null;
}
