// Bodies as published agents and client scripts write them (test/support/published-bodies.ts), said to a running server; what it then tells
// its administrators is compared with what the bodies say.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import {
  ClientInventoryDocument,
  CollectHardwareInventoryDocument,
  CollectSoftwareInventoryDocument,
  ReportedClientDocument,
} from '#test/operations.generated.ts';
import { clientId, deployOne, readTrace, untilStatus } from '#test/support/deploy.ts';
import {
  COMPACT,
  HARDWARE,
  OUTCOMES,
  SOFTWARE,
  SYSTEMS,
  envelope,
  toExpanded,
} from '#test/support/published-bodies.ts';
import { readLetters } from '#test/support/read-letters.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

const { ip, name, mac } = scenario.client;
const KB = 1024n;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ behaviour: { fault: 'silent', durationMs: 60_000 } });
});
afterAll(() => server.stop());

const say = (route: string, body: object) => server.report(route, body);
/** A message of `ogAdmClient`, on the path of its function. */
const tell = (nfn: string, body: object) => say(`ogAdmClient/${nfn}`, { nfn, ...body, ...envelope({ ip, name }) });

async function read() {
  const { client } = await server.request(ReportedClientDocument, { id: clientId });
  if (client === null) throw new Error('there is no such client');
  return client;
}

/** Each partition as `disk:part:code:fs:os:sizeKB:use`, the way the scripts write it. */
async function readDisks(): Promise<string[]> {
  const kb = (bytes: string) => String(BigInt(bytes) / KB);
  return (await read()).disks.flatMap(({ number, partitionTable, sizeBytes, partitions }) => [
    `${number} ${partitionTable} ${kb(sizeBytes)}`,
    ...partitions.map((each) =>
      [
        number,
        each.number,
        each.code,
        each.fileSystem ?? '',
        each.operatingSystem ?? '',
        kb(each.sizeBytes),
        each.usedPercent ?? '',
      ].join(':'),
    ),
  ]);
}

const DISKS = {
  msdos: [
    '1 MSDOS 500107608',
    '1:1:7:NTFS:Windows 7 Enterprise 64 bits:102400000:41',
    '1:2:83:EXT4:Ubuntu precise (12.04 LTS) 64 bits:40960000:22',
    '1:3:82:LINUX-SWAP::4194304:0',
    '1:4:CA:CACHE::97656250:88',
  ],
  efi: [
    '1 GPT 250059096',
    '1:1:EF00:FAT32:DATA:524288:7',
    '1:2:0700:NTFS:Windows 10 Pro 64 bits:104857600:38',
    '1:3:8300:EXT4:Ubuntu 20.04.1 LTS 64 bits:62914560:19',
    '1:4:CA00:CACHE::73400320:61',
  ],
  large: ['1 GPT 17578328064', '1:1:8300:EXT4:DATA:17578326016:3', '2 UNKNOWN 4000797360'],
  lvm: [
    '1 MSDOS 52428800',
    '1:1:8E:LINUX-LVM::52426752:0',
    '2 LVM 52424704',
    '2:1:10000:EXT4:Debian GNU/Linux 9 (stretch) 64 bits:20971520:12',
  ],
  empty: ['1 MSDOS 52428800', '1:1:83:::0:0'],
  none: ['1 UNKNOWN 0'],
  noneWithSerial: ['1 UNKNOWN 0'],
} satisfies Record<keyof typeof COMPACT, string[]>;

describe('ogAdmClient and getConfiguration of 1.1', () => {
  const layouts = Object.entries(COMPACT).flatMap(([kind, line]) => [
    [kind, 'in one line', line],
    [kind, 'line by line', toExpanded(line)],
  ]) as [keyof typeof COMPACT, string, string][];

  beforeEach(() => server.app.database.prisma.disk.deleteMany({ where: { clientId: scenario.client.id } }));

  it.each(layouts)('disks (%s, %s) are stored as they are told at the start', async (kind, _form, cfg) => {
    // There was something before, and it is all gone.
    await tell('InclusionCliente', { cfg: '3:0:1:::99:0;3:1:83:EXT4:Old:98:1;' });
    expect(await tell('InclusionCliente', { cfg })).toEqual({
      status: 200,
      body: {
        res: 1,
        ido: scenario.client.id,
        npc: name,
        che: cfg.includes('CACHE') ? 1 : 0,
        exe: 0,
        ida: expect.any(String),
        idc: expect.any(String),
      },
    });
    expect(await readDisks()).toEqual(DISKS[kind]);
    expect((await read()).status).toBe('OGLIVE');
  });

  it.each(layouts)('disks (%s, %s) are stored as the prototype in ogLive tells them', async (kind, _form, config) => {
    expect(await say('ogagent/config', { mac: mac.toLowerCase(), ip, config })).toEqual({ status: 200, body: '' });
    expect(await readDisks()).toEqual(DISKS[kind]);
  });

  it('a serial number is taken where there was none', async () => {
    const db = server.app.database.prisma;
    await db.client.update({ where: { ip }, data: { serialNumber: null } });
    await tell('InclusionCliente', { cfg: toExpanded(COMPACT.efi) });
    expect((await read()).serialNumber).toBeNull();
    await tell('InclusionCliente', { cfg: toExpanded(COMPACT.msdos) });
    expect((await read()).serialNumber).toBe('4CE0460G0G');
    await tell('InclusionCliente', { cfg: COMPACT.large });
    expect((await read()).serialNumber).toBe('4CE0460G0G');
  });

  it.each([
    ['in one line', COMPACT.efi.slice(0, -20)],
    ['line by line', toExpanded(COMPACT.efi).slice(0, -24)],
    ['in one line, in the middle of a size', '1:0:1:::52428800:0;1:1:83:EXT4:Ubuntu:26'],
  ])('a configuration that was cut, %s, leaves the disks as they are', async (_form, cfg) => {
    await tell('InclusionCliente', { cfg: COMPACT.msdos });
    expect(await tell('InclusionCliente', { cfg })).toMatchObject({ status: 200, body: { res: 1 } });
    expect(await readDisks()).toEqual(DISKS.msdos);
  });

  it.each([
    [OUTCOMES.done, { status: 'SUCCEEDED', error: null }],
    [OUTCOMES.noImage, { status: 'FAILED', error: { engineCode: 5 } }],
    [OUTCOMES.tooLarge, { status: 'FAILED', error: { engineCode: 30 } }],
    [OUTCOMES.unknown, { status: 'FAILED', error: { engineCode: null } }],
  ])('a restored image ends as %j says, with the disks as they are then', async (outcome, expected) => {
    await server.room.agent(ip).bootOgLive();
    const id = await deployOne(server);
    const { jobId } = await untilStatus(server, id, 'RUNNING');
    const order = { idi: '7', dsk: '1', par: '2', ifs: '0', cfg: toExpanded(COMPACT.msdos) };
    expect(
      await say('clients/status/webhook', {
        nfn: 'RESPUESTA_RestaurarImagen',
        ...order,
        ids: '0',
        ...outcome,
        ...envelope({ ip, name }),
        job_id: jobId,
      }),
    ).toEqual({ status: 200, body: { outcome: 'applied' } });
    expect(await readTrace(server, id)).toMatchObject(expected);
    expect(await readDisks()).toEqual(DISKS.msdos);
  });

  const startInventory = async (kind: 'hardware' | 'software') => {
    await server.room.agent(ip).bootOgLive();
    const input = { target: { clientIds: [clientId] } };
    if (kind === 'hardware') await server.request(CollectHardwareInventoryDocument, { input });
    else await server.request(CollectSoftwareInventoryDocument, { input: { ...input, disk: 1, partition: 2 } });
    const trace = await waitFor('the job to be in hand', () =>
      server.app.database.prisma.trace.findFirst({ where: { status: 'RUNNING', clientId: scenario.client.id } }),
    );
    return trace.jobId;
  };

  const upload = (nfl: string, text: string) =>
    tell('recibeArchivo', { nfl, contents: Buffer.from(text).toString('base64') });

  it('a list of the hardware, heading and all, becomes a profile and tells the firmware', async () => {
    await server.app.database.prisma.client.update({ where: { ip }, data: { firmware: null } });
    const jobId = await startInventory('hardware');
    const file = `/tmp/Shrd-${ip}`;
    expect(await upload(file, HARDWARE)).toMatchObject({ body: { res: 1 } });
    const answer = await tell('RESPUESTA_InventarioHardware', { hrd: file, ...OUTCOMES.done, ids: '0', job_id: jobId });
    expect(answer).toEqual({ status: 200, body: { res: 1, outcome: 'applied' } });
    const { client } = await server.request(ClientInventoryDocument, { id: clientId });
    const found = client?.hardwareProfile?.components.nodes.map((each) => `${each.kind} ${each.description}`);
    expect(new Set(found)).toEqual(
      new Set([
        'CHASSIS Desktop',
        'BOOT UEFI',
        'MODEL Dell Inc. OptiPlex 3050 (07A3)',
        'BOARD Dell Inc. 0W0CHX v.A00',
        'BIOS Dell Inc. v.1.11.0 64KiB',
        'CPU Intel Corp. Intel(R) Core(TM) i5-7500 CPU @ 3.40GHz 3400MHz',
        'MEMORY Hynix/Hyundai HMA81GU6AFR8N-UH 8GiB 2400MHz (0.8ns) (DIMM1)',
        'MEMORY 8GiB (DIMM2)',
        'VGA Intel Corporation HD Graphics 630 v.04',
        'NETWORK Realtek Semiconductor Co., Ltd. RTL8111/8168/8411 PCI Express Gigabit Ethernet Controller v.15',
        'DISK Samsung SSD 850 256GB v.4B6Q',
      ]),
    );
    expect((await read()).firmware).toBe('UEFI');
  });

  it('a list of the software becomes the profile of its partition', async () => {
    const jobId = await startInventory('software');
    const file = `/tmp/Ssft-${ip}-2`;
    await upload(file, SOFTWARE);
    const body = { par: '2', sft: file, ...OUTCOMES.done, ids: '0', job_id: jobId };
    expect(await tell('RESPUESTA_InventarioSoftware', body)).toMatchObject({ body: { outcome: 'applied' } });
    const { client } = await server.request(ClientInventoryDocument, { id: clientId });
    const software = client?.partitions.find(({ number }) => number === 2)?.softwareProfile?.software;
    expect(software?.totalCount).toBe(4);
    expect(software?.nodes).toContainEqual({
      kind: 'APPLICATION',
      name: 'AutoCAD 2021 - Español (Spanish) 24.0.47.0',
    });
  });
});

describe('OGAgent 1.1 and 1.2 in an installed system', () => {
  const secret = 'k3x9v0q2m7b4n8c1z6l5j0h3g7f2d9s4';

  it.each([
    ['linux', 'LINUX', { language: 'es_ES.UTF-8', session: 'x11' }],
    ['windows', 'WINDOWS', { language: 'es', session: 'Console' }],
    ['macos', 'MACOS', { language: 'es_ES' }],
  ] as const)('of %s is followed from its start over a session to its end', async (kind, status, session) => {
    const system = SYSTEMS[kind];
    const machine = { mac, ip };
    const said = async (route: string, body: object) => {
      expect(await say(route, body)).toEqual({ status: 200, body: '' });
      return (await read()).status;
    };
    expect(await said('ogagent/started', { ...machine, secret, ...system, agent_version: '1.2.0' })).toBe(status);
    expect((await read()).agentVersion).toBe('1.2.0');
    expect(await said('ogagent/loggedin', { ip, user: 'peña', ...session, ...system })).toBe(`${status}_SESSION`);
    expect(await said('popup_done', { title: 'Aviso', message: 'Apague el equipo' })).toBe(`${status}_SESSION`);
    expect(await said('error?id=error', { error: "[Errno 2] No such file or directory: '/etc/x'" })).toBe(
      `${status}_SESSION`,
    );
    expect(await said('ogagent/loggedout', { ip, user: 'peña' })).toBe(status);
    expect(await said('ogagent/stopped', { ...machine, ...system })).toBe('OFF');
  });

  it('is told with 400 and a message where its machine is not registered, and a letter says so', async () => {
    const stranger = { mac: '02:42:ac:11:00:02', ip: '172.17.0.1' };
    expect(await say('ogagent/started', { ...stranger, secret, ...SYSTEMS.linux })).toEqual({
      status: 400,
      body: { message: 'this machine is not registered' },
    });
    const [letter] = await readLetters(server, { reason: ['UNKNOWN_CLIENT'] });
    expect(letter?.body).toContain('172.17.0.1');
    expect(letter?.body).not.toContain(secret);
  });

  it('of a second server’s, in an examination, is heard like any other', async () => {
    const body = { mac, ip, secret, ...SYSTEMS.linux, alt_url: true, agent_version: '1.1.1b' };
    expect(await say('ogagent/started', body)).toEqual({ status: 200, body: '' });
    expect(await read()).toMatchObject({ status: 'LINUX', agentVersion: '1.1.1b' });
  });
});
