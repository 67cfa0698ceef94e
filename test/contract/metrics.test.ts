// What Prometheus reads.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploy } from '#test/support/deploy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ behaviour: { fault: 'silent', durationMs: 60_000 } });
});
afterAll(() => server.stop());

async function scrape(): Promise<string> {
  const response = await fetch(server.url.replace('/graphql', '/metrics'));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return response.text();
}

describe('the numbers for Prometheus', () => {
  it('tell of machines and jobs by state, and of requests by kind of caller', async () => {
    await deploy(server);
    await fetch(server.url.replace('/graphql', '/opengnsys/rest/nowhere'), { method: 'POST' });
    const text = await scrape();
    expect(text).toContain('oggraph_clients{status="BUSY"} 1');
    expect(text).toContain('oggraph_clients{status="OGLIVE"} 1');
    expect(text).toContain('oggraph_active_traces{status="RUNNING"} 1');
    expect(text).toContain('oggraph_active_traces{status="PENDING"} 0');
    expect(text).toMatch(/oggraph_event_log_head [1-9]\d*/);
    expect(text).toMatch(/oggraph_http_requests_total\{route="graphql",status="200"\} [1-9]/);
    expect(text).toContain('oggraph_http_requests_total{route="agents",status="404"} 1');
    expect(text).toContain('oggraph_stream_connections{transport="sse"} 0');
    expect(text).toContain('oggraph_stream_connections{transport="websocket"} 0');
    expect(text).toContain('oggraph_stream_subscriptions 0');
    expect(text).toContain('oggraph_stream_waiting_bytes 0');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('have no label that a stranger can choose', async () => {
    await fetch(server.url.replace('/graphql', '/whatever-comes-to-mind'));
    expect(await scrape()).not.toContain('whatever');
  });
});
