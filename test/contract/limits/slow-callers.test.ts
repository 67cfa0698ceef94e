// Callers that say what they want so slowly that they only hold a connection.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '#test/support/ask.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    machines: [],
    requestTimes: { headersMs: 300, requestMs: 600, lookEveryMs: 100 },
  });
});
afterAll(() => server.stop());

/** Sends a beginning, then a byte now and then, and gives all that came back once the server has closed. */
function drip(beginning: string, every = 50): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(port), hostname, () => socket.write(beginning));
    let heard = '';
    const timer = setInterval(() => socket.write('x'), every);
    const giveUp = setTimeout(() => {
      socket.destroy();
      reject(new Error('the server has waited for ever'));
    }, 10_000);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      heard += text;
    });
    // What is sent after the server has closed is answered by a reset.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      clearTimeout(giveUp);
      resolve(heard);
    });
  });
}

const HEAD = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

describe('a caller that never comes to the end', () => {
  it.each([
    ['of its first line', 'POST /gra'],
    ['of its headers', `${HEAD}X-Slow: `],
    ['of its body', `${HEAD}Content-Length: 100000\r\n\r\n{"query":"`],
    ['of a body in chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\nfffff\r\n`],
    ['of a report', 'POST /opengnsys/rest/ogagent/started HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{'],
  ])('%s is cut off, and others are answered meanwhile', async (_name, beginning) => {
    const slow = Array.from({ length: 20 }, () => drip(beginning));
    expect((await ask(server.url, '{ __typename }')).status).toBe(200);
    for (const heard of await Promise.all(slow)) expect(heard).toMatch(/^$|^HTTP\/1\.1 40[08] /);
  });

  it.each([
    [
      'more headers than fit',
      `${HEAD}${Array.from({ length: 400 }, (_, n) => `X-${n}: ${'y'.repeat(60)}\r\n`).join('')}\r\n`,
    ],
    ['no HTTP', '\u0016\u0003\u0001\u0002\u0000 no http at all\r\n\r\n'],
    ['two lengths', `${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}`],
    ['a length and chunks', `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ])('or has %s, is refused', async (_name, beginning) => {
    expect(await drip(beginning)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});
