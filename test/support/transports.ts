import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Answer } from './ask.ts';
import { ask } from './ask.ts';

type Result = Pick<Answer, 'data' | 'errors'>;

/** Asks one thing and gives its first result, whatever it was asked over. */
type Transport = (url: string, query: string, variables?: Record<string, unknown>) => Promise<Result>;

export const TRANSPORTS: Readonly<Record<'POST' | 'server-sent events' | 'WebSocket', Transport>> = {
  POST: ask,
  'server-sent events': async (url, query, variables = {}) => {
    const over = new AbortController();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables }),
      signal: over.signal,
    });
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const [, data] = /^event: next\n(?:id: .*\n)?data: (.*)\n\n/m.exec(text) ?? [];
      if (data === undefined) continue;
      over.abort();
      return JSON.parse(data) as Result;
    }
    throw new Error(`status ${response.status} and no result in: ${text}`);
  },
  WebSocket: async (url, query, variables = {}) => {
    const client = connect(url);
    try {
      return await askOver(client, query, variables);
    } finally {
      await client.dispose();
    }
  },
};

/** A socket that is opened by the first thing asked over it, and never again once it was closed. */
export function connect(url: string): Client {
  return createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
}

/** @throws what closed the socket, if that is what happens. */
export function askOver(client: Client, query: string, variables: Record<string, unknown> = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const unsubscribe = client.subscribe(
      { query, variables },
      {
        next: (result) => {
          resolve(result as Result);
          // Only after this callback: the client does not know its own subscription before.
          queueMicrotask(() => unsubscribe());
        },
        error: (error) => {
          if (Array.isArray(error)) resolve({ data: undefined, errors: error as NonNullable<Answer['errors']> });
          else reject(error instanceof Error ? error : new Error(`the socket was closed: ${describeClose(error)}`));
        },
        complete: () => reject(new Error('it ended without a result')),
      },
    );
  });
}

function describeClose(event: unknown): string {
  const { code, reason } = event as { code?: number; reason?: string };
  return `${code} ${reason}`;
}

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

interface RawRequest {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  /** Sent with its length, or in chunks without one. */
  body?: string;
  chunked?: boolean;
}

/** Sends just these headers and no others, which no fetch does. An upgrade that is granted is answered 101. */
export function sendRaw(
  url: string,
  { method = 'POST', path = new URL(url).pathname, headers = {}, body, chunked = false }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const length = body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = request({ hostname, port, method, path, headers: { ...length, ...headers }, agent: false });
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '' });
    });
    // A server that refuses a body may close before all of it was sent; what counts is its answer, which settles first.
    sent.on('error', reject);
    for (const [chunk] of (body ?? '').matchAll(/[^]{1,16384}/g)) sent.write(chunk);
    sent.end();
  });
}

/** Asks for a socket as a browser or a program would, and no more. @returns 101 where it was granted. */
export function askForSocket(url: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return sendRaw(url, {
    method: 'GET',
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-protocol': 'graphql-transport-ws',
      ...headers,
    },
  });
}
