import { X509Certificate } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, TLSSocket } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseConnectTo } from '#agent/connect-to.ts';
import { createAgentGateway } from '#agent/create-agent-gateway.ts';
import type { AgentGatewayOptions } from '#agent/create-agent-gateway.ts';
import { createPeerTrust } from '#agent/peer-trust.ts';
import { postOnce } from '#agent/post-once.ts';
import { toOrderRequest } from '#agent/protocol.ts';
import type { AgentGateway, AgentTarget, AgentOrder } from '#domain/operations/agent-gateway.ts';

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
  multicast: null,
  p2p: null,
} as const satisfies AgentOrder;
const AGENT_IP = '192.168.2.3';
const REFUSED_BY_CA = { outcome: 'not-sent', code: 'AGENT_TLS_REJECTED' };
const CHANGED = { outcome: 'not-sent', code: 'AGENT_CERTIFICATE_CHANGED' };

interface Identity {
  key: string;
  cert: string;
}

interface Issue {
  issuer?: Identity;
  ips?: readonly string[];
  name?: string;
  /** Validity, in days from now. */
  days?: readonly [from: number, to: number];
  isAuthority?: boolean;
}

interface FakeAgent {
  port: number;
  connections: number;
  /** Connections on a TLS session kept from an earlier one, in which no certificate is shown. */
  resumed: number;
  /** What arrived inside TLS; a peer that was turned down must have got nothing. */
  applicationBytes: number;
  orders: number;
  present(identity: Identity): void;
  whenClosed(): Promise<void>;
}

const cleanups: (() => unknown)[] = [];
let authority: Identity;
let otherAuthority: Identity;
let known: Identity;
let stranger: Identity;

beforeAll(async () => {
  [authority, otherAuthority, known, stranger] = await Promise.all([
    issue({ name: 'Centro Demo', isAuthority: true }),
    issue({ name: 'Centro Demo', isAuthority: true }),
    issue(),
    issue(),
  ]);
});

afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp();
});

/** A certificate as agents have them: self-signed, or of an authority; for the agent's own address unless told otherwise. */
async function issue({
  issuer,
  ips = [AGENT_IP],
  name = 'ogAgent',
  days = [-1, 30],
  isAuthority = false,
}: Issue = {}): Promise<Identity> {
  const at = (day: number) => new Date(Date.now() + day * 86_400_000);
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: at(days[0]),
    notAfterDate: at(days[1]),
    extensions: [
      { name: 'basicConstraints', cA: isAuthority, critical: true },
      ...(isAuthority ? [{ name: 'keyUsage' as const, keyCertSign: true, cRLSign: true, critical: true }] : []),
      ...(ips.length > 0
        ? [{ name: 'subjectAltName' as const, altNames: ips.map((ip) => ({ type: 7 as const, ip })) }]
        : []),
    ],
    ...(issuer === undefined ? {} : { ca: issuer }),
  });
  return { key, cert };
}

function fingerprintOf({ cert }: Identity): string {
  return new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase();
}

/** An agent on loopback that accepts every order and counts what it was given, encryption taken off. */
async function startAgent(identity: Identity, options: TlsOptions = {}): Promise<FakeAgent> {
  const closings: Promise<void>[] = [];
  const sockets = new Set<Socket>();
  const answer = '{"job_id":"RestaurarImagen-dfa42888"}';
  const server = createServer({ ...options, ...identity }, (socket) => {
    let received = '';
    if (socket.isSessionReused()) agent.resumed += 1;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      agent.applicationBytes += chunk.length;
      received += chunk.toString();
      if (!received.endsWith('}')) return;
      agent.orders += 1;
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`);
    });
  });
  const agent: FakeAgent = {
    port: 0,
    connections: 0,
    resumed: 0,
    applicationBytes: 0,
    orders: 0,
    present: (next) => server.setSecureContext(next),
    whenClosed: async () => void (await Promise.all(closings)),
  };
  server.on('connection', (socket) => {
    agent.connections += 1;
    sockets.add(socket);
    closings.push(new Promise((resolve) => socket.once('close', () => resolve())));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  agent.port = (server.address() as AddressInfo).port;
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return agent;
}

function createGateway(
  agent: FakeAgent,
  tls: AgentGatewayOptions['tls'],
  options: Partial<AgentGatewayOptions> = {},
): AgentGateway {
  const gateway = createAgentGateway({
    tls,
    connectTo: parseConnectTo(`::127.0.0.1:${agent.port}`),
    networks: ['192.168.2.0/24'],
    ...options,
  });
  cleanups.push(() => gateway.close());
  return gateway;
}

function targetWith(certificateSha256: string | null, ip = AGENT_IP): AgentTarget {
  return { clientId: 'pc1', ip, certificateSha256 };
}

async function expectUntouched(agent: FakeAgent): Promise<void> {
  await agent.whenClosed();
  expect(agent.applicationBytes).toBe(0);
  expect(agent.orders).toBe(0);
}

describe('insecure', () => {
  it('takes any certificate, whatever is pinned, and says which one it saw', async () => {
    const agent = await startAgent(await issue({ ips: ['10.0.0.1'], days: [-30, -1] }));
    const outcome = await createGateway(agent, { mode: 'insecure' }).send(targetWith('0'.repeat(64)), ORDER);
    expect(outcome).toEqual({
      outcome: 'accepted',
      jobId: 'RestaurarImagen-dfa42888',
      certificateSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('says so when it saw none', async () => {
    // Node cannot be talked into TLS without a certificate, so the test hides the one there is.
    const agent = await startAgent(known);
    const certificates = vi.spyOn(TLSSocket.prototype, 'getPeerX509Certificate').mockReturnValue(undefined);
    cleanups.push(() => certificates.mockRestore());
    expect(await createGateway(agent, { mode: 'insecure' }).send(targetWith(null), ORDER)).toMatchObject({
      certificateSha256: null,
    });
    expect(await createGateway(agent, { mode: 'pinned' }).send(targetWith(null), ORDER)).toMatchObject(REFUSED_BY_CA);
  });
});

describe('an agent that asks who calls', () => {
  it('is shown the certificate that was configured, in every mode, and takes no order from anybody without', async () => {
    const [own, another, agentIdentity] = await Promise.all([
      issue({ issuer: authority, name: 'ogGraph' }),
      issue({ issuer: otherAuthority, name: 'ogGraph' }),
      issue({ issuer: authority }),
    ]);
    const asking = { requestCert: true, rejectUnauthorized: true, ca: authority.cert };
    const agent = await startAgent(agentIdentity, asking);
    const ownCertificate = { certificatePem: own.cert, keyPem: own.key };
    for (const tls of [
      { mode: 'insecure' },
      { mode: 'pinned' },
      { mode: 'ca', caPem: authority.cert },
    ] as const satisfies AgentGatewayOptions['tls'][]) {
      const outcome = await createGateway(agent, tls, { ownCertificate }).send(targetWith(null), ORDER);
      expect(outcome).toMatchObject({ outcome: 'accepted' });
    }
    const wrong = { certificatePem: another.cert, keyPem: another.key };
    for (const certificate of [null, wrong]) {
      const gateway = createGateway(agent, { mode: 'insecure' }, { ownCertificate: certificate });
      expect((await gateway.send(targetWith(null), ORDER)).outcome).not.toBe('accepted');
    }
    expect(agent.orders).toBe(3);
  });
});

describe('pinned', () => {
  it('trusts the first certificate and returns its fingerprint', async () => {
    const agent = await startAgent(known);
    const outcome = await createGateway(agent, { mode: 'pinned' }).send(targetWith(null), ORDER);
    expect(outcome).toMatchObject({ outcome: 'accepted', certificateSha256: fingerprintOf(known) });
  });

  it('takes the pinned certificate', async () => {
    const agent = await startAgent(known);
    const gateway = createGateway(agent, { mode: 'pinned' });
    expect(await gateway.send(targetWith(fingerprintOf(known)), ORDER)).toMatchObject({
      outcome: 'accepted',
      certificateSha256: fingerprintOf(known),
    });
  });

  it.each<[name: string, issued: Issue]>([
    ['expired', { days: [-30, -1] }],
    ['not yet valid', { days: [1, 30] }],
    ['issued for another address', { ips: ['10.0.0.1'] }],
  ])(
    'takes the pinned certificate although it is %s: the pin is stronger than its own claims',
    async (_name, issued) => {
      const identity = await issue(issued);
      const agent = await startAgent(identity);
      expect(
        await createGateway(agent, { mode: 'pinned' }).send(targetWith(fingerprintOf(identity)), ORDER),
      ).toMatchObject({ outcome: 'accepted' });
    },
  );

  it('gives a wrong endpoint not one byte of the order', async () => {
    const agent = await startAgent(stranger);
    const gateway = createGateway(agent, { mode: 'pinned' });
    expect(await gateway.send(targetWith(fingerprintOf(known)), ORDER)).toMatchObject(CHANGED);
    expect(await gateway.listJobs(targetWith(fingerprintOf(known)))).toMatchObject({ outcome: 'unreachable' });
    expect(agent.connections).toBe(2);
    await expectUntouched(agent);
  });

  it('gives a wrong endpoint nothing even with a certificate of a public-looking chain', async () => {
    const agent = await startAgent(await issue({ issuer: authority }));
    expect(
      await createGateway(agent, { mode: 'pinned' }).send(targetWith(fingerprintOf(authority)), ORDER),
    ).toMatchObject(CHANGED);
    await expectUntouched(agent);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'notices over %s that the certificate changed between two calls',
    async (version) => {
      const agent = await startAgent(known, { minVersion: version, maxVersion: version });
      const gateway = createGateway(agent, { mode: 'pinned' });
      const target = targetWith(fingerprintOf(known));
      expect(await gateway.send(target, ORDER)).toMatchObject({ outcome: 'accepted' });
      agent.present(stranger);
      expect(await gateway.send(target, ORDER)).toMatchObject(CHANGED);
      agent.present(known);
      expect(await gateway.send(target, ORDER)).toMatchObject({ outcome: 'accepted' });
      expect(agent.orders).toBe(2);
      expect(agent.connections).toBe(3);
      expect(agent.resumed).toBe(0);
    },
  );

  it('does not let one client borrow the pin of another', async () => {
    const agents = await Promise.all([startAgent(known), startAgent(stranger)]);
    const rules = agents.map(({ port }, index) => `192.168.2.${index + 3}::127.0.0.1:${port}`).join(',');
    const gateway = createGateway(agents[0], { mode: 'pinned' }, { connectTo: parseConnectTo(rules) });
    const calls = [
      targetWith(fingerprintOf(known), '192.168.2.3'),
      targetWith(fingerprintOf(known), '192.168.2.4'),
      targetWith(fingerprintOf(stranger), '192.168.2.3'),
      targetWith(fingerprintOf(stranger), '192.168.2.4'),
    ];
    const outcomes = await Promise.all(calls.map((target) => gateway.send(target, ORDER)));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'not-sent', 'not-sent', 'accepted']);
    expect(agents.map(({ orders }) => orders)).toEqual([1, 1]);
  });
});

describe('ca', () => {
  it('takes a certificate that the authority issued for the address, though the connection leads elsewhere', async () => {
    const identity = await issue({ issuer: authority });
    const agent = await startAgent(identity);
    const gateway = createGateway(agent, { mode: 'ca', caPem: authority.cert });
    expect(await gateway.send(targetWith(null), ORDER)).toMatchObject({
      outcome: 'accepted',
      certificateSha256: fingerprintOf(identity),
    });
  });

  it('takes either of two authorities in one file', async () => {
    const former = await issue({ name: 'Former Centro Demo', isAuthority: true });
    const agent = await startAgent(await issue({ issuer: authority }));
    const gateway = createGateway(agent, { mode: 'ca', caPem: `${former.cert}\n${authority.cert}` });
    expect(await gateway.send(targetWith(null), ORDER)).toMatchObject({ outcome: 'accepted' });
  });

  it.each<[name: string, code: string, identity: () => Promise<Identity>]>([
    ['a self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', () => issue()],
    [
      'a certificate of another authority of the same name',
      'CERT_SIGNATURE_FAILURE',
      () => issue({ issuer: otherAuthority }),
    ],
    [
      'a certificate for another address',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      () => issue({ issuer: authority, ips: ['192.168.2.4'] }),
    ],
    [
      'a certificate for the address it was led to',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      () => issue({ issuer: authority, ips: ['127.0.0.1'] }),
    ],
    [
      'a certificate with the address as its name only',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      () => issue({ issuer: authority, ips: [], name: AGENT_IP }),
    ],
    ['an expired certificate', 'CERT_HAS_EXPIRED', () => issue({ issuer: authority, days: [-30, -1] })],
    ['a certificate that is not valid yet', 'CERT_NOT_YET_VALID', () => issue({ issuer: authority, days: [1, 30] })],
  ])('gives %s not one byte of the order', async (_name, code, identity) => {
    const agent = await startAgent(await identity());
    const outcome = await createGateway(agent, { mode: 'ca', caPem: authority.cert }).send(targetWith(null), ORDER);
    expect(outcome).toMatchObject({ ...REFUSED_BY_CA, message: expect.stringContaining(`(${code})`) });
    expect(agent.connections).toBe(1);
    await expectUntouched(agent);
  });

  it.each(['', 'not a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'does not start with %j for an authority',
    async (caPem) => {
      expect(() => createAgentGateway({ tls: { mode: 'ca', caPem }, connectTo: [], networks: [] })).toThrow('PEM');
    },
  );
});

describe.each([{ mode: 'insecure' }, { mode: 'pinned' }] as const)('$mode', (tls) => {
  it('cannot speak with an agent that only knows TLS 1.1', async () => {
    const agent = await startAgent(known, {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    expect(await createGateway(agent, tls).send(targetWith(null), ORDER)).toMatchObject({
      outcome: 'not-sent',
      code: 'AGENT_UNREACHABLE',
    });
    await expectUntouched(agent);
  });
});

describe('the address a connection ends at', () => {
  it.each<[name: string, peer: string, expected: object, orders: number]>([
    ['is checked again once connected', '127.0.0.1', { outcome: 'not-sent', code: 'AGENT_ADDRESS_NOT_ALLOWED' }, 0],
    ['is not when a rule led there', AGENT_IP, { outcome: 'answered' }, 1],
  ])('%s', async (_name, ip, expected, orders) => {
    const agent = await startAgent(known);
    const exchange = await postOnce({
      peer: targetWith(null, ip),
      port: 8000,
      endpoint: { host: '127.0.0.1', port: agent.port },
      trust: createPeerTrust({ mode: 'insecure' }),
      isAddressAllowed: () => false,
      connectTimeoutMs: 1000,
      signal: AbortSignal.timeout(1000),
      request: toOrderRequest(ORDER),
      maxAnswerBytes: 1000,
    });
    expect(exchange).toMatchObject(expected);
    await agent.whenClosed();
    expect(agent.orders).toBe(orders);
    expect(agent.applicationBytes > 0).toBe(orders > 0);
  });
});

describe('a connection lost just before the order was written', () => {
  it('is not opened a second time', async () => {
    const agent = await startAgent(known);
    const trust = createPeerTrust({ mode: 'insecure' });
    const exchange = await postOnce({
      peer: targetWith(null),
      port: 8000,
      endpoint: { host: '127.0.0.1', port: agent.port },
      trust: {
        ...trust,
        check: (socket) => {
          socket.destroy();
          return null;
        },
      },
      isAddressAllowed: () => true,
      connectTimeoutMs: 1000,
      signal: AbortSignal.timeout(1000),
      request: toOrderRequest(ORDER),
      maxAnswerBytes: 1000,
    });
    expect(exchange).toEqual({
      outcome: 'not-sent',
      code: 'AGENT_UNREACHABLE',
      message: 'The agent could not be reached: connection closed.',
      timedOut: false,
    });
    expect(agent.connections).toBe(1);
    await expectUntouched(agent);
  });
});

describe('the log', () => {
  it('warns of a certificate that changed, and holds nothing of the order', async () => {
    const log = { debug: vi.fn(), warn: vi.fn() };
    const agent = await startAgent(stranger);
    const gateway = createGateway(agent, { mode: 'pinned' }, { log });
    await gateway.send(targetWith(fingerprintOf(known)), ORDER);
    await gateway.send(targetWith(null), ORDER);
    expect(log.warn.mock.calls).toEqual([
      [expect.objectContaining({ clientId: 'pc1', code: 'AGENT_CERTIFICATE_CHANGED' }), 'agent not called'],
    ]);
    expect(log.debug).toHaveBeenCalledOnce();
    expect(JSON.stringify([log.warn.mock.calls, log.debug.mock.calls])).not.toContain(ORDER.imageName);
  });
});
