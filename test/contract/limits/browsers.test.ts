// What pages of other sites may do, and what ours may.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { askForSocket, sendRaw } from '#test/support/transports.ts';

const CONSOLE = 'https://console.example';
const JSON_TYPE = { 'content-type': 'application/json' };
const body = JSON.stringify({ query: '{ __typename }' });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ machines: [], guards: { corsOrigins: [CONSOLE] } });
});
afterAll(() => server.stop());

const allowed = (headers: object) => Object.keys(headers).filter((name) => name.startsWith('access-control-'));
const STRANGERS = [
  'https://evil.example',
  'null',
  '',
  'http://console.example',
  'https://console.example:8443',
  'https://console.example.evil.example',
  'https://evil-console.example',
  'https://evil.console.example',
  'https://CONSOLE.example',
  'https://console.example/',
  'https://console.example, https://evil.example',
];

describe('a page of a listed origin', () => {
  it('may ask beforehand, and is told how', async () => {
    const { status, headers } = await sendRaw(server.url, {
      method: 'OPTIONS',
      headers: {
        origin: CONSOLE,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': CONSOLE,
      'access-control-allow-methods': 'GET, POST',
      vary: 'Origin',
    });
    expect(headers['access-control-allow-headers']?.split(', ')).toEqual(
      expect.arrayContaining(['content-type', 'authorization', 'accept-language', 'last-event-id']),
    );
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it.each([{}, { accept: 'text/event-stream' }])('may read the answer: %j', async (accept) => {
    const headers = { origin: CONSOLE, 'sec-fetch-site': 'cross-site', ...JSON_TYPE, ...accept };
    const answer = await sendRaw(server.url, { headers, body });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': CONSOLE,
      vary: expect.stringContaining('Origin'),
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('may read too why it was refused', async () => {
    const answer = await sendRaw(server.url, { headers: { origin: CONSOLE, ...JSON_TYPE }, body: '{' });
    expect(answer.status).toBe(400);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': CONSOLE });
  });

  it('may have a socket', async () => {
    expect((await askForSocket(server.url, { origin: CONSOLE })).status).toBe(101);
  });

  it('may not speak as an agent or read what is for Prometheus', async () => {
    for (const path of ['/opengnsys/rest/ogagent/started', '/webhooks/repository', '/metrics', '/health']) {
      const { headers } = await sendRaw(server.url, { method: 'OPTIONS', path, headers: { origin: CONSOLE } });
      expect(allowed(headers)).toEqual([]);
    }
  });
});

describe('a page of any other origin', () => {
  it.each(STRANGERS)('is allowed nothing: %j', async (origin) => {
    const answers = await Promise.all([
      sendRaw(server.url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } }),
      sendRaw(server.url, { headers: { origin, ...JSON_TYPE }, body }),
    ]);
    expect(answers.flatMap(({ headers }) => allowed(headers))).toEqual([]);
    expect((await askForSocket(server.url, { origin })).status).toBe(403);
  });

  it('cannot have its visitors’ browsers ask', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    const query = { method: 'GET', path: '/graphql?query=%7B__typename%7D' };
    expect((await sendRaw(server.url, { ...query, headers })).status).toBe(403);
    expect(
      (await sendRaw(server.url, { ...query, headers: { ...headers, 'sec-fetch-site': 'same-origin' } })).status,
    ).toBe(200);
    expect((await sendRaw(server.url, { headers: { ...headers, ...JSON_TYPE }, body })).status).toBe(403);
  });

  it('may have a link to GraphiQL', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', accept: 'text/html' };
    expect((await sendRaw(server.url, { method: 'GET', headers })).status).toBe(200);
  });
});

describe('a browser', () => {
  it.each(['/graphql?query=%7B__typename%7D', '/health', '/nowhere', '/metrics', '/opengnsys/rest/nowhere'])(
    'takes %s for what it says it is, and shows it in no frame',
    async (path) => {
      const { headers } = await sendRaw(server.url, { method: 'GET', path });
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    },
  );

  it('runs of GraphiQL just the script that is in the page, and lets it ask this server only', async () => {
    const { headers, text } = await sendRaw(server.url, { method: 'GET', headers: { accept: 'text/html' } });
    const policy = Object.fromEntries(
      String(headers['content-security-policy'])
        .split('; ')
        .map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]),
    ) as Record<string, string[]>;
    const script = text.slice(text.indexOf('<script>') + '<script>'.length, text.lastIndexOf('</script>'));
    expect(policy).toMatchObject({
      'default-src': ["'none'"],
      'script-src': [`'sha256-${createHash('sha256').update(script).digest('base64')}'`],
      'connect-src': ["'self'"],
      'frame-ancestors': ["'none'"],
    });
    expect(text.match(/\son[a-z]+="/g) ?? []).toEqual([]);
  });
});
