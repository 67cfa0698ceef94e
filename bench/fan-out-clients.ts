// The subscribers of bench/fan-out.ts, in a thread of their own: they only count.
import { parentPort } from 'node:worker_threads';
import { WebSocket } from 'ws';

interface Order {
  url: string;
  queries: readonly string[];
  variables: Record<string, unknown>;
  /** Results that each is to get. */
  expected: number;
}

parentPort?.on('message', ({ url, queries, variables, expected }: Order) => {
  let begun = 0;
  let left = queries.length * expected;
  const sockets = queries.map((query) => {
    const socket = new WebSocket(url, 'graphql-transport-ws');
    const send = (message: object): void => socket.send(JSON.stringify(message));
    socket.on('open', () => send({ type: 'connection_init' }));
    socket.on('message', (data: Buffer) => {
      const text = data.toString('latin1', 0, 80);
      if (text.includes('connection_ack')) {
        send({ id: '1', type: 'subscribe', payload: { query, variables } });
        // Answered in order: by then the subscription is there.
        send({ id: '2', type: 'subscribe', payload: { query: '{ __typename }' } });
      } else if (text.includes('"id":"2"') && text.includes('complete')) {
        begun += 1;
        if (begun === queries.length) parentPort?.postMessage('begun');
      } else if (text.includes('"id":"1"')) {
        left -= 1;
        if (left > 0) return;
        for (const one of sockets) one.terminate();
        parentPort?.postMessage('done');
      }
    });
    return socket;
  });
});
