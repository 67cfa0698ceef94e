import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { toOrderRequest } from '#agent/protocol.ts';
import { DEPLOY_METHODS } from '#domain/operations/deploy-method.ts';
import type { DeployMethod } from '#domain/operations/deploy-method.ts';
import {
  ORDER,
  WALKTHROUGH_BODY,
  TARGET,
  ACCEPTANCE,
  cleanups,
  startAgent,
  answer,
  listen,
  createGateway,
  order,
} from '#test/support/fake-agent.ts';

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

  const multicast = {
    port: 9002,
    address: '239.194.2.3',
    mode: 'FULL_DUPLEX',
    speedMbps: 70,
    maxClients: 30,
    maxWaitSeconds: 60,
  } as const;
  const session = '9002:full-duplex:239.194.2.3:70M:30:60';
  const p2p = { mode: 'PEER', seedSeconds: 60 } as const;
  const methods: Record<DeployMethod, [typeof multicast | null, typeof p2p | null, string]> = {
    UNICAST: [null, null, 'unicast'],
    UNICAST_DIRECT: [null, null, 'unicast-direct'],
    UDPCAST: [multicast, null, `udpcast ${session}`],
    UDPCAST_DIRECT: [multicast, null, `udpcast-direct ${session}`],
    UFTP: [multicast, null, `uftp ${session}`],
    UFTP_DIRECT: [multicast, null, `uftp-direct ${session}`],
    P2P: [null, p2p, 'p2p peer:60'],
  };

  it.each(DEPLOY_METHODS)('tells an agent how to receive by %s', async (method) => {
    const agent = await startAgent(answer(200, ACCEPTANCE));
    const [stream, torrent, words] = methods[method];
    const told = { ...ORDER, method, multicast: stream, p2p: torrent };
    expect(await createGateway(agent.port).send(TARGET, told)).toMatchObject({ outcome: 'accepted' });
    expect(JSON.parse(agent.received[0]?.body ?? '')).toMatchObject({ method: words });
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
  // The agent's own words: that it refused, whoever shows them says.
  const refused = (message: string) => ({ outcome: 'refused', message });
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
    [200, '{"job_id":null,"message":7}', refused('It gave no reason.')],
    [200, '{"error":"unknown function"}', refused('unknown function')],
    [500, '{"error":"unknown function"}', refused('unknown function')],
    [503, '{"error":"line one\\nline\\u0000two"}', refused('line one line two')],
    [400, '{"error":"bad JSON"}', refused('bad JSON')],
    [401, '', refused('HTTP status 401')],
    [404, '<html>not here</html>', refused('HTTP status 404')],
    [302, '', refused('HTTP status 302')],
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
    expect(outcome).toEqual(refused('HTTP status 307'));
    expect(visitors).toBe(0);
    expect(agent.connections).toBe(1);
  });
});
