import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConnectTo } from '#agent/connect-to.ts';
import { ClientByMacDocument } from '#test/operations.generated.ts';
import { deployOne, untilStatus } from '#test/support/deploy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    boot: false,
    config: { agentConnectTo: parseConnectTo(`192.168.2.3::127.0.0.1:${await findClosedPort()}`) },
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
});

/** A port that was free a moment ago: nothing listens on it. */
async function findClosedPort(): Promise<number> {
  const probe = createServer();
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  probe.listen(0, '127.0.0.1', resolve);
  await listening;
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}
