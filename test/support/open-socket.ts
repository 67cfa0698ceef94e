import { WebSocket } from 'ws';
import { seqAt } from './event-log.ts';

export interface Closing {
  code: number;
  reason: string;
}

/** A socket by hand: it can be cut, made to read nothing, and to say what no client says. */
export interface RawSocket {
  socket: WebSocket;
  closed: Promise<Closing>;
  /** What operations were refused with, by their ids. */
  errors: Readonly<Record<string, unknown>>;
  /** What pings were answered with. */
  pongs: readonly unknown[];
  /** Cursors that a subscription to `clientUpdated` has told so far. */
  cursors: (id: string) => readonly string[];
  seqs: (id: string) => bigint[];
  send: (message: object) => void;
}

export async function openSocket(
  url: string,
  subscriptions: Readonly<Record<string, { query: string; after: string }>>,
  init: Readonly<Record<string, unknown>> = {},
): Promise<RawSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  const cursors: Record<string, string[]> = {};
  const errors: Record<string, unknown> = {};
  const pongs: unknown[] = [];
  const closed = new Promise<Closing>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  socket.on('error', () => {});
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { id: string; type: string; payload: never };
    if (message.type === 'error') errors[message.id] = message.payload;
    if (message.type === 'pong') pongs.push(message.payload);
    if (message.type !== 'next') return;
    const { clientUpdated } = (message.payload as { data: { clientUpdated?: { cursor: string } } }).data;
    if (clientUpdated !== undefined) (cursors[message.id] ??= []).push(clientUpdated.cursor);
  });
  await new Promise((resolve) => {
    socket.once('open', resolve);
  });
  socket.send(JSON.stringify({ type: 'connection_init', payload: init }));
  await Promise.race([
    closed,
    new Promise((resolve) => {
      socket.once('message', resolve);
    }),
  ]);
  for (const [id, { query, after }] of Object.entries(subscriptions)) {
    await new Promise((resolve) => {
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables: { after } } }), resolve);
    });
  }
  return {
    socket,
    closed,
    errors,
    pongs,
    cursors: (id) => cursors[id] ?? [],
    seqs: (id) => (cursors[id] ?? []).map(seqAt),
    send: (message) => socket.send(JSON.stringify(message)),
  };
}
