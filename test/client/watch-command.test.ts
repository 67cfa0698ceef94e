// `npm run watch` and a stream of a program, over servers that are killed and started again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOgGraphClient } from '#client/create-og-graph-client.ts';
import type { OgGraphClient } from '#client/create-og-graph-client.ts';
import { FollowTracesDocument } from '#client/operations.generated.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import type { Simulator } from '#simulator/create-simulator.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';
import { DeployDocument, TraceByIdDocument } from '#test/operations.generated.ts';
import { walkthroughOrder } from '#test/support/deploy.ts';
import { onServer, openTestDatabase } from '#test/support/open-test-database.ts';
import { spawnServer } from '#test/support/spawn-server.ts';
import type { ServerProcess } from '#test/support/spawn-server.ts';
import { startTcpProxy } from '#test/support/start-tcp-proxy.ts';
import type { TcpProxy } from '#test/support/start-tcp-proxy.ts';
import { waitFor } from '#test/support/wait-for.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PATIENCE_MS = 120_000;

let directory: string;
let room: Simulator;
let env: Record<string, string>;
let server: ServerProcess;
/** Where the server answers, whichever it is just now. */
let proxy: TcpProxy;
let client: OgGraphClient;
let removeDatabase = async () => {};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'oggraph-watch-'));
  room = await createSimulator({
    agents: walkthroughRoom,
    serverUrl: 'http://127.0.0.1:9',
    behaviour: { durationMs: 300, progressSteps: 4 },
  });
  env = { DATA_DIR: directory, AGENT_CONNECT_TO: room.connectTo };
  if (onServer()) {
    const database = await openTestDatabase();
    removeDatabase = database.close;
    env['DATABASE_URL'] = database.url ?? '';
  }
  server = await spawnServer(env, ['--scenario']);
  room.setServerUrl(server.url.replace('/graphql', '/opengnsys/rest'));
  proxy = await startTcpProxy(server.url);
  client = createOgGraphClient({ url: proxy.url, retry: { maxDelayMs: 500 } });
  await room.agent('192.168.2.3').bootOgLive();
}, PATIENCE_MS);

afterAll(async () => {
  client.close();
  proxy.stop();
  await server.end('SIGKILL');
  await room.stop();
  await removeDatabase();
  rmSync(directory, { recursive: true });
}, PATIENCE_MS);

async function restart(signal: 'SIGKILL' | 'SIGTERM', whileAway = async () => {}): Promise<void> {
  proxy.leadTo(null);
  await server.end(signal);
  await whileAway();
  server = await spawnServer(env, ['--scenario']);
  room.setServerUrl(server.url.replace('/graphql', '/opengnsys/rest'));
  proxy.leadTo(server.url);
}

/** @returns the id of the trace, which has ended well. */
async function deploy(): Promise<string> {
  const { deployImage } = await client.request(DeployDocument, { input: walkthroughOrder() });
  if (deployImage.__typename !== 'DeployImagePayload') throw new Error(JSON.stringify(deployImage));
  const id = deployImage.outcomes[0]?.trace?.id ?? '';
  await waitFor(
    'the trace to succeed',
    async () => (await client.request(TraceByIdDocument, { id })).trace?.status === 'SUCCEEDED',
    40_000,
  );
  return id;
}

interface Watching {
  out: () => string;
  /** Waits until it has printed something. */
  says: (text: string | RegExp) => Promise<unknown>;
  kill: (signal: NodeJS.Signals) => void;
  /** Its exit code. */
  ended: Promise<number | null>;
}

const watching: Watching[] = [];
afterEach(() => {
  for (const { kill } of watching.splice(0)) kill('SIGKILL');
});

function watch(args: readonly string[], language = 'es_ES.UTF-8'): Watching {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'tools/watch.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', LANG: language },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
  }
  const started: Watching = {
    out: () => out,
    says: (text) =>
      waitFor(
        `«${text}»`,
        () => (typeof text === 'string' ? out.includes(text) : text.test(out)) || null,
        60_000,
      ).catch((error: unknown) => {
        throw new Error(`${String(error)} in:\n${out}`);
      }),
    kill: (signal) => void child.kill(signal),
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
  watching.push(started);
  return started;
}

describe('a stream', { timeout: PATIENCE_MS }, () => {
  it('goes on over a server that is stopped and one that is killed: each event of the log once, in order', async () => {
    const stream = client.subscribe(FollowTracesDocument, {});
    await stream.started;
    const traces = [await deploy()];
    await restart('SIGTERM');
    traces.push(await deploy());
    await restart('SIGKILL');
    traces.push(await deploy());

    const logged: string[] = [];
    for (const id of traces) {
      const { trace } = await client.request(TraceByIdDocument, { id });
      logged.push(...(trace?.events.nodes.map(({ cursor }) => cursor) ?? []));
    }
    expect(logged.length).toBeGreaterThan(12);
    const seen: string[] = [];
    while (seen.length < logged.length) seen.push((await stream.next()).value?.traceUpdated.cursor ?? 'the end');
    expect(seen).toEqual(logged);
    await stream.return();
  });
});

describe('npm run watch', { timeout: PATIENCE_MS }, () => {
  it('shows the traces of a room through a restart, and ends with 0 on Ctrl-C', async () => {
    const { out, says, kill, ended } = watch(['--room', 'aula demo', '--url', proxy.url]);
    await says('Centro Demo / Aula Demo: 0 en marcha, 0 terminadas · en directo');
    await deploy();
    await says('✓ pc1          Desplegar imagen: Finalizado con éxito');
    await restart('SIGKILL', () => says('reconectando…').then(() => {}));
    await deploy();
    await says(/✓ pc1[^]*reconectando…[^]*en directo[^]*✓ pc1/);
    kill('SIGINT');
    expect(await ended).toBe(0);
    // Plain lines where nobody watches, and each event once.
    expect(out()).not.toContain('\u001B');
    expect(out().match(/ CREATED/g)).toHaveLength(2);
    expect(out().match(/✓/g)).toHaveLength(2);
  });

  it('speaks the language of the terminal', async () => {
    const { says, kill, ended } = watch(['--room', 'Centro Demo / Aula Demo', '--url', proxy.url], 'en_GB.UTF-8');
    await says('0 at work, 0 ended · live');
    kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it.each([
    [
      'a room that is not there',
      ['--room', 'Aula'],
      1,
      'No hay ningún aula que se llame «Aula».\n  Centro Demo / Aula',
    ],
    ['no room', [], 2, 'npm run watch -- --room'],
    ['an unknown option', ['--room', 'x', '--quick'], 2, 'npm run watch -- --room'],
    ['an unknown language', ['--room', 'x', '--language', 'fr'], 2, 'npm run watch -- --room'],
    ['what is no url', ['--room', 'x', '--url', 'aula'], 2, 'npm run watch -- --room'],
    [
      'a server that is not there',
      ['--room', 'x', '--url', 'http://127.0.0.1:9/graphql'],
      1,
      'No responde ningún servidor en',
    ],
  ])('given %s, says so and ends', async (_what, args, code, text) => {
    const { out, ended } = watch(args.includes('--url') ? args : [...args, '--url', proxy.url]);
    expect(await ended).toBe(code);
    expect(out()).toContain(text);
    expect(out()).not.toMatch(/^ +at /m);
  });
});
