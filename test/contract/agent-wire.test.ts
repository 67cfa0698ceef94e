import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAddressPolicy } from '#agent/allowed-networks.ts';
import { parseConnectTo, resolveConnectTo } from '#agent/connect-to.ts';
import { createAgentGateway } from '#agent/create-agent-gateway.ts';
import type { AgentGatewayOptions } from '#agent/create-agent-gateway.ts';
import { toOrderRequest } from '#agent/protocol.ts';
import type { AgentGateway, AgentOrderOutcome, AgentTarget, AgentOrder } from '#domain/operations/agent-gateway.ts';
import { DEPLOY_METHODS } from '#domain/operations/deploy-method.ts';

// The call of the walkthrough, with its values and its order of keys.
const ORDER = {
  action: 'DEPLOY_IMAGE',
  imageRevision: 1,
  repositoryId: '01936caa-0000-7000-8000-000000000004',
  disk: 1,
  partition: 2,
  partitionCode: '83',
  softwareProfileNumber: 1,
  imageId: '01936caf-facb-72ad-9446-97e7dbf2b96a',
  imageName: 'image-test',
  repositoryIp: '192.168.68.55',
  method: 'UNICAST',
} as const satisfies AgentOrder;
const WALKTHROUGH_BODY =
  '{"dsk":"1","par":"2","cpt":"83","ifs":"1","idi":"01936caf-facb-72ad-9446-97e7dbf2b96a","nci":"image-test",' +
  '"ipr":"192.168.68.55","nfn":"RestaurarImagen","method":"unicast","ids":"0"}';
const TARGET: AgentTarget = { clientId: 'pc1', ip: '192.168.2.3', certificateSha256: null };
const ACCEPTANCE = '{"job_id": "RestaurarImagen-dfa42888"}';

let key: string;
let cert: string;
const cleanups: (() => unknown)[] = [];
/** The TCP sockets under the agents' TLS sockets, by their remote port: only those can be reset. */
const tcpSockets = new Map<number | undefined, Socket>();

beforeAll(async () => {
  ({ private: key, cert } = await generate([{ name: 'commonName', value: 'ogAgent' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  }));
});

afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp();
});

interface Received {
  head: string;
  body: string;
}

interface FakeAgent {
  port: number;
  connections: number;
  received: Received[];
}

/** An agent on loopback that, for each complete request, does what the script says with the socket. */
async function startAgent(script: (socket: TLSSocket, received: Received) => void): Promise<FakeAgent> {
  const agent: FakeAgent = { port: 0, connections: 0, received: [] };
  const server = createTlsServer({ key, cert }, (socket) => {
    let bytes = '';
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.toString('latin1');
      const end = bytes.indexOf('\r\n\r\n');
      if (end === -1) return;
      const request = { head: bytes.slice(0, end), body: bytes.slice(end + 4) };
      if (request.body.length < Number(/content-length: (\d+)/i.exec(request.head)?.[1])) return;
      bytes = '';
      agent.received.push(request);
      script(socket, request);
    });
  });
  server.on('connection', (socket) => {
    agent.connections += 1;
    tcpSockets.set(socket.remotePort, socket);
  });
  agent.port = await listen(server);
  return agent;
}

/** Answers as the Python agents do: one write, a Content-Length, then the end. */
function answer(status: number, body: string | Buffer, headers: string[] = []): (socket: TLSSocket) => void {
  return (socket) => {
    socket.write(
      [`HTTP/1.1 ${status} Some`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers, '', ''].join('\r\n'),
    );
    socket.end(body);
  };
}

function reset(socket: TLSSocket): void {
  tcpSockets.get(socket.remotePort)?.resetAndDestroy();
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function createGateway(agentPort: number, options: Partial<AgentGatewayOptions> = {}): AgentGateway {
  const gateway = createAgentGateway({
    tls: { mode: 'insecure' },
    connectTo: parseConnectTo(`::127.0.0.1:${agentPort}`),
    networks: ['192.168.0.0/16'],
    ...options,
  });
  cleanups.push(() => gateway.close());
  return gateway;
}

async function order(
  script: (socket: TLSSocket, received: Received) => void,
  options: Partial<AgentGatewayOptions> = {},
) {
  const agent = await startAgent(script);
  const outcome = await createGateway(agent.port, options).send(TARGET, ORDER);
  return { outcome, agent };
}

describe('the order on the wire', () => {
  it('is the walkthrough call, byte for byte', async () => {
    const { outcome, agent } = await order(answer(200, ACCEPTANCE));
    expect(outcome).toEqual({
      outcome: 'accepted',
      jobId: 'RestaurarImagen-dfa42888',
      certificateSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(agent.received).toHaveLength(1);
    const [{ head, body } = { head: '', body: '' }] = agent.received;
    expect(body).toBe(WALKTHROUGH_BODY);
    expect(head.split('\r\n')).toEqual([
      'POST /CloningEngine/RestaurarImagen HTTP/1.1',
      'host: 192.168.2.3:8000',
      'connection: close',
      'content-type: application/json',
      'accept: application/json',
      `content-length: ${WALKTHROUGH_BODY.length}`,
    ]);
  });

  it('sends profile "0" for an image without one, and every value as a string', () => {
    const body: unknown = JSON.parse(
      toOrderRequest({ ...ORDER, softwareProfileNumber: null, disk: 2, partition: 10 }).body,
    );
    expect(body).toMatchObject({ ifs: '0', dsk: '2', par: '10' });
  });

  it('opens a connection for every order', async () => {
    const agent = await startAgent((socket) =>
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Length: ${ACCEPTANCE.length}\r\nConnection: keep-alive\r\n\r\n${ACCEPTANCE}`,
      ),
    );
    const gateway = createGateway(agent.port);
    await gateway.send(TARGET, ORDER);
    await gateway.send(TARGET, ORDER);
    expect(agent.connections).toBe(2);
  });

  it.each(DEPLOY_METHODS.filter((method) => method !== 'UNICAST'))('does not send %s', async (method) => {
    const agent = await startAgent(answer(200, ACCEPTANCE));
    const outcome = await createGateway(agent.port).send(TARGET, { ...ORDER, method });
    expect(outcome).toMatchObject({ outcome: 'not-sent', code: 'AGENT_METHOD_UNSUPPORTED' });
    expect(agent.connections).toBe(0);
  });

  it.each(['10.0.0.1', '127.0.0.1', '192.168.2.3@evil', '192.168.2.03', 'pc1.lan', ''])(
    'does not call %j',
    async (ip) => {
      const agent = await startAgent(answer(200, ACCEPTANCE));
      const gateway = createGateway(agent.port);
      expect(await gateway.send({ ...TARGET, ip }, ORDER)).toMatchObject({
        outcome: 'not-sent',
        code: 'AGENT_ADDRESS_NOT_ALLOWED',
      });
      expect(await gateway.listJobs({ ...TARGET, ip })).toMatchObject({ outcome: 'unreachable' });
      expect(gateway.isAddressAllowed(ip)).toBe(false);
      expect(agent.connections).toBe(0);
    },
  );
});

describe('answers to an order', () => {
  const refused = (text: string) => ({ outcome: 'refused', message: expect.stringContaining(text) });
  const unknown = { outcome: 'unknown', message: expect.any(String) };
  const accepted = (jobId: string) => ({ outcome: 'accepted', jobId, certificateSha256: expect.any(String) });

  it.each<[status: number, body: string | Buffer, outcome: object]>([
    [200, ACCEPTANCE, accepted('RestaurarImagen-dfa42888')],
    [200, `\uFEFF${ACCEPTANCE}`, accepted('RestaurarImagen-dfa42888')],
    [201, '{"status":"ok","job_id":"x","more":{"deep":[1]}}', accepted('x')],
    [200, '{"__proto__":{"job_id":"x"},"job_id":"y"}', accepted('y')],
    [200, JSON.stringify({ job_id: 'a'.repeat(200) }), accepted('a'.repeat(200))],
    [200, '{"job_id":null,"message":"busy with another job"}', refused('busy with another job')],
    [200, '{"job_id":null,"error":"busy"}', refused('busy')],
    [200, '{"job_id":null,"message":7}', refused('no reason')],
    [200, '{"error":"unknown function"}', refused('unknown function')],
    [500, '{"error":"unknown function"}', refused('unknown function')],
    [503, '{"error":"line one\\nline\\u0000two"}', refused('line one line two')],
    [400, '{"error":"bad JSON"}', refused('bad JSON')],
    [401, '', refused('401')],
    [404, '<html>not here</html>', refused('404')],
    [302, '', refused('302')],
    [200, 'null', unknown],
    [200, '', unknown],
    [204, '', unknown],
    [200, '[]', unknown],
    [200, '"RestaurarImagen-dfa42888"', unknown],
    [200, '{}', unknown],
    [200, '{"job_id":', unknown],
    [200, '{"job_id":12}', unknown],
    [200, '{"job_id":""}', unknown],
    [200, '{"job_id":{"a":1}}', unknown],
    [200, '{"job_id":"a\\u0000b"}', unknown],
    [200, '{"job_id":"a\\nb"}', unknown],
    [200, '{"job_id":"\\ud800"}', unknown],
    [200, JSON.stringify({ job_id: 'a'.repeat(201) }), unknown],
    [200, '{"job_id":"a\\nb","error":"also"}', unknown],
    [200, '{"error":null}', unknown],
    [200, '{"__proto__":{"job_id":"x"}}', unknown],
    [200, Buffer.from('{"job_id":"\xf1"}', 'latin1'), unknown],
    [200, gzipSync(ACCEPTANCE), unknown],
    [200, '['.repeat(30_000), unknown],
    [500, 'Internal Server Error', unknown],
    [502, '{"job_id":"x"}', unknown],
    [500, '', unknown],
  ])('%i %j', async (status, body, expected) => {
    const { outcome, agent } = await order(answer(status, body));
    expect(outcome).toEqual(expected);
    expect(agent.received).toHaveLength(1);
  });

  it('keeps the words of an agent short', async () => {
    const { outcome } = await order(answer(500, JSON.stringify({ error: 'x'.repeat(5000) })));
    expect(outcome).toMatchObject({ outcome: 'refused' });
    expect(outcome.outcome === 'refused' && outcome.message.length).toBeLessThan(300);
  });

  it('does not inflate a compressed answer', async () => {
    const { outcome } = await order(answer(200, gzipSync(ACCEPTANCE), ['Content-Encoding: gzip']));
    expect(outcome).toEqual(unknown);
  });

  it('takes an answer that ends with the connection', async () => {
    const { outcome } = await order((socket) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${ACCEPTANCE}`));
    expect(outcome).toEqual(accepted('RestaurarImagen-dfa42888'));
  });

  it('waits for the final answer after an interim one', async () => {
    const { outcome } = await order((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\n\r\n');
      answer(500, '{"error":"busy"}')(socket);
    });
    expect(outcome).toEqual(refused('busy'));
  });

  it('follows no redirect and asks no proxy', async () => {
    let visitors = 0;
    const sinkhole = await listen(
      createServer((socket) => {
        visitors += 1;
        socket.destroy();
      }),
    );
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy']) {
      vi.stubEnv(name, `http://127.0.0.1:${sinkhole}`);
    }
    cleanups.push(() => vi.unstubAllEnvs());
    const { outcome, agent } = await order(
      answer(307, '', [`Location: https://127.0.0.1:${sinkhole}/CloningEngine/RestaurarImagen`]),
    );
    expect(outcome).toEqual(refused('307'));
    expect(visitors).toBe(0);
    expect(agent.connections).toBe(1);
  });
});

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

describe('jobs in hand', () => {
  it.each<[status: number, body: string, expected: object]>([
    [200, '{"jobs":[]}', { outcome: 'jobs', jobIds: [] }],
    [200, '{"jobs":["a","b"],"status":"busy"}', { outcome: 'jobs', jobIds: ['a', 'b'] }],
    [200, '{"running":[{"job_id":"a","since":7}]}', { outcome: 'jobs', jobIds: ['a'] }],
    [200, '{"jobs":"none","running":["a"]}', { outcome: 'jobs', jobIds: ['a'] }],
    [200, '{"jobs":["a",{"id":7}]}', { outcome: 'unsupported' }],
    [200, '{"jobs":["a\\u0000"]}', { outcome: 'unsupported' }],
    [200, '{"status":"oglive"}', { outcome: 'unsupported' }],
    [200, 'null', { outcome: 'unsupported' }],
    [200, 'OK', { outcome: 'unsupported' }],
    [404, '{"jobs":[]}', { outcome: 'unsupported' }],
    [500, '{"error":"unknown action"}', { outcome: 'unsupported' }],
  ])('%i %s', async (status, body, expected) => {
    const agent = await startAgent(answer(status, body));
    expect(await createGateway(agent.port).listJobs(TARGET)).toEqual(expected);
    expect(agent.received).toEqual([
      {
        head: expect.stringMatching(/^POST \/CloningEngine\/status HTTP\/1\.1\r\nhost: 192\.168\.2\.3:8000\r\n/),
        body: '{}',
      },
    ]);
  });

  it('a lost answer is unreachable', async () => {
    const agent = await startAgent(reset);
    expect(await createGateway(agent.port).listJobs(TARGET)).toEqual({
      outcome: 'unreachable',
      refused: true,
      message: 'The agent did not answer: connection reset.',
    });
  });
});

describe('addresses', () => {
  it.each<[networks: string[], ip: string, allowed: boolean]>([
    [['192.168.2.0/24'], '192.168.2.3', true],
    [['10.0.0.0/8', '192.168.2.0/24'], '10.1.2.3', true],
    [['192.168.2.3/32'], '192.168.2.3', true],
    [['192.168.2.0/24'], '192.168.3.3', false],
    [[], '192.168.2.3', false],
    [['0.0.0.0/0'], '8.8.8.8', true],
    [['0.0.0.0/0'], '127.0.0.1', false],
    [['126.0.0.0/7'], '127.0.0.1', false],
    [['127.0.0.0/7'], '127.0.0.1', false],
    [['127.0.0.0/8'], '127.0.0.1', true],
    [['127.10.0.0/16'], '127.10.3.4', true],
    [['127.10.0.0/16'], '127.0.0.1', false],
    [['0.0.0.0/0'], '0.0.0.0', false],
    [['0.0.0.0/0'], '0.1.2.3', false],
    [['224.0.0.0/4'], '224.0.0.1', false],
    [['0.0.0.0/0'], '239.255.255.250', false],
    [['255.255.255.255/32'], '255.255.255.255', false],
    [['169.254.0.0/16'], '169.254.169.254', false],
    [['127.0.0.0/8'], '127.1', false],
    [['127.0.0.0/8'], '2130706433', false],
    [['127.0.0.0/8'], '0x7f.0.0.1', false],
    [['127.0.0.0/8'], '0177.0.0.1', false],
    [['0.0.0.0/0'], '192.168.002.003', false],
    [['0.0.0.0/0'], ' 192.168.2.3', false],
    [['0.0.0.0/0'], '192.168.2.3\n', false],
    [['0.0.0.0/0'], '192.168.2.3.', false],
    [['0.0.0.0/0'], '192.168.2.3:8000', false],
    [['0.0.0.0/0'], '192.168.2.3/24', false],
    [['0.0.0.0/0'], '192.168.2.256', false],
    [['0.0.0.0/0'], '１９２.168.2.3', false],
    [['0.0.0.0/0'], '::1', false],
    [['0.0.0.0/0'], '::ffff:192.168.2.3', false],
    [['0.0.0.0/0'], '64:ff9b::c0a8:203', false],
    [['0.0.0.0/0'], 'localhost', false],
    [['0.0.0.0/0'], '', false],
  ])('networks %j, address %j: %s', (networks, ip, allowed) => {
    expect(createAddressPolicy(networks)(ip)).toBe(allowed);
  });

  it.each([
    '192.168.2.0',
    '192.168.2.0/33',
    '192.168.2.0/',
    '192.168.2.0/08',
    '192.168/16',
    '10.0.0.0/8/8',
    'fe80::/10',
    '',
  ])('refuses the network %j', (cidr) => {
    expect(() => createAddressPolicy(['10.0.0.0/8', cidr])).toThrow(`"${cidr}" is not an IPv4 network`);
  });
});

describe('connect-to', () => {
  it.each<[rules: string, host: string, port: number, endpoint: string]>([
    ['', '192.168.2.3', 8000, '192.168.2.3:8000'],
    ['::127.0.0.1:9000', '192.168.2.3', 8000, '127.0.0.1:9000'],
    ['192.168.2.3:8000:127.0.0.1:9000', '192.168.2.3', 8000, '127.0.0.1:9000'],
    ['192.168.2.3:8000:127.0.0.1:9000', '192.168.2.4', 8000, '192.168.2.4:8000'],
    ['192.168.2.3:8000:127.0.0.1:9000', '192.168.2.3', 8001, '192.168.2.3:8001'],
    ['192.168.2.3::127.0.0.1:', '192.168.2.3', 8000, '127.0.0.1:8000'],
    [':8000::9000', '192.168.2.3', 8000, '192.168.2.3:9000'],
    [':::', '192.168.2.3', 8000, '192.168.2.3:8000'],
    ['192.168.2.3:::9000, ::127.0.0.1:9001', '192.168.2.3', 8000, '192.168.2.3:9000'],
    ['192.168.2.3:::9000, ::127.0.0.1:9001', '192.168.2.4', 8000, '127.0.0.1:9001'],
  ])('%j leads %s:%i to %s', (rules, host, port, endpoint) => {
    const resolved = resolveConnectTo(parseConnectTo(rules), host, port);
    expect(`${resolved.host}:${resolved.port}`).toBe(endpoint);
  });

  it.each([
    '127.0.0.1:9000',
    '::::',
    '::localhost:9000',
    '::127.1:9000',
    '::127.0.0.1:0',
    '::127.0.0.1:65536',
    '::127.0.0.1:09',
    '::127.0.0.1:+9',
    '::[::1]:9000',
  ])('refuses the rule %j by name', (rule) => {
    expect(() => parseConnectTo(`::127.0.0.1:9000,${rule}`)).toThrow(`"${rule}" is not a connect-to rule`);
  });

  it('refuses an empty rule between commas', () => {
    expect(() => parseConnectTo('::127.0.0.1:9000,,')).toThrow('"" is not a connect-to rule');
  });
});
