// oxlint-disable unicorn/no-thenable -- the word is the contract’s
// Servers that die at any moment while a room is at work: in waves, in queues, being cancelled. Where there is a real PostgreSQL, two
// servers share it and only one of them dies.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { print } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { createMadeUpRoom } from '#simulator/create-made-up-room.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import type { Simulator } from '#simulator/create-simulator.ts';
import type { SimulatedAgent } from '#simulator/simulated-agent.ts';
import { CancelOperationDocument, OperationStateDocument, RunScriptDocument } from '#test/operations.generated.ts';
import { mutate } from '#test/support/mutate.ts';
import { onServer, openTestDatabase } from '#test/support/open-test-database.ts';
import { spawnServer } from '#test/support/spawn-server.ts';
import type { ServerProcess } from '#test/support/spawn-server.ts';
import { isOver } from '#test/support/start-classroom.ts';
import type { OperationState } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const machines = createMadeUpRoom('10.4.0.0/24:6');
const roomId = encodeGlobalID('Room', scenario.room.id);
/** When the first server dies, counted from its last start: in the middle of accepting, sending, hearing, cancelling. */
const LIVES_MS = [350, 900, 1600];

let directory: string;
let room: Simulator;
let env: Record<string, string>;
let mortal: ServerProcess;
let survivor: ServerProcess | undefined;
let removeDatabase = async () => {};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'oggraph-killed-'));
  room = await createSimulator({
    agents: machines,
    serverUrl: 'http://127.0.0.1:9',
    behaviour: { durationMs: 3000, progressSteps: 3 },
  });
  env = { DATA_DIR: directory, AGENT_CONNECT_TO: room.connectTo };
  if (onServer()) {
    const database = await openTestDatabase();
    removeDatabase = database.close;
    env['DATABASE_URL'] = database.url ?? '';
  }
  mortal = await spawnServer(env, ['--scenario']);
  if (onServer()) survivor = await spawnServer(env);
  reportTo(survivor ?? mortal);
  const rows = machines.map(({ name, mac, ip }) => `${name};${mac};${ip}`);
  const text = ['nombre;mac;ip', ...rows].join('\n');
  await mutate(mortal.url, 'importClients', { roomId, file: { text }, dryRun: false }, 'applied');
  await Promise.all(agents().map((agent) => agent.bootOgLive()));
}, 60_000);

afterEach(async () => {
  await mortal.end('SIGKILL');
  await survivor?.end('SIGKILL');
  survivor = undefined;
  await room.stop();
  await removeDatabase();
  rmSync(directory, { recursive: true });
});

const agents = (): SimulatedAgent[] => machines.map(({ ip }) => room.agent(ip));

function reportTo(server: ServerProcess): void {
  room.setServerUrl(server.url.replace('/graphql', '/opengnsys/rest'));
}

/** Asks whoever is there; null while nobody is. */
async function ask<TResult, TVariables>(
  document: TypedDocumentNode<TResult, TVariables>,
  variables: TVariables,
): Promise<TResult | null> {
  try {
    const response = await fetch((survivor ?? mortal).url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const { data } = (await response.json()) as { data: TResult | null };
    return data;
  } catch {
    return null;
  }
}

/** As a careful client does it: with a key, so that it may be said again until somebody answers. */
function order(script: string, input: object = {}): Promise<string> {
  return waitFor(
    `«${script}» to be accepted`,
    async () => {
      const answer = await ask(RunScriptDocument, {
        input: {
          script,
          target: { roomId },
          onBlocked: 'SKIP_BLOCKED',
          idempotencyKey: script,
          waitForAgentsMs: 0,
          ...input,
        } as never,
      });
      return answer?.runScript.__typename === 'RunScriptPayload' ? answer.runScript.operation.id : null;
    },
    30_000,
  );
}

const timesTold = (agent: SimulatedAgent, script: string) =>
  agent.received.filter(({ body }) => (body as { scp?: string } | undefined)?.scp === script).length;

/** What was told to nobody was not done, what was done was told, and nothing was told twice. */
function findLie(script: string, { status, client }: OperationState['traces']['nodes'][number]): string | null {
  const agent = agents().find(({ name }) => name === client.name);
  const told = agent === undefined ? 0 : timesTold(agent, script);
  if (told > 1) return `${client.name} was told «${script}» ${told} times`;
  if (told === 0 && status === 'SUCCEEDED') return `${client.name} was never told «${script}»`;
  return null;
}

describe('a server killed again and again while a room works', () => {
  it(
    'tells no agent anything twice, and comes to the end of all that it has accepted',
    { timeout: 150_000 },
    async () => {
      const dying = (async () => {
        for (const lifeMs of LIVES_MS) {
          await delay(lifeMs);
          await mortal.end('SIGKILL');
          mortal = await spawnServer(env);
          if (survivor === undefined) reportTo(mortal);
        }
      })();
      const inWaves = await order('uno', { waves: { first: 2, then: 2, rest: true } });
      const queued = await order('dos', { whenBusy: 'QUEUE' });
      const cancelled = await order('tres', { whenBusy: 'QUEUE' });
      await waitFor('the last one to be cancelled', () =>
        ask(CancelOperationDocument, { input: { operationId: cancelled, waitForAgentsMs: 0 } }),
      );
      await dying;
      const lies: string[] = [];
      const statuses: Record<string, string[]> = {};

      for (const [id, script] of [
        [inWaves, 'uno'],
        [queued, 'dos'],
        [cancelled, 'tres'],
      ] as const) {
        const end = await waitFor(
          `«${script}» to end`,
          async () => {
            const operation = (await ask(OperationStateDocument, { id }))?.operation;
            return operation && isOver(operation) ? operation : null;
          },
          90_000,
        );
        lies.push(...end.traces.nodes.flatMap((trace) => findLie(script, trace) ?? []));
        statuses[script] = end.counts.map(({ status }) => status);
      }
      expect(lies).toEqual([]);
      expect(statuses['tres']).toEqual(['CANCELLED']);
      expect(statuses['uno']).toContain('SUCCEEDED');
    },
  );
});
