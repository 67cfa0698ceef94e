import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { parseConnectTo } from '#agent/connect-to.ts';
import type { AgentGatewayOptions } from '#agent/create-agent-gateway.ts';
import type { AgentOrderOutcome } from '#domain/operations/agent-gateway.ts';
import {
  ORDER,
  TARGET,
  ACCEPTANCE,
  cleanups,
  startAgent,
  answer,
  reset,
  listen,
  createGateway,
  order,
} from '#test/support/fake-agent.ts';

describe('before the order has left', () => {
  const unreachable = {
    outcome: 'not-sent',
    code: 'AGENT_UNREACHABLE',
    message: expect.stringMatching(/^The agent could not be reached: .{5,80}\.$/),
  };

  it('a refused connection is not-sent', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    );
    await new Promise((resolve) => server.close(resolve));
    expect(await createGateway(port).send(TARGET, ORDER)).toEqual({
      ...unreachable,
      message: 'The agent could not be reached: connection refused.',
    });
    expect(await createGateway(port).listJobs(TARGET)).toMatchObject({ outcome: 'unreachable' });
  });

  it('a connection nobody takes is not-sent', async () => {
    const port = await startDeafListener();
    expect(await createGateway(port, { connectTimeoutMs: 200 }).send(TARGET, ORDER)).toEqual(unreachable);
  });

  it.each([
    ['the connect timeout', { connectTimeoutMs: 150 }],
    ['the deadline', { answerTimeoutMs: 150 }],
  ])('a TLS handshake that hangs is not-sent at %s', async (_name, options) => {
    const closed = Promise.withResolvers<void>();
    const port = await listen(
      createServer((socket) =>
        socket
          .on('error', () => {})
          .on('close', () => closed.resolve())
          .resume(),
      ),
    );
    expect(await createGateway(port, options).send(TARGET, ORDER)).toEqual(unreachable);
    await closed.promise;
  });

  it('a reset instead of a TLS handshake is not-sent', async () => {
    const port = await listen(createServer((socket) => socket.resetAndDestroy()));
    expect(await createGateway(port).send(TARGET, ORDER)).toEqual(unreachable);
  });

  it('an agent that does not speak TLS is not-sent', async () => {
    const port = await listen(
      createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    expect(await createGateway(port).send(TARGET, ORDER)).toMatchObject({
      message: expect.stringContaining('TLS handshake failed'),
    });
  });

  it('a closed gateway sends nothing', async () => {
    const agent = await startAgent(answer(200, ACCEPTANCE));
    const gateway = createGateway(agent.port);
    await gateway.close();
    expect(await gateway.send(TARGET, ORDER)).toMatchObject({ outcome: 'not-sent', code: 'AGENT_UNREACHABLE' });
    expect(agent.connections).toBe(0);
  });

  /** A port whose queue of connections is full, so that one more gets no answer at all. */
  async function startDeafListener(): Promise<number> {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
       const server = require('node:net').createServer();
       server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
         parentPort.postMessage(server.address().port);
         setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
       });`,
      { eval: true },
    );
    cleanups.push(() => worker.terminate());
    const port = await new Promise<number>((resolve) => worker.once('message', resolve));
    for (let queued = 0; queued < 4; queued += 1) {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      cleanups.push(() => socket.destroy());
    }
    return port;
  }
});

describe('after the order has left', () => {
  const unknown = (reason: string) => ({
    outcome: 'unknown',
    message: `The order was sent, but its answer did not arrive: ${reason}.`,
  });
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${ACCEPTANCE.length}\r\n\r\n`;

  it.each<[name: string, reason: string, script: (socket: TLSSocket) => void, options?: Partial<AgentGatewayOptions>]>([
    ['a reset', 'connection reset', reset],
    ['a close without an answer', 'connection closed', (socket) => socket.end()],
    ['no answer', 'no complete answer within 200 ms', () => {}, { answerTimeoutMs: 200 }],
    ['a reset in the headers', 'connection reset', (socket) => socket.write(head.slice(0, 20), () => reset(socket))],
    ['a close in the body', 'connection closed', (socket) => socket.end(`${head}${ACCEPTANCE.slice(0, 10)}`)],
    ['a body that drips', 'no complete answer within 300 ms', drip, { answerTimeoutMs: 300 }],
    ['a huge answer', 'the answer was too large', (socket) => answer(200, 'x'.repeat(5_000_000))(socket)],
    [
      'two lengths that differ',
      'the answer was cut short',
      (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}`),
    ],
    ['a huge answer in chunks', 'the answer was too large', flood],
    [
      'endless headers',
      'the answer was too large',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'X-Pad: y\r\n'.repeat(10_000)}`),
    ],
    [
      'an answer one byte too long',
      'the answer was too large',
      answer(200, ACCEPTANCE),
      { maxAnswerBytes: ACCEPTANCE.length - 1 },
    ],
    ['something that is not HTTP', 'the answer was not HTTP', (socket) => socket.write('SSH-2.0-OpenSSH\r\n')],
  ])('%s is unknown, and nothing is sent again', async (_name, reason, script, options) => {
    const { outcome, agent } = await order(script, options);
    expect(outcome).toEqual(unknown(reason));
    expect(agent.received).toHaveLength(1);
    expect(agent.connections).toBe(1);
  });

  it('a reset in a body of unknown length is unknown', async () => {
    const { outcome } = await order((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\n\r\n${ACCEPTANCE.slice(0, 10)}`, () => reset(socket)),
    );
    expect(outcome).toMatchObject({ outcome: 'unknown' });
  });

  it('takes an answer exactly as long as allowed', async () => {
    expect((await order(answer(200, ACCEPTANCE), { maxAnswerBytes: ACCEPTANCE.length })).outcome).toMatchObject({
      outcome: 'accepted',
    });
  });

  it('close() ends a call in hand as unknown, and its socket with it', async () => {
    const asked = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const agent = await startAgent((socket) => {
      socket.on('close', () => gone.resolve());
      asked.resolve();
    });
    const gateway = createGateway(agent.port);
    const outcome = gateway.send(TARGET, ORDER);
    await asked.promise;
    const settled = vi.fn();
    void outcome.then(settled);
    await gateway.close();
    // Promises only: with a turn of the event loop the call would end by itself, waited for or not.
    for (let step = 0; step < 10; step += 1) await Promise.resolve();
    expect(settled).toHaveBeenCalledWith(unknown('the server was shutting down'));
    await gone.promise;
  });

  it('tells apart calls that run at the same time', async () => {
    const agents = await Promise.all([
      startAgent(answer(200, '{"job_id":"one"}')),
      startAgent(reset),
      startAgent(answer(500, '{"error":"busy"}')),
    ]);
    const deaf = await listen(createServer((socket) => socket.destroy()));
    const rules = [...agents.map(({ port }) => port), deaf]
      .map((port, index) => `192.168.2.${index}::127.0.0.1:${port}`)
      .join(',');
    const gateway = createGateway(1, { connectTo: parseConnectTo(rules) });
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) => gateway.send({ ...TARGET, ip: `192.168.2.${index % 4}` }, ORDER)),
    );
    const expected: AgentOrderOutcome['outcome'][] = ['accepted', 'unknown', 'refused', 'not-sent'];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(outcomes.map((_, index) => expected[index % 4]));
  });

  function drip(socket: TLSSocket): void {
    socket.write(head);
    const timer = setInterval(() => socket.write('{'), 30);
    socket.on('close', () => clearInterval(timer));
  }

  function flood(socket: TLSSocket): void {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `2710\r\n${'x'.repeat(10_000)}\r\n`;
    const more = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', more);
    more();
  }
});
