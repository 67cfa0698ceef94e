import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOgGraphClient } from '#client/create-og-graph-client.ts';
import type { OgGraphClient } from '#client/create-og-graph-client.ts';
import type { Behaviour } from '#simulator/behaviour.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import type { Simulator } from '#simulator/create-simulator.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';
import { DeployDocument, TraceByIdDocument } from '#test/operations.generated.ts';
import { walkthroughOrder } from '#test/support/deploy.ts';
import { onServer, openTestDatabase } from '#test/support/open-test-database.ts';
import { spawnServer } from '#test/support/spawn-server.ts';
import type { ServerProcess } from '#test/support/spawn-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

let directory: string;
let room: Simulator;
let env: Record<string, string>;
let server: ServerProcess;
let removeDatabase = async () => {};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'oggraph-killed-'));
  room = await createSimulator({
    agents: walkthroughRoom,
    serverUrl: 'http://127.0.0.1:9',
    behaviour: { durationMs: 400, progressSteps: 4 },
  });
  env = {
    DATA_DIR: directory,
    AGENT_CONNECT_TO: room.connectTo,
    AGENT_ANSWER_TIMEOUT_MS: '3000',
    AGENT_CONNECT_TIMEOUT_MS: '1000',
  };
  if (onServer()) {
    const database = await openTestDatabase();
    removeDatabase = database.close;
    env['DATABASE_URL'] = database.url ?? '';
  }
  server = await start();
  await room.agent('192.168.2.3').bootOgLive();
});
const PATIENCE_MS = 90_000;

afterEach(async () => {
  await server.end('SIGKILL');
  await room.stop();
  await removeDatabase();
  rmSync(directory, { recursive: true });
});

async function start(): Promise<ServerProcess> {
  const started = await spawnServer(env, ['--scenario']);
  room.setServerUrl(started.url.replace('/graphql', '/opengnsys/rest'));
  return started;
}

const ask: OgGraphClient['request'] = (document, variables) =>
  createOgGraphClient({ url: server.url }).request(document, variables);

async function order(behaviour: Partial<Behaviour>): Promise<string> {
  room.agent('192.168.2.3').behave(behaviour);
  const { deployImage } = await ask(DeployDocument, { input: walkthroughOrder({ waitForAgentsMs: 0 }) });
  if (deployImage.__typename !== 'DeployImagePayload') throw new Error(JSON.stringify(deployImage));
  return deployImage.outcomes[0]?.trace?.id ?? '';
}

const calls = () => room.agent('192.168.2.3').received.filter(({ path }) => path.endsWith('RestaurarImagen')).length;

async function ending(id: string) {
  return waitFor(
    'the trace to end',
    async () => {
      const { trace } = await ask(TraceByIdDocument, { id });
      return trace?.finishedAt === null ? null : trace;
    },
    40_000,
  );
}

describe('a server killed in the middle of a deployment', { timeout: PATIENCE_MS }, () => {
  it('right after it accepted the order: sends it when it is back, or says that it cannot know, but never sends it twice', async () => {
    const id = await order({ durationMs: 9000 });
    await server.end('SIGKILL');
    server = await start();
    const trace = await ending(id);
    // Killed before SENDING, it makes the call now; killed after it, it cannot know and must not call. Never twice, and an
    // order that was never sent never counts as carried out.
    expect(calls()).toBeLessThanOrEqual(1);
    expect(trace?.status).toBe(calls() === 1 ? 'SUCCEEDED' : 'LOST');
  });

  it('while the agent has not answered: never sends it again, and knows the job by its reports', async () => {
    const id = await order({ answerDelayMs: 2500, durationMs: 9000 });
    await waitFor('the order to reach the agent', () => calls() === 1);
    await server.end('SIGKILL');
    server = await start();
    const trace = await ending(id);
    expect(calls()).toBe(1);
    expect(trace?.status).toBe('SUCCEEDED');
    expect(trace?.events.nodes.map(({ kind }) => kind)).toContain('UNANSWERED');
  });

  it('while the job runs: follows it again', async () => {
    const id = await order({ durationMs: 9000 });
    await waitFor('the job to run', async () => (await ask(TraceByIdDocument, { id })).trace?.status === 'RUNNING');
    await server.end('SIGKILL');
    server = await start();
    expect((await ending(id))?.status).toBe('SUCCEEDED');
    expect(calls()).toBe(1);
  });

  it('and away while the job ended: says that it does not know the outcome', async () => {
    const id = await order({ durationMs: 300 });
    await waitFor('the job to run', async () => (await ask(TraceByIdDocument, { id })).trace?.status === 'RUNNING');
    await server.end('SIGKILL');
    await room.agent('192.168.2.3').idle();
    // Reports that found no server are gone: real agents say everything once.
    expect(room.agent('192.168.2.3').lostReports).toBeGreaterThan(0);
    server = await start();
    const trace = await ending(id);
    expect(trace).toMatchObject({ status: 'LOST', error: { code: 'AGENT_FORGOT_JOB' } });

    // Somebody sends the agent's last report by hand: now it is known.
    const said = JSON.stringify({ nfn: 'RESPUESTA_RestaurarImagen', job_id: trace?.jobId, res: 1 });
    const report = await fetch(server.url.replace('/graphql', '/opengnsys/rest/clients/status/webhook'), {
      method: 'POST',
      body: said,
    });
    expect(await report.json()).toMatchObject({ outcome: 'applied' });
    const resolved = (await ask(TraceByIdDocument, { id })).trace;
    expect(resolved).toMatchObject({ status: 'SUCCEEDED', error: null, operation: { status: 'SUCCEEDED' } });
    expect(resolved?.events.nodes.at(-1)?.kind).toBe('RESOLVED');
  });
});
