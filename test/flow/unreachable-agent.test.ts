import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConnectTo } from '#agent/connect-to.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';
import { ClientByMacDocument } from '#test/operations.generated.ts';
import { deployOne, untilStatus } from '#test/support/deploy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

let server: TestServer;
let port: number;
beforeAll(async () => {
  port = await findClosedPort();
  server = await startTestServer({
    reconcileEveryMs: 100,
    boot: false,
    config: { agentConnectTo: parseConnectTo(`192.168.2.3::127.0.0.1:${port}`) },
  });
  await server.report('ogAdmClient/InclusionCliente', {
    mac: '08:00:27:0b:88:be',
    iph: '192.168.2.3',
    cfg: '1:0:1:::52428800:0;1:2:83:EXT4::26214400:1;1:4:ca:CACHE::9437184:1',
  });
});
afterAll(() => server.stop());

describe('a machine that was switched off after it reported', () => {
  it('fails the trace with AGENT_UNREACHABLE at once, and shows the client DISCONNECTED', async () => {
    const trace = await untilStatus(server, await deployOne(server), 'FAILED', 'UNKNOWN');
    expect(trace.error).toMatchObject({
      code: 'AGENT_UNREACHABLE',
      message: 'No se pudo conectar con el agente; no se envió nada.',
    });
    expect(trace.events.nodes.map(({ kind }) => kind)).toEqual(['CREATED', 'SENDING', 'NOT_SENT']);
    expect(trace.operation).toMatchObject({ status: 'FAILED', progress: 100 });
    const { clientByMac } = await server.request(ClientByMacDocument, { mac: '0800270b88be' });
    expect(clientByMac?.status).toBe('DISCONNECTED');
  });

  it('is there again as soon as its agent answers, without a restart', async () => {
    const room = await createSimulator({ agents: walkthroughRoom, serverUrl: 'http://127.0.0.1:9', port });
    // Switched on; its own start notices find no server.
    await room.agent('192.168.2.3').bootOgLive();
    await waitFor('pc1 to be on ogLive', async () => {
      const { clientByMac } = await server.request(ClientByMacDocument, { mac: '0800270b88be' });
      return clientByMac?.status === 'OGLIVE';
    });
    await room.stop();
  });
});

/** A port that was free a moment ago: nothing listens on it. */
async function findClosedPort(): Promise<number> {
  const probe = createServer();
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  probe.listen(0, '127.0.0.1', resolve);
  await listening;
  const address = probe.address() as AddressInfo;
  probe.close();
  return address.port;
}
