import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A line to a server that can be cut, go dead, and lead elsewhere. */
export interface TcpProxy {
  /** The same path, on the proxy. */
  url: string;
  /** How many connections there have been. */
  connections: () => number;
  /** How many there are. */
  open: () => number;
  /** Each connection from now on is cut once so many bytes have come from the server, be it in the middle of a message. */
  cutAfter: (chooseBytes: () => number) => void;
  /** Cuts all at once. */
  cut: () => void;
  /** Nothing gets through the connections that are open any more, and nobody is told. */
  freeze: () => void;
  /** Where further connections lead; null refuses them. */
  leadTo: (url: string | null) => void;
  stop: () => void;
}

export async function startTcpProxy(url: string): Promise<TcpProxy> {
  let target: string | null = url;
  let chooseBytes = () => Number.POSITIVE_INFINITY;
  let connections = 0;
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    connections += 1;
    if (target === null) return void near.resetAndDestroy();
    const { hostname, port } = new URL(target);
    const far = connect(Number(port), hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    let left = chooseBytes();
    const end = () => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => {
      near.write(bytes.subarray(0, Math.max(0, left)));
      left -= bytes.length;
      // What was written before is to arrive: the cut is in the middle of the stream, not before it.
      if (left <= 0) near.end(end);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = new URL(url);
  own.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    url: own.href,
    connections: () => connections,
    open: () => pairs.size,
    cutAfter(choose) {
      chooseBytes = choose;
    },
    cut,
    freeze() {
      for (const pair of pairs) for (const socket of pair) socket.removeAllListeners('data').pause();
    },
    leadTo(other) {
      target = other;
    },
    stop() {
      cut();
      server.close();
    },
  };
}
