// What inventories find, as agents of all ages hand it in, becomes profiles; and what changed since the last one can be asked for.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ClientInventoryDocument,
  CollectHardwareInventoryDocument,
  CollectSoftwareInventoryDocument,
} from '#test/operations.generated.ts';
import type { ClientInventoryQuery } from '#test/operations.generated.ts';
import { bootAnew } from '#test/support/boot-anew.ts';
import { onServer } from '#test/support/open-test-database.ts';
import { startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const STATUS = 'clients/status/webhook';
const PLACE = { disk: 1, partition: 2 };
/** Twenty lists of thousands of lines on a loaded machine. */
const PATIENCE = 120_000;

let classroom: Classroom;
beforeAll(async () => {
  // The agents take orders and say nothing more: what is reported, these tests say themselves.
  classroom = await startClassroom(20, { behaviour: { fault: 'silent', durationMs: 60_000 } });
}, PATIENCE);
afterAll(() => classroom.server.stop());

const report = (route: string, body: object) => classroom.server.report(route, body);

interface Job {
  jobId: string;
  ip: string;
}

async function startJobs(
  kind: 'hardware' | 'software',
  clientIds: readonly string[] = classroom.clientIds.slice(0, 1),
): Promise<Job[]> {
  // Started anew, an agent has forgotten the job before.
  await bootAnew(classroom.server, ...classroom.agents.slice(0, clientIds.length).map((agent) => agent.ip));
  const { request, app } = classroom.server;
  // An operation for each client: those of one operation would take turns by it.
  const orders = clientIds.map((id) => {
    const input = { target: { clientIds: [id] }, waitForAgentsMs: 30_000, ...(kind === 'software' ? PLACE : {}) };
    return kind === 'software'
      ? request(CollectSoftwareInventoryDocument, { input: input as never })
      : request(CollectHardwareInventoryDocument, { input: input as never });
  });
  await Promise.all(orders);
  const traces = await app.database.prisma.trace.findMany({ where: { status: 'RUNNING' }, include: { client: true } });
  expect(traces).toHaveLength(clientIds.length);
  return traces.map(({ jobId, client }) => ({ jobId: jobId ?? '', ip: client.ip }));
}

async function take(
  kind: 'hardware' | 'software',
  list: string,
  before?: (job: Job) => Promise<unknown>,
): Promise<void> {
  const [job = { jobId: '', ip: '' }] = await startJobs(kind);
  await before?.(job);
  const nfn = kind === 'software' ? 'RESPUESTA_InventarioSoftware' : 'RESPUESTA_InventarioHardware';
  const lists = kind === 'software' ? { par: '2', sft: list } : { hrd: list };
  const answer = await report(STATUS, { nfn, job_id: job.jobId, iph: job.ip, res: '1', der: '', ...lists });
  expect(answer).toEqual({ status: 200, body: { outcome: 'applied' } });
}

async function read(kind?: 'HARDWARE' | 'SOFTWARE'): Promise<NonNullable<ClientInventoryQuery['client']>> {
  const variables = { id: classroom.clientIds[0] ?? '', ...(kind ? { kind } : {}) };
  const { client } = await classroom.server.request(ClientInventoryDocument, variables);
  if (client === null) throw new Error('there is no such client');
  return client;
}

const softwareOf = ({ partitions }: NonNullable<ClientInventoryQuery['client']>) =>
  partitions.find(({ number }) => number === 2)?.softwareProfile?.software.nodes.map(({ kind, name }) => [kind, name]);

describe('a hardware inventory', () => {
  it('tells what was put in and taken out since the last one, and nothing where nothing was', async () => {
    await take('hardware', 'cpu=Intel i5\nmem=8 GiB\nmem=8 GiB\nboo=UEFI');
    await take('hardware', 'boo=UEFI\nmem=8 GiB\ncpu=Intel i5');
    await take('hardware', 'cpu=Intel i5\nmem=16 GiB\nboo=UEFI\nnonsense');
    const { hardwareProfile, inventoryChanges } = await read('HARDWARE');
    expect(hardwareProfile?.components.nodes.map(({ kind, description }) => `${kind} ${description}`)).toEqual([
      'MEMORY 16 GiB',
      'CPU Intel i5',
      'BOOT UEFI',
    ]);
    expect(inventoryChanges.totalCount).toBe(2);
    const [second, first] = inventoryChanges.nodes;
    expect(first).toMatchObject({ isFirst: true, disk: null, partition: null, addedCount: 3, removedCount: 0 });
    expect(second).toMatchObject({
      kind: 'HARDWARE',
      isFirst: false,
      added: [{ hardwareKind: 'MEMORY', softwareKind: null, text: '16 GiB' }],
      removed: [{ hardwareKind: 'MEMORY', softwareKind: null, text: '8 GiB' }],
      trace: { id: expect.any(String) },
    });
  });
});

describe('a software inventory', () => {
  it('given as text is compared with the one before', async () => {
    await take('software', 'Ubuntu 24.04 LTS\nbash 5.2\nvim 9');
    await take('software', 'Ubuntu 24.04 LTS\nnano 7\nbash 5.2');
    expect((await read('SOFTWARE')).inventoryChanges.nodes[0]).toMatchObject({
      ...PLACE,
      added: [{ softwareKind: 'APPLICATION', text: 'nano 7' }],
      removed: [{ softwareKind: 'APPLICATION', text: 'vim 9' }],
    });
  });

  it('given by the name of a file that was uploaded is what was in it', async () => {
    const list = 'Debian 12\nañadido 1.0\nzsh 5.9\n';
    await take('software', '/tmp/CSft-10.3.0.1-2', ({ ip }) =>
      report('ogAdmClient/recibeArchivo', {
        nfl: 'CSft-10.3.0.1-2',
        contents: Buffer.from(list).toString('base64'),
        iph: ip,
      }),
    );
    // Each database has an alphabet of its own.
    expect(new Set(softwareOf(await read()))).toEqual(
      new Set([
        ['APPLICATION', 'añadido 1.0'],
        ['OPERATING_SYSTEM', 'Debian 12'],
        ['APPLICATION', 'zsh 5.9'],
      ]),
    );
  });

  it.each(['Ssft-10.3.0.1-2', '/opt/opengnsys/log/clients/Ssft-10.3.0.1-2', 'software.txt'])(
    'given by a name that nothing was uploaded under (%s) changes nothing: a name is no system',
    async (name) => {
      await take('software', 'Ubuntu 24.04 LTS\nbash 5.2');
      const before = await read();
      await take('software', name);
      expect(await read()).toEqual(before);
    },
  );

  it('is not taken from the file of another client', async () => {
    await take('software', 'Ubuntu 24.04 LTS\nbash 5.2');
    const before = softwareOf(await read());
    await take('software', 'Ssft-shared', () =>
      report('ogAdmClient/recibeArchivo', {
        nfl: 'Ssft-shared',
        contents: 'Windows 11\nSolitaire',
        iph: classroom.agents[1]?.ip,
      }),
    );
    expect(softwareOf(await read())).toEqual(before);
  });
});

describe('a whole room', () => {
  it(
    'hands in its long lists at once, each in an order of its own, and every one is stored',
    async () => {
      const system = { kind: 'OPERATING_SYSTEM', name: 'Ubuntu 24.04 LTS' } as const;
      await classroom.server.app.database.prisma.software.createMany({ data: [system], skipDuplicates: true });
      const jobs = await startJobs('software', classroom.clientIds);
      const packages = Array.from({ length: 3000 }, (_, index) => `package-with-a-name-${index} 1.${index % 7}`);
      const answers = await Promise.all(
        jobs.map(({ jobId, ip }, index) => {
          const turned = index % 2 === 0 ? packages : packages.toReversed();
          const own = [...turned.slice(index * 150), ...turned.slice(0, index * 150)];
          const sft = ['Ubuntu 24.04 LTS', ...own].join('\n');
          return report(STATUS, { nfn: 'RESPUESTA_InventarioSoftware', job_id: jobId, iph: ip, res: 1, par: 2, sft });
        }),
      );
      expect(answers).toEqual(jobs.map(() => ({ status: 200, body: { outcome: 'applied' } })));
      const profiles = await classroom.server.app.database.prisma.softwareProfile.findMany({
        where: { partitions: { some: { client: { ip: { in: jobs.map(({ ip }) => ip) } } } } },
        select: { _count: { select: { software: true } } },
      });
      expect(profiles.map(({ _count }) => _count.software)).toEqual(jobs.map(() => 3001));
    },
    PATIENCE,
  );

  // One process alone has one connection to its embedded database, and nobody to wait for.
  it.runIf(onServer())(
    'does not lock itself out where two lists name the same from opposite ends',
    async () => {
      const db = classroom.server.app.database.prisma;
      const jobs = await startJobs('software', classroom.clientIds.slice(0, 2));
      // The system is known already: else the first of the two to name it would hold up the other from the start.
      const system = { kind: 'OPERATING_SYSTEM', name: 'Debian 12' } as const;
      await db.software.createMany({ data: [system], skipDuplicates: true });
      const packages = Array.from({ length: 300 }, (_, index) => `aa-${1000 + index}`);
      // Somebody adds what stands in the middle, and lets both get as far as that.
      const added = Promise.withResolvers<undefined>();
      const bothWait = Promise.withResolvers<undefined>();
      const somebody = db.$transaction(async (tx) => {
        await tx.software.create({ data: { kind: 'APPLICATION', name: 'aa-1150' } });
        added.resolve(undefined);
        await bothWait.promise;
        await tx.software.deleteMany({ where: { name: 'aa-1150' } });
      });
      await added.promise;
      const answers = jobs.map(({ jobId, ip }, index) => {
        const sft = ['Debian 12', ...(index === 0 ? packages : packages.toReversed())].join('\n');
        return report(STATUS, { nfn: 'InventarioSoftware', job_id: jobId, iph: ip, res: '1', sft });
      });
      await waitFor('both to wait', async () => {
        const [row] = await db.$queryRaw<{ waiting: number }[]>`
          SELECT count(*)::int AS waiting FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%software%'`;
        return (row?.waiting ?? 0) >= 2 ? true : null;
      });
      bothWait.resolve(undefined);
      await somebody;
      const ok = { status: 200, body: { outcome: 'applied' } };
      expect(await Promise.all(answers)).toEqual([ok, ok]);
    },
    PATIENCE,
  );
});
