import { createHmac, randomUUID } from 'node:crypto';
import { decodeGlobalID } from '@pothos/plugin-relay';
import { mutate } from './mutate.ts';
import type { TestServer } from './start-test-server.ts';

export const SECRETS_KEY = Buffer.alloc(32, 7);

export interface Answer {
  status: number;
  body: { outcome?: string; message?: string; serverTime?: number };
}

/** A client's agent that signs. What a single report is signed with may be forged. */
export interface SigningAgent {
  secret: string;
  tell: (event: unknown, forged?: Partial<Forged>) => Promise<Answer>;
}

interface Forged {
  id: string;
  /** Seconds since 1970. */
  timestamp: number;
  secret: string;
  client: string;
  /** What is sent instead of what was signed. */
  sent: string | Uint8Array<ArrayBuffer>;
  headers: Record<string, string | null>;
}

export function sign(secret: string, id: string, timestamp: number, body: string | Uint8Array): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

/** Issues a secret to a client, by its Relay id, and speaks for its agent. */
export async function startSigning(server: TestServer, clientId: string): Promise<SigningAgent> {
  const { secret } = (await mutate(server.url, 'issueAgentSecret', { clientId }, 'secret')) as { secret: string };
  const uuid = decodeGlobalID(clientId).id;
  return {
    secret,
    async tell(event, forged = {}) {
      const body = typeof event === 'string' ? event : JSON.stringify(event);
      const id = forged.id ?? randomUUID();
      const timestamp = forged.timestamp ?? Math.floor(Date.now() / 1000);
      const headers = new Headers({
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign(forged.secret ?? secret, id, timestamp, body),
        'webhook-client': forged.client ?? uuid,
      });
      for (const [name, value] of Object.entries(forged.headers ?? {})) {
        if (value === null) headers.delete(name);
        else headers.set(name, value);
      }
      const url = server.url.replace('/graphql', '/webhooks/agent');
      const response = await fetch(url, { method: 'POST', headers, body: forged.sent ?? body });
      return { status: response.status, body: (await response.json()) as Answer['body'] };
    },
  };
}
