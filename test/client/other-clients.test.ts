// The examples of docs/streams.md as they stand there, with the clients that others have written, over lines that are cut.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import * as apolloClient from '@apollo/client';
import * as apolloSubscriptions from '@apollo/client/link/subscriptions';
import * as urqlCore from '@urql/core';
import { EventSource } from 'eventsource';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import type { ClientOptions } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { resuming } from '#client/resuming.ts';
import { appendChanges, changesAfter, currentCursor, seqAt } from '#test/support/event-log.ts';
import { startTcpProxy } from '#test/support/start-tcp-proxy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'streams.md'), 'utf8');
const ROUNDS = 8;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
});
afterAll(() => server.stop());

interface Given {
  url: string;
  after: string;
  show: (update: { cursor: string }) => void;
}

/** The example under a heading, as a function of what it takes as given. */
function exampleOf(heading: string, modules: Readonly<Record<string, object>>): (given: Given) => void {
  const section = PAGE.split(/^### /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const code = /^```js\n(.*?)^```/ms.exec(section)?.[1] ?? '';
  const names = Object.keys(modules);
  const body = code.replaceAll(/^import (\{[^}]+\}) from '([^']+)';$/gm, (_line, imported: string, from: string) => {
    if (!names.includes(from)) throw new Error(`the example imports ${from}`);
    return `const ${imported} = modules[${JSON.stringify(from)}];`;
  });
  const make = runInThisContext(
    `(modules, EventSource, URLSearchParams, console) => ({ url, after, show }) => { ${body} }`,
    {
      filename: `docs/streams.md: ${heading}`,
    },
  ) as (...args: unknown[]) => (given: Given) => void;
  return make(modules, TestEventSource, URLSearchParams, console);
}

const closings: (() => unknown)[] = [];

/** As the example makes them, but that the test need not wait for long, and can end them. */
const graphqlWs = {
  createClient: (options: ClientOptions) => {
    const client = createWsClient({ ...options, webSocketImpl: WebSocket, retryWait: async () => {} });
    closings.push(() => client.dispose());
    return client;
  },
};
const graphqlSse = {
  createClient: (options: Parameters<typeof createSseClient>[0]) => {
    const client = createSseClient({ ...options, retry: async () => {} });
    closings.push(() => client.dispose());
    return client;
  },
};
class TestEventSource extends EventSource {
  constructor(url: string) {
    super(url);
    closings.push(() => this.close());
  }
}

const CLIENTS: readonly [name: string, modules: Record<string, object>][] = [
  ['EventSource', {}],
  ['graphql-ws', { 'graphql-ws': graphqlWs }],
  [
    'Apollo Client',
    {
      '@apollo/client': apolloClient,
      '@apollo/client/link/subscriptions': apolloSubscriptions,
      'graphql-ws': graphqlWs,
      '#client/resuming.ts': { resuming },
    },
  ],
  ['urql', { '@urql/core': urqlCore, 'graphql-ws': graphqlWs, '#client/resuming.ts': { resuming } }],
  ['graphql-sse', { 'graphql-sse': graphqlSse }],
];

describe('the example of docs/streams.md for', () => {
  it.each(CLIENTS)(
    '%s has every event once and in order, however often its line is cut',
    async (name, modules) => {
      const db = server.app.database.prisma;
      const proxy = await startTcpProxy(server.url);
      const start = await currentCursor(db);
      const seen: bigint[] = [];
      exampleOf(name, modules)({ url: proxy.url, after: start, show: ({ cursor }) => seen.push(seqAt(cursor)) });
      for (let round = 1; round <= ROUNDS; round += 1) {
        await appendChanges(db, 3);
        // Every other time it is cut in the middle of things.
        const enough = round * 3 - (round % 2);
        await waitFor(`what is new (${seen.length})`, () => seen.length >= enough, 20_000);
        proxy.cut();
      }
      const expected = await changesAfter(db, start);
      await waitFor('all of it', () => seen.length >= expected.length, 20_000);
      expect(seen).toEqual(expected);
      expect(proxy.connections()).toBeGreaterThan(ROUNDS - 1);
      for (const close of closings.splice(0)) await close();
      proxy.stop();
    },
    90_000,
  );
});
