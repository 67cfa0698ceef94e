import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { sign } from './sign-report.ts';

/** Stands between simulated agents, which do not sign, and who hears them: says what they say in signed events. */
export interface SigningBridge {
  /** For the agents: where to report to. */
  url: string;
  /** Whom to tell. */
  target: string;
  /** Breaks the protocol in one way. */
  flaw: 'none' | 'wrong-secret' | 'same-number' | 'old-timestamp';
  close: () => Promise<void>;
}

export async function startSigningBridge(secret: string): Promise<SigningBridge> {
  const numbers = new Map<string, number>();
  const server = createServer((request, response) => {
    void (async () => {
      const event = toEvent(JSON.parse(await readAll(request)) as Record<string, unknown>, (job) => {
        const number = bridge.flaw === 'same-number' ? 1 : (numbers.get(job) ?? 0) + 1;
        numbers.set(job, number);
        return number;
      });
      if (event !== null) await tell(event);
      response.end('{"res": 1}');
    })();
  });

  async function tell(event: object): Promise<void> {
    const body = JSON.stringify(event);
    const id = `evt-${crypto.randomUUID()}`;
    const timestamp = Math.floor(Date.now() / 1000) - (bridge.flaw === 'old-timestamp' ? 3600 : 0);
    const key = bridge.flaw === 'wrong-secret' ? 'whsec_AAAA' : secret;
    await fetch(`${bridge.target}/webhooks/agent`, {
      method: 'POST',
      headers: {
        'webhook-client': '01936cba-f6d0-7a3c-8f21-5b9d3c7e1a04',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign(key, id, timestamp, body),
      },
      body,
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bridge: SigningBridge = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/opengnsys/rest`,
    target: 'http://127.0.0.1:9',
    flaw: 'none',
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return bridge;
}

function toEvent(body: Record<string, unknown>, nextNumber: (job: string) => number): object | null {
  const { job_id: job, nfn, res, progress, der, output } = body;
  if (typeof job !== 'string') return null;
  const about = { job, seq: nextNumber(job) };
  if (nfn === 'RESPUESTA_KillJob') return { type: 'job.killed', ...about };
  if (progress !== undefined) return { type: 'job.progress', ...about, data: { percent: Number(progress) } };
  if (String(res) === '1') return { type: 'job.finished', ...about, data: { output } };
  return { type: 'job.failed', ...about, data: { message: String(der), output } };
}
