// An agent on loopback that does with each request what a test says, and the gateway that calls it.
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach } from 'vitest';
import { parseConnectTo } from '#agent/connect-to.ts';
import { createAgentGateway } from '#agent/create-agent-gateway.ts';
import type { AgentGatewayOptions } from '#agent/create-agent-gateway.ts';
import type { AgentGateway, AgentOrderOutcome, AgentTarget, AgentOrder } from '#domain/operations/agent-gateway.ts';

// The call of the walkthrough, with its values and its order of keys.
export const ORDER = {
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
export const WALKTHROUGH_BODY =
  '{"dsk":"1","par":"2","cpt":"83","ifs":"1","idi":"01936caf-facb-72ad-9446-97e7dbf2b96a","nci":"image-test",' +
  '"ipr":"192.168.68.55","nfn":"RestaurarImagen","method":"unicast","ids":"0"}';
export const TARGET: AgentTarget = { clientId: 'pc1', ip: '192.168.2.3', certificateSha256: null };
export const ACCEPTANCE = '{"job_id": "RestaurarImagen-dfa42888"}';

const { private: key, cert } = await generate([{ name: 'commonName', value: 'ogAgent' }], {
  keyType: 'ec',
  algorithm: 'sha256',
});
export const cleanups: (() => unknown)[] = [];
/** The TCP sockets under the agents' TLS sockets, by their remote port: only those can be reset. */
const tcpSockets = new Map<number | undefined, Socket>();

afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp();
});

export interface Received {
  head: string;
  body: string;
}

export interface FakeAgent {
  port: number;
  connections: number;
  received: Received[];
}

/** An agent on loopback that, for each complete request, does what the script says with the socket. */
export async function startAgent(script: (socket: TLSSocket, received: Received) => void): Promise<FakeAgent> {
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
export function answer(status: number, body: string | Buffer, headers: string[] = []): (socket: TLSSocket) => void {
  return (socket) => {
    socket.write(
      [`HTTP/1.1 ${status} Some`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers, '', ''].join('\r\n'),
    );
    socket.end(body);
  };
}

export function reset(socket: TLSSocket): void {
  tcpSockets.get(socket.remotePort)?.resetAndDestroy();
}

export async function listen(server: Server): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

export function createGateway(agentPort: number, options: Partial<AgentGatewayOptions> = {}): AgentGateway {
  const gateway = createAgentGateway({
    tls: { mode: 'insecure' },
    connectTo: parseConnectTo(`::127.0.0.1:${agentPort}`),
    networks: ['192.168.0.0/16'],
    ...options,
  });
  cleanups.push(() => gateway.close());
  return gateway;
}

export async function order(
  script: (socket: TLSSocket, received: Received) => void,
  options: Partial<AgentGatewayOptions> = {},
): Promise<{ outcome: AgentOrderOutcome; agent: FakeAgent }> {
  const agent = await startAgent(script);
  const outcome = await createGateway(agent.port, options).send(TARGET, ORDER);
  return { outcome, agent };
}
