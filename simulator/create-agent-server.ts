import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { AgentCertificate } from './create-certificate.ts';
import type { AgentHandle } from './create-simulated-agent.ts';
import { parseJson, readBody } from './read-body.ts';
import { writeAnswer } from './write-answer.ts';

export interface AgentServer {
  port: number;
  close(): Promise<void>;
}

interface ServerParts {
  certificate: AgentCertificate;
  host: string;
  port: number;
  findAgent: (ip: string) => AgentHandle | undefined;
}

/**
 * Listens for the whole room: the address in the Host header says which agent is meant. Nobody there, or a PC that is off:
 * the connection is closed, which is as near as one port comes to a machine that is not in the network.
 *
 * @throws {Error} when it cannot listen.
 */
export async function createAgentServer({ certificate, host, port, findAgent }: ServerParts): Promise<AgentServer> {
  const server = createServer({ key: certificate.keyPem, cert: certificate.certificatePem });
  const connections = new Map<string, Socket>();

  // TLS hides the TCP connection, which alone can be reset; its two ends tell which one belongs to a call.
  server.on('connection', (tcp: Socket) => {
    const key = keyOf(tcp);
    connections.set(key, tcp);
    tcp.once('close', () => connections.delete(key));
  });
  server.on('request', (request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const handle = findAgent((request.headers.host ?? '').replace(/:\d+$/, ''));
    const life = handle?.life();
    const hangUp = () => request.socket.destroy();
    if (handle === undefined || life === undefined || life.aborted) {
      hangUp();
      return;
    }
    life.addEventListener('abort', hangUp, { once: true });
    response.once('close', () => {
      life.removeEventListener('abort', hangUp);
    });
    const tcp = connections.get(keyOf(request.socket));
    const rawBody = await readBody(request);
    if (life.aborted) return;
    const { method = '', url: path = '', headers } = request;
    const answer = await handle.receive({ at: new Date(), method, path, headers, rawBody, body: parseJson(rawBody) });
    if (!life.aborted) await writeAnswer(answer, response, tcp);
  }

  server.listen(port, host);
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      // Connections still shaking hands are none of the HTTP server's yet.
      for (const tcp of connections.values()) tcp.destroy();
      await closed;
    },
  };
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
