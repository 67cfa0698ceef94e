// A body that comes too slowly, or stops, holds nobody up for ever.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { BodyCutOffError, BodyTooLargeError, BodyTooSlowError, readBody } from '#http/read-body.ts';

const LIMIT = 100;
const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';

let close: (() => void) | undefined;
afterEach(() => close?.());

/** Sends these chunks and no end; what became of the reading. */
async function readChunks(chunks: readonly string[], { maxMs, hangUp = false }: { maxMs: number; hangUp?: boolean }) {
  const read = Promise.withResolvers<unknown>();
  const server = createServer((request) => {
    readBody(request, LIMIT, maxMs).then(read.resolve, read.resolve);
  });
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(HEAD);
  for (const chunk of chunks) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  if (hangUp) socket.end();
  return read.promise;
}

describe('a body in chunks without an end', () => {
  it('is too slow after a time', async () => {
    expect(await readChunks(['{"a":', '1'], { maxMs: 50 })).toBeInstanceOf(BodyTooSlowError);
  });

  it('is too large as soon as it is', async () => {
    expect(await readChunks(['x'.repeat(60), 'x'.repeat(60)], { maxMs: 60_000 })).toBeInstanceOf(BodyTooLargeError);
  });

  it('is cut off where its sender goes', async () => {
    expect(await readChunks(['{"a":'], { maxMs: 60_000, hangUp: true })).toBeInstanceOf(BodyCutOffError);
  });
});
