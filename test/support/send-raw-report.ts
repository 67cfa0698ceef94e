import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { TestServer } from './start-test-server.ts';

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** Says the very bytes to a path, with the very headers; in chunks where no length is given among them. */
export async function sendRaw(
  server: TestServer,
  path: string,
  bytes: Uint8Array | string,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const sent = request(server.url.replace('/graphql', path), { method: 'POST', headers });
  // Whoever says too much may find the connection gone while it still speaks; what it was answered came before.
  sent.on('error', () => {});
  sent.write(bytes);
  sent.end();
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: JSON.parse(Buffer.concat(chunks).toString()) as unknown,
  };
}

/** Opens a connection, begins to say something, and tells what comes back until the other end closes. */
export async function sendUnfinished(server: TestServer, path: string, begin: string): Promise<string> {
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.write(`POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nTransfer-Encoding: chunked\r\n\r\n${begin}`);
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
  await once(socket, 'close');
  return heard;
}
