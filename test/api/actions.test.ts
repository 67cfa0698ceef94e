import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import {
  ActionTraceDocument,
  CollectHardwareInventoryDocument,
  CollectSoftwareInventoryDocument,
  DeleteCachedImageDocument,
  PowerOffDocument,
  RebootDocument,
  RunScriptDocument,
  StartSessionDocument,
} from '#test/operations.generated.ts';
import type { ActionTraceQuery } from '#test/operations.generated.ts';
import { clientId, deployOne, modelId, untilStatus } from '#test/support/deploy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const PC1 = scenario.client.ip;
const imageId = encodeGlobalID('Image', scenario.image.id);
const target = { clientIds: [clientId] };
const options = { target, onBlocked: 'REJECT_ALL' } as const;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    reconcileEveryMs: 100,
    reconcileTimes: { askPowerAfterMs: 100, forgottenAfterMs: 300 },
  });
});
afterAll(() => server.stop());

type ActionTrace = NonNullable<ActionTraceQuery['trace']>;

/** Waits for the one trace of an accepted action to end. */
async function untilEnded(accepted: object): Promise<ActionTrace> {
  const { outcomes } = accepted as { outcomes?: { trace: { id: string } | null }[] };
  const id = outcomes?.[0]?.trace?.id;
  if (id === undefined) throw new Error(`not accepted: ${JSON.stringify(accepted)}`);
  return waitFor('the trace to end', async () => {
    const { trace } = await server.request(ActionTraceDocument, { id });
    return trace !== null && ['SUCCEEDED', 'FAILED', 'LOST'].includes(trace.status) ? trace : null;
  });
}

/** What pc1's agent was last told. */
const lastCall = () =>
  server.room
    .agent(PC1)
    .received.findLast(({ path }) => path.startsWith('/CloningEngine/') && !path.endsWith('status'));

describe('a script', () => {
  const run = (input: object) =>
    server.request(RunScriptDocument, { input: { ...options, ...input } }).then(({ runScript }) => runScript);

  it('is run as it was written, and what it prints is in the trace', async () => {
    const script = 'echo "¡Hola, aula!"\necho 100%';
    const trace = await untilEnded(await run({ script }));
    expect(trace).toMatchObject({
      action: 'RUN_SCRIPT',
      status: 'SUCCEEDED',
      input: { __typename: 'ScriptTraceInput', script, commandName: null },
    });
    expect(trace.output).toContain('¡Hola, aula!');
    expect(lastCall()?.path).toBe('/CloningEngine/EjecutarScript');
    expect(lastCall()?.body).toEqual({ scp: encodeURIComponent(script), nfn: 'EjecutarScript', ids: '0' });
  });

  it.each(['', '#!/bin/sh\n'])('finds its parameters to the letter, after %j', async (start) => {
    const parameters = ['aula 3', "it's", '$(exit 7); echo `no`', '', 'línea 1\nlínea 2'];
    const trace = await untilEnded(await run({ script: `${start}printf '[%s]' "$@"`, parameters }));
    expect(trace).toMatchObject({ status: 'SUCCEEDED', input: { parameters } });
    const { scp = '' } = (lastCall()?.body ?? {}) as { scp?: string };
    // What a shell makes of what was sent, and not what we think that it does.
    const { stdout } = await promisify(execFile)('sh', ['-c', decodeURIComponent(scp)]);
    expect(stdout).toBe(parameters.map((parameter) => `[${parameter}]`).join(''));
    expect(decodeURIComponent(scp).startsWith(start)).toBe(true);
  });

  it('takes parameters only where it can', async () => {
    const db = server.app.database.prisma;
    const { id } = await db.command.create({ data: { name: 'Sin parámetros', script: 'echo hola' } });
    const refused = { code: 'INVALID_INPUT', path: ['input', 'parameters'] };
    expect(await run({ commandId: encodeGlobalID('Command', id), parameters: ['a'] })).toMatchObject(refused);
    expect(await run({ script: '#!/usr/bin/env python3\nprint(1)', parameters: ['a'] })).toMatchObject(refused);
    expect(await run({ script: 'echo', parameters: Array.from({ length: 51 }, () => 'a') })).toMatchObject(refused);
  });

  it('that fails makes its trace fail with its exit code, and keeps what it printed', async () => {
    const trace = await untilEnded(await run({ script: 'echo antes\nexit 3' }));
    expect(trace).toMatchObject({ status: 'FAILED', error: { code: 'ENGINE_FAILED', engineCode: 3 } });
    expect(trace.output).toContain('antes');
  });

  it('may be a stored command', async () => {
    const { id } = await server.app.database.prisma.command.create({ data: { name: 'Saludar', script: 'echo hola' } });
    const trace = await untilEnded(await run({ commandId: encodeGlobalID('Command', id) }));
    expect(trace).toMatchObject({ status: 'SUCCEEDED', input: { script: 'echo hola', commandName: 'Saludar' } });
  });

  it.each([
    ['none at all', {}, 'INVALID_INPUT', ['input', 'script']],
    ['an empty one', { script: ' \n' }, 'INVALID_INPUT', ['input', 'script']],
    ['one of 10001 characters', { script: 'x'.repeat(10_001) }, 'INVALID_INPUT', ['input', 'script']],
    [
      'both',
      { script: 'a', commandId: encodeGlobalID('Command', scenario.room.id) },
      'INVALID_INPUT',
      ['input', 'script'],
    ],
    [
      'an unknown command',
      { commandId: encodeGlobalID('Command', scenario.room.id) },
      'NOT_FOUND',
      ['input', 'commandId'],
    ],
  ])('is refused: %s', async (_name, input, code, path) => {
    expect(await run(input)).toMatchObject({ code, path });
  });

  it('is run once for one key, and answered again', async () => {
    const before = server.room.agent(PC1).received.length;
    const first = await run({ script: 'echo una', idempotencyKey: 'script-once' });
    await untilEnded(first);
    const again = await run({ script: 'echo una', idempotencyKey: 'script-once' });
    expect(again).toMatchObject({ replayed: true });
    expect(await run({ script: 'echo otra', idempotencyKey: 'script-once' })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    const calls = server.room
      .agent(PC1)
      .received.slice(before)
      .filter(({ path }) => path.endsWith('EjecutarScript'));
    expect(calls).toHaveLength(1);
  });

  it('goes to those of a room that can take it, where the others are to be skipped', async () => {
    const db = server.app.database.prisma;
    await db.client.update({ where: { id: scenario.model.id }, data: { maintenance: true } });
    const both = { target: { clientIds: [clientId, modelId] }, script: 'echo uno' };
    expect(await run(both)).toMatchObject({
      __typename: 'OperationRefusedError',
      clients: [{ client: { name: 'modelo' }, reasons: [{ code: 'CLIENT_IN_MAINTENANCE' }] }],
    });
    const accepted = await run({ ...both, onBlocked: 'SKIP_BLOCKED' });
    expect(accepted).toMatchObject({
      outcomes: [
        { client: { name: 'modelo' }, trace: null },
        { client: { name: 'pc1' }, reasons: [] },
      ],
    });
    await db.client.update({ where: { id: scenario.model.id }, data: { maintenance: false } });
    await waitFor('pc1 to be free', async () =>
      (await db.trace.count({ where: { status: { in: ['PENDING', 'SENDING', 'RUNNING'] } } })) === 0 ? true : null,
    );
  });
});

describe('an inventory', () => {
  it('of hardware becomes the client’s profile, and a second one takes its place', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { collectHardwareInventory } = await server.request(CollectHardwareInventoryDocument, { input: options });
      const trace = await untilEnded(collectHardwareInventory);
      expect(trace).toMatchObject({ status: 'SUCCEEDED', input: null });
      expect(trace.client.hardwareProfile?.name).toContain('pc1');
      expect(trace.client.hardwareProfile?.components.nodes.map(({ kind }) => kind)).toContain('CPU');
    }
    expect(await server.app.database.prisma.hardwareProfile.count()).toBe(1);
  });

  it('of software becomes the partition’s profile', async () => {
    await untilStatus(server, await deployOne(server), 'SUCCEEDED');
    const { collectSoftwareInventory } = await server.request(CollectSoftwareInventoryDocument, {
      input: { ...options, disk: 1, partition: 2 },
    });
    const trace = await untilEnded(collectSoftwareInventory);
    expect(trace).toMatchObject({ status: 'SUCCEEDED', input: { disk: 1, partition: 2 } });
    expect(lastCall()?.body).toEqual({ dsk: '1', par: '2', nfn: 'InventarioSoftware', ids: '0' });
    const profile = trace.client.partitions.find(({ number }) => number === 2)?.softwareProfile;
    expect(profile?.name).toMatch(/^SoftwareProfile-pc1-.*-1-2$/);
    expect(profile?.software.totalCount).toBeGreaterThan(0);
  });

  it('of a partition that there is not is refused', async () => {
    const { collectSoftwareInventory } = await server.request(CollectSoftwareInventoryDocument, {
      input: { ...options, disk: 1, partition: 9 },
    });
    expect(collectSoftwareInventory).toMatchObject({ code: 'OPERATION_REFUSED' });
  });
});

describe('an image in the cache', () => {
  it('is deleted there, and known to be', async () => {
    await untilStatus(server, await deployOne(server), 'SUCCEEDED');
    await server.app.database.prisma.cachedImage.deleteMany();
    const cache = await server.app.database.prisma.partition.findFirstOrThrow({
      where: { clientId: scenario.client.id, fileSystem: 'CACHE' },
    });
    await server.app.database.prisma.cachedImage.create({ data: { partitionId: cache.id, name: scenario.image.name } });
    const { deleteCachedImage } = await server.request(DeleteCachedImageDocument, { input: { ...options, imageId } });
    expect(deleteCachedImage).toMatchObject({ outcomes: [{ reasons: [] }] });
    const trace = await untilEnded(deleteCachedImage);
    expect(trace).toMatchObject({ status: 'SUCCEEDED', input: { imageName: 'image-test' } });
    expect(trace.client.partitions.flatMap(({ cachedImages }) => cachedImages)).toEqual([]);
    expect(server.room.agent(PC1).disks[0]?.partitions.flatMap(({ cachedImages = [] }) => cachedImages)).toEqual([]);
  });

  it('that is not known to be there is asked for with a warning', async () => {
    const { deleteCachedImage } = await server.request(DeleteCachedImageDocument, { input: { ...options, imageId } });
    expect(deleteCachedImage).toMatchObject({ outcomes: [{ reasons: [{ code: 'NOT_IN_CACHE' }] }] });
    await untilEnded(deleteCachedImage);
  });
});

describe('a machine that is to leave', () => {
  const backOnOgLive = async () => {
    await server.room.agent(PC1).bootOgLive();
    await waitFor('pc1 to be on ogLive', async () => {
      const { status } = await server.app.database.prisma.client.findUniqueOrThrow({
        where: { id: scenario.client.id },
      });
      return status === 'OGLIVE' ? true : null;
    });
  };

  it('is off when its agent is gone after it said so', async () => {
    const { powerOff } = await server.request(PowerOffDocument, { input: options });
    expect(await untilEnded(powerOff)).toMatchObject({ status: 'SUCCEEDED', input: null, client: { status: 'OFF' } });
    await backOnOgLive();
  });

  it('has restarted when it says that it has started', async () => {
    const { reboot } = await server.request(RebootDocument, { input: options });
    expect(await untilEnded(reboot)).toMatchObject({ status: 'SUCCEEDED' });
    await backOnOgLive();
  });

  it('starts the system of a partition, which then says so', async () => {
    await untilStatus(server, await deployOne(server), 'SUCCEEDED');
    const { startSession } = await server.request(StartSessionDocument, {
      input: { ...options, disk: 1, partition: 2 },
    });
    const trace = await untilEnded(startSession);
    expect(trace).toMatchObject({ status: 'SUCCEEDED', client: { status: 'LINUX' } });
    await backOnOgLive();
  });

  it('where there is no system fails by the agent’s word, and stays', async () => {
    const { startSession } = await server.request(StartSessionDocument, {
      input: { ...options, disk: 1, partition: 1 },
    });
    expect(startSession).toMatchObject({ outcomes: [{ reasons: [{ code: 'NO_OPERATING_SYSTEM' }] }] });
    expect(await untilEnded(startSession)).toMatchObject({
      status: 'FAILED',
      error: { code: 'ENGINE_FAILED', engineCode: 6 },
      client: { status: 'OGLIVE' },
    });
  });

  it('and is off is not told to', async () => {
    await server.app.database.prisma.client.update({ where: { id: scenario.client.id }, data: { status: 'OFF' } });
    const { powerOff } = await server.request(PowerOffDocument, { input: options });
    expect(powerOff).toMatchObject({ code: 'OPERATION_REFUSED' });
  });
});
