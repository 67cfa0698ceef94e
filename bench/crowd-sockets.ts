// The consoles of bench/crowd.ts, in a process of their own: each follows one job, counts, and notes how it was sent away.
import { WebSocket } from 'ws';

interface Order {
  url: string;
  sockets: number;
  /** Filters of the subscriptions, dealt out in turn. */
  filters: readonly object[];
}

/** What of all sockets is told together. */
interface Tally {
  updates: number;
  closings: Record<string, number>;
  retries: number[];
}

const QUERY =
  'subscription ($filter: TraceFilter) { traceUpdated(filter: $filter, mode: LATEST, maxPerSecond: 1) { cursor trace { id status progress } } }';
/** So many at once are greeted; the rest waits for its turn, as people do not all come in the same millisecond. */
const AT_ONCE = 100;

const tally: Tally = { updates: 0, closings: {}, retries: [] };

function open({ url, filters }: Order, index: number): Promise<void> {
  const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
  socket.on('error', () => {});
  socket.on('close', (code, reason) => {
    tally.closings[code] = (tally.closings[code] ?? 0) + 1;
    const [, retryMs] = /retryMs=(\d+)/.exec(String(reason)) ?? [];
    if (retryMs !== undefined) tally.retries.push(Number(retryMs));
  });
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      const start = data.toString('latin1', 0, 60);
      if (start.includes('connection_ack')) {
        const payload = { query: QUERY, variables: { filter: filters[index % filters.length] } };
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }), () => resolve());
      } else if (start.includes('"next"')) tally.updates += 1;
    });
    socket.once('close', () => resolve());
  });
}

process.on('message', (message: Order | 'tally') => {
  if (message === 'tally') return void process.send?.(tally);
  void (async () => {
    for (let from = 0; from < message.sockets; from += AT_ONCE) {
      await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, message.sockets - from) }, (_, index) => open(message, from + index)),
      );
    }
    process.send?.('open');
  })();
});
