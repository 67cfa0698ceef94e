import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** What the peer can say to one subscription. */
export interface Line {
  /** Yields under `traceUpdated`, as an event with this cursor unless more is said. */
  next: (cursor: string, payload?: Record<string, unknown>) => void;
  answer: (result: unknown) => void;
  refuse: (errors: unknown) => void;
  complete: () => void;
  close: (code: number, reason?: string) => void;
}

/** Speaks `graphql-transport-ws` by the word, for what no honest server says on demand. */
export interface ScriptedPeer {
  url: string;
  /** What each subscription was to begin after. */
  afters: string[];
  /** How many subscriptions it was told to stop. */
  stopped: () => number;
  /** The greetings of each connection. */
  greetings: unknown[];
  stop: () => void;
}

/** @param script is told which subscription it is, counted from 0. */
export async function startScriptedPeer(
  script: (subscription: number, line: Line, after: string) => void,
): Promise<ScriptedPeer> {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
  await once(sockets, 'listening');
  const afters: string[] = [];
  const greetings: unknown[] = [];
  let stopped = 0;
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const { type, id, payload } = JSON.parse(data.toString()) as {
        type: string;
        id: string;
        payload: { variables: { after: string } };
      };
      const say = (message: object) => socket.send(JSON.stringify(message));
      if (type === 'connection_init') {
        greetings.push(payload);
        say({ type: 'connection_ack' });
      }
      if (type === 'complete') stopped += 1;
      if (type !== 'subscribe') return;
      const { after } = payload.variables;
      afters.push(after);
      const answer = (result: unknown) => say({ type: 'next', id, payload: result });
      script(
        afters.length - 1,
        {
          answer,
          next: (cursor, more = { __typename: 'TraceChange' }) =>
            answer({ data: { traceUpdated: { event: null, trace: null, ...more, cursor } } }),
          refuse: (errors) => say({ type: 'error', id, payload: errors }),
          complete: () => say({ type: 'complete', id }),
          close: (code, reason) => socket.close(code, reason),
        },
        after,
      );
    });
  });
  return {
    url: `http://127.0.0.1:${(sockets.address() as AddressInfo).port}/graphql`,
    afters,
    stopped: () => stopped,
    greetings,
    stop() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}
