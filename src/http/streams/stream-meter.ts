/** How a client is connected. */
export type StreamTransport = 'websocket' | 'sse';

/** What one connection holds, asked when somebody wants to know. */
export interface MeteredStream {
  transport: StreamTransport;
  /** Bytes that this process keeps for it until its client reads. */
  waitingBytes: () => number;
  subscriptions: () => number;
}

export interface StreamTotals {
  connections: Readonly<Record<StreamTransport, number>>;
  subscriptions: number;
  waitingBytes: number;
  /** Connections that have ended, by code; those of event streams have the code that a socket would have had. */
  closed: ReadonlyMap<string, number>;
}

/** Knows what is open. Nothing is counted while events flow: only when a stream begins, when it ends, and when it is asked. */
export interface StreamMeter {
  /** @returns to be called with the code when it ends. */
  open: (stream: MeteredStream) => (code: number) => void;
  totals: () => StreamTotals;
}

/** Those that mean something here. A client may choose any number, and is not to choose the labels of a counter. */
const KNOWN_CODES: ReadonlySet<number> = new Set([
  1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009, 1011, 1012, 4290, 4400, 4401, 4403, 4406, 4408, 4409, 4429, 4500,
]);

export function createStreamMeter(): StreamMeter {
  const streams = new Set<MeteredStream>();
  const closed = new Map<string, number>();
  return {
    open(stream) {
      streams.add(stream);
      return (code) => {
        if (!streams.delete(stream)) return;
        const label = KNOWN_CODES.has(code) ? String(code) : 'other';
        closed.set(label, (closed.get(label) ?? 0) + 1);
      };
    },
    totals() {
      const connections = { websocket: 0, sse: 0 };
      let subscriptions = 0;
      let waitingBytes = 0;
      for (const stream of streams) {
        connections[stream.transport] += 1;
        subscriptions += stream.subscriptions();
        waitingBytes += stream.waitingBytes();
      }
      return { connections, subscriptions, waitingBytes, closed };
    },
  };
}
