import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from './answer.ts';

const HUGE_BYTES = 64 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 'a');

/** Gives an answer to a call, `tcp` being the connection under its TLS. Like the real HTTP/1.0 agents, one call a connection. */
export async function writeAnswer(answer: Answer, response: ServerResponse, tcp: Socket | undefined): Promise<void> {
  switch (answer.kind) {
    case 'reply':
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(answer.text),
        connection: 'close',
        ...answer.headers,
      });
      response.end(answer.text);
      return;
    case 'huge':
      return writeHugeAnswer(answer.body, response);
    case 'hang-up':
      response.destroy();
      return;
    case 'reset':
      tcp?.resetAndDestroy();
      response.destroy();
      return;
    case 'never':
  }
}

/** Writes for as long as the other side reads: it is to be seen that it stops by itself. */
async function writeHugeAnswer(body: object, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
  response.write(`${JSON.stringify(body).slice(0, -1)},"filler":"`);
  for (let written = 0; written < HUGE_BYTES && !gone.signal.aborted; written += CHUNK.length) {
    if (!response.write(CHUNK)) await once(response, 'drain', { signal: gone.signal }).catch(() => {});
  }
  response.end('"}');
}
