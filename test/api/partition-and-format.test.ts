import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import type { Behaviour } from '#simulator/behaviour.ts';
import type { SimulatedMachine } from '#simulator/simulated-machine.ts';
import { createWalkthroughDisk } from '#simulator/walkthrough-room.ts';
import {
  PartitionAndFormatDocument,
  PartitionTraceDocument,
  PlanPartitionDocument,
  RetryPartitionDocument,
} from '#test/operations.generated.ts';
import type {
  LayoutPartitionInput,
  PartitionAndFormatInput,
  PartitionAndFormatMutation,
  PartitionTraceQuery,
} from '#test/operations.generated.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

type Answer = PartitionAndFormatMutation['partitionAndFormat'];
type Accepted = Extract<Answer, { __typename: 'PartitionAndFormatPayload' }>;
type Trace = NonNullable<PartitionTraceQuery['trace']>;

const MIB = 1024n ** 2n;
const GIB = 1024n ** 3n;
const QUICK: Partial<Behaviour> = { ...DEFAULT_BEHAVIOUR, durationMs: 60, progressSteps: 2 };

/** A PC with Ubuntu, and two images in its CACHE. */
function createMachine(index: number, sizeKb = 50 * 1024 * 1024): SimulatedMachine {
  const disk = { ...createWalkthroughDisk('Ubuntu 24.04'), sizeKb };
  const partitions = disk.partitions.map((partition) =>
    partition.fileSystem === 'CACHE' ? { ...partition, cachedImages: ['image-test', 'aula-demo'] } : partition,
  );
  return {
    name: `pc0${index}`,
    mac: `08:00:27:AA:00:0${index}`,
    ip: `192.168.2.1${index}`,
    disks: [{ ...disk, partitions }],
  };
}

/** The last one has a smaller disk, which is large enough for what is on it. */
const MACHINES = [1, 2, 3, 4, 5, 6].map((index) => createMachine(index, (index === 6 ? 49.5 : 50) * 1024 * 1024));
const idOf = (index: number) => `01936cba-0000-7000-8000-00000000000${index}`;
const globalIdOf = (index: number) => encodeGlobalID('Client', idOf(index));
const ipOf = (index: number) => `192.168.2.1${index}`;
const roomId = encodeGlobalID('Room', scenario.room.id);

const KEPT_CACHE: LayoutPartitionInput = { number: 4, type: 'CACHE', sizeBytes: String(9n * GIB), format: false };
const LINUX: LayoutPartitionInput = {
  number: 1,
  type: 'LINUX',
  fileSystem: 'ext4',
  sizeBytes: String(20n * GIB),
  format: true,
};
const REST: LayoutPartitionInput = { number: 2, type: 'NTFS', format: true };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    machines: MACHINES,
    boot: false,
    // pc05 says that it has started, and cannot be called: nobody listens there.
    connectTo: `${ipOf(5)}::127.0.0.1:9`,
    config: { agentAnswerTimeoutMs: 2000 },
    reconcileEveryMs: 50,
    reconcileTimes: { forgottenAfterMs: 150, askAfterMs: 200 },
  });
  const db = server.app.database.prisma;
  await db.client.deleteMany();
  await db.client.createMany({
    data: MACHINES.map(({ name, mac, ip }, index) => ({
      id: idOf(index + 1),
      name,
      mac: mac.toUpperCase(),
      ip,
      roomId: scenario.room.id,
    })),
  });
});
afterAll(() => server.stop());

// Each case starts with machines as they were delivered, switched on anew: the server knows of their disks what they report.
beforeEach(async () => {
  const db = server.app.database.prisma;
  await Promise.all(
    MACHINES.map(async ({ ip, disks }) => {
      const agent = server.room.agent(ip);
      agent.crash();
      agent.behave(QUICK);
      for (const [index, disk] of agent.disks.entries()) Object.assign(disk, structuredClone(disks[index]));
      await agent.bootOgLive();
    }),
  );
  await db.client.updateMany({ data: { firmware: 'BIOS', maintenance: false } });
  await waitFor('all to be on ogLive, with nothing in hand', async () => {
    const ready = await db.client.count({ where: { status: 'OGLIVE' } });
    const active = await db.trace.count({ where: { finishedAt: null } });
    return ready === MACHINES.length && active === 0;
  });
  const caches = await db.partition.findMany({ where: { fileSystem: 'CACHE' } });
  await db.cachedImage.deleteMany();
  await db.cachedImage.createMany({
    data: caches.flatMap(({ id }) => ['image-test', 'aula-demo'].map((name) => ({ partitionId: id, name }))),
  });
});

/** What is asked of one client unless a case says otherwise: Linux, what is left over for NTFS, and the CACHE as it is. */
function toInput(changes: Partial<PartitionAndFormatInput>): PartitionAndFormatInput {
  return {
    target: { clientIds: [globalIdOf(1)] },
    disk: 1,
    partitionTable: 'MSDOS',
    partitions: [LINUX, REST, KEPT_CACHE],
    confirmation: 'ERASE 1',
    onBlocked: 'REJECT_ALL',
    ...changes,
  };
}

function order(changes: Partial<PartitionAndFormatInput> = {}): Promise<Answer> {
  const input = toInput(changes);
  return server.request(PartitionAndFormatDocument, { input }).then(({ partitionAndFormat }) => partitionAndFormat);
}

async function accepted(changes: Partial<PartitionAndFormatInput> = {}): Promise<Accepted> {
  const answer = await order(changes);
  if (answer.__typename !== 'PartitionAndFormatPayload') throw new Error(`not accepted: ${JSON.stringify(answer)}`);
  return answer;
}

/** Waits for all traces of an operation to end, in the order of their clients. */
async function untilEnded({ outcomes }: { outcomes: readonly { trace: { id: string } | null }[] }): Promise<Trace[]> {
  return Promise.all(
    outcomes.flatMap(({ trace }) => {
      if (trace === null) return [];
      return waitFor('the trace to end', async () => {
        const { trace: found } = await server.request(PartitionTraceDocument, { id: trace.id });
        return found !== null && ['SUCCEEDED', 'FAILED', 'LOST'].includes(found.status) ? found : null;
      });
    }),
  );
}

async function one(changes: Partial<PartitionAndFormatInput> = {}): Promise<Trace> {
  const [trace] = await untilEnded(await accepted(changes));
  if (trace === undefined) throw new Error('there is no trace');
  return trace;
}

const partitionsOf = ({ client }: Pick<Trace, 'client'>) =>
  client.disks[0]?.partitions.map(
    ({ number, code, fileSystem, sizeBytes }) => `${number} ${code} ${fileSystem} ${sizeBytes}`,
  );
const cachedOf = ({ client }: Pick<Trace, 'client'>) =>
  client.disks.flatMap(({ partitions }) =>
    partitions.flatMap(({ cachedImages }) => cachedImages.map(({ name }) => name)),
  );
const cachedAt = (index: number) =>
  server.room
    .agent(ipOf(index))
    .disks.flatMap(({ partitions }) => partitions.flatMap(({ cachedImages = [] }) => cachedImages));
const configurations = (index: number) =>
  server.room.agent(ipOf(index)).received.filter(({ path }) => path === '/CloningEngine/Configurar');
const codesOf = ({ outcomes }: Accepted) => outcomes.map(({ reasons }) => reasons.map(({ code }) => code));

describe('one client', () => {
  it('gets an MSDOS table, keeps its CACHE with the images, and its trace shows what was sent', async () => {
    const answer = await accepted();
    expect(codesOf(answer)).toEqual([['SYSTEMS_WILL_BE_LOST']]);
    const [trace] = await untilEnded(answer);
    const sizes = { linux: String(20n * GIB), rest: String(21n * GIB - MIB), cache: String(9n * GIB) };
    expect(trace).toMatchObject({
      action: 'PARTITION_AND_FORMAT',
      status: 'SUCCEEDED',
      input: {
        __typename: 'PartitionTraceInput',
        disk: 1,
        partitionTable: 'MSDOS',
        partitions: [
          { number: 1, type: 'LINUX', fileSystem: 'EXT4', sizeBytes: sizes.linux, format: true },
          { number: 2, type: 'NTFS', fileSystem: 'NTFS', sizeBytes: sizes.rest, format: true },
          { number: 4, type: 'CACHE', fileSystem: 'CACHE', sizeBytes: sizes.cache, format: false },
        ],
      },
    });
    expect(configurations(1).at(-1)?.body).toEqual({
      dsk: '1',
      cfg:
        'dis=1*che=1*tch=9437184*ttp=MSDOS!par=1*cpt=LINUX*sfi=EXT4*tam=20971520*ope=1%' +
        'par=2*cpt=NTFS*sfi=NTFS*tam=22019072*ope=1%par=3*cpt=EMPTY*sfi=EMPTY*tam=0*ope=0%' +
        'par=4*cpt=CACHE*sfi=CACHE*tam=9437184*ope=0%',
      nfn: 'Configurar',
      ids: '0',
    });
    if (trace === undefined) throw new Error('there is no trace');
    expect(partitionsOf(trace)).toEqual([
      `1 83 EXT4 ${sizes.linux}`,
      `2 7 NTFS ${sizes.rest}`,
      `4 CA CACHE ${sizes.cache}`,
    ]);
    expect(cachedOf(trace).toSorted()).toEqual(['aula-demo', 'image-test']);
    expect(cachedAt(1)).toEqual(['image-test', 'aula-demo']);
  });

  it('gets a GPT, and forgets what was in its CACHE', async () => {
    const partitions: LayoutPartitionInput[] = [
      { number: 1, type: 'EFI', sizeBytes: String(500n * MIB), format: true },
      { number: 2, type: 'LINUX', fileSystem: 'BTRFS', format: true },
      { ...KEPT_CACHE },
    ];
    await server.app.database.prisma.client.update({ where: { id: idOf(1) }, data: { firmware: 'UEFI' } });
    const answer = await accepted({ partitionTable: 'GPT', partitions, confirmation: 'BORRAR 1' });
    expect(codesOf(answer)).toEqual([['CACHE_WILL_BE_FORMATTED', 'SYSTEMS_WILL_BE_LOST']]);
    const [trace] = await untilEnded(answer);
    if (trace === undefined) throw new Error('there is no trace');
    expect(trace).toMatchObject({ status: 'SUCCEEDED', client: { disks: [{ partitionTable: 'GPT' }] } });
    expect(partitionsOf(trace)).toEqual([
      `1 EF00 FAT32 ${500n * MIB}`,
      `2 8300 BTRFS ${50n * GIB - 9n * GIB - 502n * MIB}`,
      `4 CA00 CACHE ${9n * GIB}`,
    ]);
    expect([...cachedOf(trace), ...cachedAt(1)]).toEqual([]);
  });

  it('has its CACHE emptied where that is asked for', async () => {
    const trace = await one({ partitions: [LINUX, { ...KEPT_CACHE, format: true }] });
    expect(trace.status).toBe('SUCCEEDED');
    expect([...cachedOf(trace), ...cachedAt(1)]).toEqual([]);
  });

  it('forgets what was deployed to a partition that was formatted, and to no other', async () => {
    const db = server.app.database.prisma;
    const deployed = { imageId: scenario.image.id, imageRevision: 1, operatingSystem: null };
    await db.partition.updateMany({ where: { clientId: idOf(1), number: { in: [1, 2] } }, data: deployed });
    for (const partition of server.room.agent(ipOf(1)).disks.flatMap(({ partitions }) => partitions)) {
      partition.operatingSystem = '';
    }
    const trace = await one({
      partitions: [
        { number: 1, type: 'NTFS', sizeBytes: String(15n * GIB), format: true },
        { number: 2, type: 'LINUX', sizeBytes: String(25n * GIB), format: false },
        KEPT_CACHE,
      ],
    });
    expect(trace.client.disks[0]?.partitions.map(({ image }) => image?.name ?? null)).toEqual([
      null,
      'image-test',
      null,
    ]);
  });

  it('whose engine fails has the partitions that its agent reports, and no images in a CACHE that is gone', async () => {
    server.room.agent(ipOf(1)).behave({ fault: 'engine-error', engineCode: 32 });
    const trace = await one({ partitions: [LINUX, { ...KEPT_CACHE, sizeBytes: String(10n * GIB) }] });
    expect(trace).toMatchObject({ status: 'FAILED', error: { code: 'ENGINE_FAILED', engineCode: 32 } });
    expect(partitionsOf(trace)).toEqual([`1 83 null ${20n * GIB}`, `4 CA null ${10n * GIB}`]);
    expect([...cachedOf(trace), ...cachedAt(1)]).toEqual([]);
  });

  it('whose engine finds something wrong before it writes keeps all that it had', async () => {
    server.room.agent(ipOf(1)).behave({ fault: 'engine-error', engineCode: 3 });
    const [before] = await readStored();
    const trace = await one({ partitions: [LINUX] });
    expect(trace).toMatchObject({ status: 'FAILED', error: { code: 'ENGINE_FAILED', engineCode: 3 } });
    expect(partitionsOf(trace)).toEqual(before);
    expect(cachedOf(trace)).toHaveLength(2);
  });

  it('is given the same once for one key', async () => {
    const before = configurations(1).length;
    await untilEnded(await accepted({ idempotencyKey: 'layout-once' }));
    expect(await accepted({ idempotencyKey: 'layout-once' })).toMatchObject({ replayed: true });
    expect(await order({ idempotencyKey: 'layout-once', disk: 2 })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect(configurations(1)).toHaveLength(before + 1);
  });
});

describe('a room', () => {
  it('gets the same partitions everywhere, and each trace tells how it went there', async () => {
    const faults = ['none', 'refuse', 'engine-error', 'silent', 'none', 'none'] as const;
    for (const [index, fault] of faults.entries()) {
      server.room.agent(ipOf(index + 1)).behave({ fault, engineCode: 32 });
    }
    const before = await readStored();
    const sent = configurations(1).length;
    const answer = await accepted({ target: { roomId }, confirmation: 'ERASE 6', partitions: [LINUX, REST] });
    const traces = await untilEnded(answer);
    expect(traces.map(({ client, status, error }) => [client.name, status, error?.code ?? null])).toEqual([
      ['pc01', 'SUCCEEDED', null],
      ['pc02', 'FAILED', 'AGENT_REFUSED'],
      ['pc03', 'FAILED', 'ENGINE_FAILED'],
      ['pc04', 'LOST', 'AGENT_FORGOT_JOB'],
      ['pc05', 'FAILED', 'AGENT_UNREACHABLE'],
      ['pc06', 'SUCCEEDED', null],
    ]);
    // The smallest disk decides for all of them.
    const expected = [`1 83 EXT4 ${20n * GIB}`, `2 7 NTFS ${29n * GIB + 511n * MIB}`];
    expect([traces[0], traces[5]].map((trace) => trace && partitionsOf(trace))).toEqual([expected, expected]);
    // The engine failed at formatting, and reported what it had written until then: its partitions, none of them formatted.
    const after = await readStored();
    expect(after[2]).toEqual([`1 83 null ${20n * GIB}`, `2 7 null ${29n * GIB + 511n * MIB}`]);
    expect([after[1], after[3], after[4]]).toEqual([before[1], before[3], before[4]]);
    expect([2, 5].map((index) => cachedAt(index).length)).toEqual([2, 2]);
    expect(configurations(1)).toHaveLength(sent + 1);
  });

  it('with one disk too small for it is refused as a whole, and nothing is sent', async () => {
    const before = [1, 2, 3, 4, 5, 6].map((index) => configurations(index).length);
    const partitions: LayoutPartitionInput[] = [{ ...LINUX, sizeBytes: String(49n * GIB + 600n * MIB) }];
    const room = { target: { roomId }, confirmation: 'ERASE 6', partitions } as const;
    expect(await order(room)).toMatchObject({
      __typename: 'OperationRefusedError',
      clients: [{ client: { name: 'pc06' }, reasons: [{ code: 'LAYOUT_TOO_LARGE' }] }],
    });
    expect([1, 2, 3, 4, 5, 6].map((index) => configurations(index).length)).toEqual(before);
  });

  it('is left out where the disk is too small, if the others are to be done', async () => {
    const partitions: LayoutPartitionInput[] = [{ ...LINUX, sizeBytes: String(49n * GIB + 600n * MIB) }, REST];
    const answer = await accepted({
      target: { clientIds: [globalIdOf(4), globalIdOf(6)] },
      confirmation: 'ERASE 2',
      partitions,
      onBlocked: 'SKIP_BLOCKED',
    });
    expect(answer.outcomes.map(({ trace }) => trace !== null)).toEqual([true, false]);
    const [trace] = await untilEnded(answer);
    expect(trace?.client.disks[0]?.partitions.map(({ sizeBytes }) => sizeBytes)).toEqual([
      String(49n * GIB + 600n * MIB),
      String(423n * MIB),
    ]);
  });
});

describe('a plan', () => {
  const plan = (changes: Partial<PartitionAndFormatInput> = {}) =>
    server
      .request(PlanPartitionDocument, { input: { partitionAndFormat: toInput({ confirmation: '', ...changes }) } })
      .then(({ planOperation }) => planOperation);

  it('shows the sizes that were left open, and binds the order to the disks as they are', async () => {
    const { planToken, clients } = await plan({ target: { roomId } });
    expect(clients.map(({ client, status }) => `${client.name} ${status}`)).toEqual(
      [1, 2, 3, 4, 5, 6].map((index) => `pc0${index} WARNING`),
    );
    const partitions = [
      { number: 1, sizeBytes: String(20n * GIB), format: true },
      { number: 2, sizeBytes: String(20n * GIB + 511n * MIB), format: true },
      { number: 4, sizeBytes: String(9n * GIB), format: false },
    ];
    expect(clients[0]?.input).toEqual({ partitions });
    expect(clients[5]?.input).toEqual({ partitions });
    const disk = { clientId_number: { clientId: idOf(6), number: 1 } };
    await server.app.database.prisma.disk.update({ where: disk, data: { sizeBytes: 48n * GIB } });
    expect(await order({ target: { roomId }, confirmation: 'ERASE 6', planToken })).toMatchObject({
      code: 'PLAN_OUTDATED',
    });
  });

  it('of a client with a job in hand does not let it wait', async () => {
    server.room.agent(ipOf(1)).behave({ durationMs: 700 });
    const first = await accepted();
    expect(await plan({ whenBusy: 'QUEUE' })).toMatchObject({
      clients: [{ status: 'BLOCKED', reasons: expect.arrayContaining([{ code: 'CLIENT_BUSY' }]), input: null }],
    });
    expect(await order({ whenBusy: 'QUEUE' })).toMatchObject({ code: 'OPERATION_REFUSED' });
    await untilEnded(first);
  });
});

describe('what is tried again', () => {
  it('was confirmed before, and gets the partitions that the others have', async () => {
    server.room.agent(ipOf(1)).behave({ fault: 'refuse' });
    const target = { clientIds: [globalIdOf(1), globalIdOf(6)] };
    const answer = await accepted({ target, confirmation: 'ERASE 2' });
    await untilEnded(answer);
    server.room.agent(ipOf(1)).behave({ fault: 'none' });
    const { retryOperation } = await server.request(RetryPartitionDocument, {
      input: { operationId: answer.operation.id, only: ['FAILED'] },
    });
    if (retryOperation.__typename !== 'RetryOperationPayload') throw new Error(JSON.stringify(retryOperation));
    const [trace] = await untilEnded(retryOperation);
    expect(trace).toMatchObject({ status: 'SUCCEEDED', client: { name: 'pc01' } });
    expect(trace && partitionsOf(trace)).toContain(`2 7 NTFS ${20n * GIB + 511n * MIB}`);
  });
});

describe('a layout', () => {
  it.each<[string, Partial<PartitionAndFormatInput>, string, string[]]>([
    ['without partitions', { partitions: [] }, 'EMPTY', ['partitions']],
    ['with a number twice', { partitions: [LINUX, LINUX] }, 'DUPLICATE_PARTITION', ['partitions', '1', 'number']],
    [
      'with half a KiB',
      { partitions: [{ ...LINUX, sizeBytes: '1536' }] },
      'NOT_A_MULTIPLE',
      ['partitions', '0', 'sizeBytes'],
    ],
    ['for disk 0', { disk: 0 }, 'NOT_POSITIVE', ['disk']],
    ['without a confirmation', { confirmation: '' }, 'CONFIRMATION_REQUIRED', ['confirmation']],
    ['confirmed for another room', { confirmation: 'BORRAR 30' }, 'CONFIRMATION_REQUIRED', ['confirmation']],
    ['confirmed in a whisper', { confirmation: 'erase 1' }, 'CONFIRMATION_REQUIRED', ['confirmation']],
  ])('%s is refused, and nothing is sent', async (_name, changes, fault, path) => {
    const before = configurations(1).length;
    expect(await order(changes)).toMatchObject({ code: 'INVALID_INPUT', fault, path: ['input', ...path] });
    expect(configurations(1)).toHaveLength(before);
  });

  it('tells the phrase that confirms it', async () => {
    expect(await order({ target: { roomId }, confirmation: '' })).toMatchObject({
      message: expect.stringContaining('BORRAR 6'),
    });
  });

  it('without EFI is not for a client that boots by UEFI', async () => {
    await server.app.database.prisma.client.update({ where: { id: idOf(1) }, data: { firmware: 'UEFI' } });
    expect(await order()).toMatchObject({ clients: [{ reasons: [{ code: 'EFI_PARTITION_MISSING' }] }] });
  });

  it('is not for a disk that there is not', async () => {
    expect(await order({ disk: 2 })).toMatchObject({ clients: [{ reasons: [{ code: 'DISK_NOT_FOUND' }] }] });
  });
});

/** The stored partitions of each client. */
async function readStored(): Promise<string[][]> {
  const clients = await server.app.database.prisma.client.findMany({
    orderBy: { name: 'asc' },
    select: { partitions: { orderBy: { number: 'asc' } } },
  });
  return clients.map(({ partitions }) =>
    partitions.map(({ number, code, fileSystem, sizeBytes }) => `${number} ${code} ${fileSystem} ${sizeBytes}`),
  );
}
