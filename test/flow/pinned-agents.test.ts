import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { ForgetAgentCertificateDocument } from '#test/operations.generated.ts';
import { clientId, deployOne, modelId, untilStatus } from '#test/support/deploy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ config: { agentTls: { mode: 'pinned' } } });
});
afterAll(() => server.stop());

const pinOf = async (id: string) =>
  (await server.app.database.prisma.client.findUniqueOrThrow({ where: { id } })).agentCertificateSha256;

describe('agents known by their certificates', () => {
  it('remembers the first certificate a client’s agent shows', async () => {
    await untilStatus(server, await deployOne(server), 'SUCCEEDED');
    expect(await pinOf(scenario.client.id)).toBe(server.room.certificateSha256);
    expect(await pinOf(scenario.model.id)).toBeNull();
  });

  it('sends nothing to one that shows another, until a person says that it is right', async () => {
    // As if the model had been reinstalled since: what it showed then was something else.
    await server.app.database.prisma.client.update({
      where: { id: scenario.model.id },
      data: { agentCertificateSha256: 'ab'.repeat(32) },
    });
    const order = { target: { clientIds: [modelId] } };
    const refused = await untilStatus(server, await deployOne(server, order), 'FAILED');
    expect(refused.error?.code).toBe('AGENT_CERTIFICATE_CHANGED');
    expect(server.room.agent(scenario.model.ip).received).toEqual([]);

    const { forgetAgentCertificate } = await server.request(ForgetAgentCertificateDocument, { clientId: modelId });
    expect(forgetAgentCertificate).toEqual({
      __typename: 'ForgetAgentCertificatePayload',
      client: { agentCertificateSha256: null },
    });
    await untilStatus(server, await deployOne(server, order), 'SUCCEEDED');
    expect(await pinOf(scenario.model.id)).toBe(server.room.certificateSha256);
  });

  it('answers for an id that is no client’s', async () => {
    const { forgetAgentCertificate } = await server.request(ForgetAgentCertificateDocument, {
      clientId: clientId.slice(0, -4),
    });
    expect(forgetAgentCertificate).toEqual({
      __typename: 'NotFoundError',
      code: 'NOT_FOUND',
      path: ['input', 'clientId'],
    });
  });
});
