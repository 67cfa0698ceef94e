import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import type { Simulator } from '#simulator/create-simulator.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';
import { ask } from '#test/support/ask.ts';
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
  directory = mkdtempSync(join(tmpdir(), 'oggraph-restored-'));
  room = await createSimulator({ agents: walkthroughRoom, serverUrl: 'http://127.0.0.1:9' });
  env = { DATA_DIR: directory, AGENT_CONNECT_TO: room.connectTo };
  if (onServer()) {
    const database = await openTestDatabase();
    removeDatabase = database.close;
    env['DATABASE_URL'] = database.url ?? '';
  }
  server = await start('--scenario');
});

afterEach(async () => {
  await server.end('SIGKILL');
  await room.stop();
  await removeDatabase();
  rmSync(directory, { recursive: true });
});

async function start(...args: string[]): Promise<ServerProcess> {
  const started = await spawnServer(env, args);
  room.setServerUrl(started.url.replace('/graphql', '/opengnsys/rest'));
  return started;
}

const ORDER = `mutation ($input: RunScriptInput!) { runScript(input: $input) {
  ... on RunScriptPayload { cursor outcomes { trace { id } } } ... on Error { code message } } }`;
const SCHEDULE = 'mutation ($input: CreateScheduleInput!) { createSchedule(input: $input) { __typename } }';
const RUNS = '{ schedules(first: 2) { nodes { runs(first: 2) { nodes { outcome operation { id } } } } } }';
const TRACES = '{ traces(first: 10) { nodes { status error { code message } } } }';
const STREAM = 'query ($after: String) { traceEvents(after: $after) { updates { ... on StreamReset { reason } } } }';

interface Traces {
  nodes: { status: string; error: { code: string; message: string } | null }[];
}

async function readTraces(): Promise<Traces['nodes']> {
  const { data } = await ask(server.url, TRACES);
  return (data as { traces: Traces }).traces.nodes;
}

/** Scripts that were sent to any machine of the room. */
const sent = () => walkthroughRoom.flatMap(({ ip }) => room.agent(ip).received).length;

describe('a database that was put back from a backup', () => {
  it('sends nothing that was waiting in it, runs nothing that was due, and is another life of the log', async () => {
    await Promise.all(walkthroughRoom.map(({ ip }) => room.agent(ip).bootOgLive()));
    const input = {
      target: { roomId: encodeGlobalID('Room', scenario.room.id) },
      script: 'true',
      waves: { first: 1, rest: true, approve: 'BETWEEN_WAVES' },
    };
    const { data } = await ask(server.url, ORDER, { input });
    const { cursor } = (data as { runScript: { cursor: string } }).runScript;
    expect(cursor).toEqual(expect.any(String));
    await waitFor('the first wave', async () => (await readTraces()).some(({ status }) => status === 'SUCCEEDED'));
    expect((await readTraces()).map(({ status }) => status).toSorted()).toEqual(['PENDING', 'SUCCEEDED']);
    const before = sent();
    const runAt = Date.now() + 4000;
    const schedule = {
      name: 'Pronto',
      runAt: new Date(runAt).toISOString(),
      operation: { powerOff: { target: input.target } },
    };
    const made = await ask(server.url, SCHEDULE, { input: schedule });
    expect(made.data).toEqual({ createSchedule: { __typename: 'CreateSchedulePayload' } });
    await server.end('SIGTERM');

    await waitFor('the schedule to be due', () => Date.now() > runAt);
    server = await start('--restored');
    const traces = await readTraces();
    expect(traces.find(({ status }) => status !== 'SUCCEEDED')).toMatchObject({
      status: 'CANCELLED',
      error: { code: 'DATABASE_RESTORED', message: expect.stringMatching(/copia/) },
    });
    expect((await ask(server.url, RUNS)).data).toEqual({
      schedules: { nodes: [{ runs: { nodes: [{ outcome: 'MISSED', operation: null }] } }] },
    });
    expect(sent()).toBe(before);
    expect((await ask(server.url, STREAM, { after: cursor })).data).toMatchObject({
      traceEvents: { updates: [{ reason: 'CURSOR_NOT_OURS' }] },
    });
  }, 90_000);
});
