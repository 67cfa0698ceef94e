import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '#config.ts';
import { scenario } from '#demo/scenario.ts';
import { ask } from '#test/support/ask.ts';
import { clientId, modelId } from '#test/support/deploy.ts';
import { mutate } from '#test/support/mutate.ts';
import { SECRETS_KEY, startSigning } from '#test/support/sign-report.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const READY = { type: 'client.ready' };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ config: { agentSecretsKey: SECRETS_KEY } });
});
afterAll(() => server.stop());

async function issuedAt(id: string): Promise<unknown> {
  const { data } = await ask(server.url, 'query($id: ID!) { client(id: $id) { agentSecretIssuedAt } }', { id });
  const client = data?.['client'] as { agentSecretIssuedAt: unknown } | null | undefined;
  return client?.agentSecretIssuedAt;
}

describe('a client’s secret', () => {
  it('is shown once, kept encrypted, and good until the next one or the end', async () => {
    expect(await issuedAt(clientId)).toBeNull();
    const first = await startSigning(server, clientId);
    expect(first.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await issuedAt(clientId)).toMatch(/^\d{4}-/);
    expect(await first.tell(READY)).toMatchObject({ status: 200 });
    const { sealed } = await server.app.database.prisma.agentSecret.findFirstOrThrow();
    expect(sealed).not.toContain(first.secret.replace('whsec_', '').slice(0, 12));

    const second = await startSigning(server, clientId);
    expect(await first.tell(READY)).toMatchObject({ status: 401 });
    expect(await second.tell(READY)).toMatchObject({ status: 200 });
    for (let again = 1; again <= 2; again += 1) {
      expect(await mutate(server.url, 'revokeAgentSecret', { clientId }, 'client { name }')).toMatchObject({
        client: { name: 'pc1' },
      });
    }
    expect(await second.tell(READY)).toMatchObject({ status: 401 });
    expect(await issuedAt(clientId)).toBeNull();
  });

  it('is none in the row of another client, nor under another key', async () => {
    const db = server.app.database.prisma;
    const [pc1, model] = [await startSigning(server, clientId), await startSigning(server, modelId)];
    const { sealed } = await db.agentSecret.findUniqueOrThrow({ where: { clientId: scenario.client.id } });
    await db.agentSecret.update({ where: { clientId: scenario.model.id }, data: { sealed } });
    expect(await model.tell(READY, { secret: pc1.secret })).toMatchObject({ status: 500 });
    expect(await pc1.tell(READY)).toMatchObject({ status: 200 });
  });

  it('is for clients that there are', async () => {
    for (const mutation of ['issueAgentSecret', 'revokeAgentSecret']) {
      const unknown = Buffer.from('Client:01936cba-0000-7000-8000-000000000000').toString('base64');
      for (const id of [unknown, 'nonsense']) {
        expect(await mutate(server.url, mutation, { clientId: id })).toMatchObject({
          code: 'NOT_FOUND',
          path: ['input', 'clientId'],
        });
      }
    }
  });
});

describe('AGENT_SECRETS_KEY', () => {
  it('is needed, and the refusal says so', async () => {
    const without = await startTestServer({ boot: false });
    try {
      expect(await mutate(without.url, 'issueAgentSecret', { clientId })).toMatchObject({
        __typename: 'AgentSecretsDisabledError',
        code: 'AGENT_SECRETS_DISABLED',
        message: expect.stringContaining('AGENT_SECRETS_KEY'),
      });
    } finally {
      await without.stop();
    }
  });

  it('is 32 bytes in base64 or hexadecimal, and never told in a mistake', () => {
    const key = Buffer.alloc(32, 200);
    expect(readConfig({ AGENT_SECRETS_KEY: key.toString('base64') }).agentSecretsKey).toEqual(key);
    expect(readConfig({ AGENT_SECRETS_KEY: key.toString('hex') }).agentSecretsKey).toEqual(key);
    expect(readConfig({}).agentSecretsKey).toBeNull();
    for (const bad of ['short', 'x'.repeat(40), key.toString('base64').slice(4), '!'.repeat(44)]) {
      expect(() => readConfig({ AGENT_SECRETS_KEY: bad })).toThrow(ConfigError);
      expect(() => readConfig({ AGENT_SECRETS_KEY: bad })).not.toThrow(bad);
    }
  });
});

describe('TRUSTED_PROXIES and AGENT_SENDER_POLICY', () => {
  it('are addresses or networks of either family, and one of three words', () => {
    expect(readConfig({ TRUSTED_PROXIES: '10.0.0.0/8, ::1 ,127.0.0.1' }).trustedProxies).toEqual([
      '10.0.0.0/8',
      '::1/128',
      '127.0.0.1/32',
    ]);
    expect(readConfig({})).toMatchObject({ trustedProxies: [], agentSenderPolicy: 'address' });
    for (const bad of ['proxy.example', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/']) {
      expect(() => readConfig({ TRUSTED_PROXIES: bad })).toThrow(ConfigError);
    }
    expect(() => readConfig({ AGENT_SENDER_POLICY: 'all' })).toThrow(ConfigError);
  });
});
