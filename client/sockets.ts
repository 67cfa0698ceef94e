import { createClient } from 'graphql-ws/client';
import type { Client } from 'graphql-ws/client';
import { createRenewal } from './renewal.ts';

export type WebSocketConstructor = new (url: string, protocols?: string | string[]) => object;

export interface SocketOptions {
  url: string;
  webSocket: WebSocketConstructor;
  /** Asked anew for each connection: a token may have been renewed. */
  headers: () => Promise<Record<string, string>>;
  /** What is shown to renew what has been shown with the headers; nothing is renewed without it. */
  authorization: (() => Promise<string>) | undefined;
  /** How long to wait for the server's greeting. */
  openTimeoutMs: number;
  /** A server is asked every so often whether it is still there, and is to answer within as long. */
  keepAliveMs: number;
}

/** One socket, from its opening to its end; it is never opened again. */
export interface Connection {
  subscribe: Client['subscribe'];
  /** Resolves once the server has greeted; never, when it does not. */
  ready: Promise<void>;
}

/** The one socket that all streams of a client share. */
export interface Sockets {
  /** Keeps the socket open. @returns what lets it go; it closes with the last one. */
  hold: () => () => void;
  /** The socket that is open or opens; a new one when there is none. */
  connect: () => Connection;
}

export function createSockets(options: SocketOptions): Sockets {
  let current: (Connection & { close: () => void }) | undefined;
  let holders = 0;
  return {
    hold() {
      holders += 1;
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holders -= 1;
        if (holders > 0) return;
        current?.close();
        current = undefined;
      };
    },
    connect() {
      if (current === undefined) {
        const opened = openConnection(options, () => {
          if (current === opened) current = undefined;
        });
        current = opened;
      }
      return current;
    },
  };
}

function openConnection(
  { url, webSocket, headers, authorization, openTimeoutMs, keepAliveMs }: SocketOptions,
  onGone: () => void,
): Connection & { close: () => void } {
  const ready = Promise.withResolvers<void>();
  let isReady = false;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  const awaitAnswer = (ms: number) => {
    clearTimeout(deadline);
    deadline = setTimeout(() => client.terminate(), ms);
  };
  let socket: Pick<WebSocket, 'send'> | undefined;
  const renewal =
    authorization &&
    createRenewal({ authorization, send: (payload) => socket?.send(JSON.stringify({ type: 'ping', payload })) });
  const gone = () => {
    renewal?.stop();
    clearTimeout(deadline);
    onGone();
  };
  const dispose = () => void Promise.resolve(client.dispose()).catch(() => {});
  // When and how often to connect is decided by each stream, which knows where to go on from; so this one never tries again.
  const client = createClient({
    url,
    webSocketImpl: webSocket,
    connectionParams: headers,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => {},
    keepAlive: keepAliveMs,
    on: {
      connecting: () => awaitAnswer(openTimeoutMs),
      connected: (opened, answer) => {
        socket = opened as WebSocket;
        renewal?.expect(answer);
        clearTimeout(deadline);
        isReady = true;
        ready.resolve();
      },
      ping: (isReceived) => {
        if (!isReceived) awaitAnswer(keepAliveMs);
      },
      pong: (isReceived, payload) => {
        if (!isReceived) return;
        clearTimeout(deadline);
        renewal?.answered(payload);
      },
      error: gone,
      closed: (event) => {
        gone();
        // After a normal end it would connect by itself, for as long as there are subscriptions.
        if ((event as { code?: number }).code === 1000) dispose();
      },
    },
  });
  return {
    subscribe: (payload, sink) => client.subscribe(payload, sink),
    ready: ready.promise,
    close: () => (isReady ? dispose() : client.terminate()),
  };
}
