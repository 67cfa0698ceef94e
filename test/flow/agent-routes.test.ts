// The routes of the installed base, with what agents of each generation send to them, as their published sources write it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

const MAC = '08:00:27:0b:88:be';
const IP = '192.168.2.3';
const SENDER = { mac: MAC, ip: IP };
const SYSTEM = { ostype: 'Linux', osversion: 'Ubuntu 20.04.1 LTS' };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ behaviour: { fault: 'silent', durationMs: 60_000 } });
});
afterAll(() => server.stop());

const say = (route: string, body: unknown) => server.report(route, body);
const db = () => server.app.database.prisma;
const read = () =>
  db().client.findUniqueOrThrow({
    where: { ip: IP },
    include: { disks: { include: { partitions: { orderBy: { number: 'asc' } } }, orderBy: { number: 'asc' } } },
  });
const status = async () => (await read()).status;
const layout = async () =>
  (await read()).disks.map(({ number, partitionTable, sizeBytes, partitions }) => [
    `${number} ${partitionTable} ${sizeBytes / 1024n}`,
    ...partitions.map((each) =>
      [each.number, each.code, each.fileSystem, each.operatingSystem, each.sizeBytes / 1024n, each.usedPercent].join(
        ' ',
      ),
    ),
  ]);

describe('the agent of 2020 in an installed system', () => {
  it.each([
    ['ogagent/started', { ...SENDER, secret: 'a1'.repeat(16), ...SYSTEM }, 'LINUX'],
    ['ogagent/started', { ...SENDER, secret: 'a1'.repeat(16), ...SYSTEM, alt_url: true }, 'LINUX'],
    ['ogagent/loggedin', { ip: IP, user: 'alumno', language: 'es_ES', session: 'x11', ...SYSTEM }, 'LINUX_SESSION'],
    ['ogagent/loggedout', { ip: IP, user: 'alumno' }, 'LINUX'],
    ['ogagent/stopped', { ...SENDER, ...SYSTEM }, 'OFF'],
    ['ogagent/started', { ...SENDER, secret: 'b2'.repeat(16), ostype: 'Windows', osversion: '10.0.18363' }, 'WINDOWS'],
    ['ogagent/started', { ...SENDER, secret: 'b2'.repeat(16), ostype: 'MacOS', osversion: '10.15' }, 'MACOS'],
    ['ogagent/started', { ...SENDER, secret: 'b2'.repeat(16), ostype: 'ogLive', osversion: '5.0.0 x86_64' }, 'OGLIVE'],
  ])('%s %j: %s', async (route, body, expected) => {
    expect(await say(route, body)).toEqual({ status: 200, body: '' });
    expect(await status()).toBe(expected);
  });

  it.each([
    ['error?id=error', { error: 'no such process' }],
    ['error?id=7', { error: 'x'.repeat(100_000) }],
    ['popup_done', { title: 'Aviso', message: 'Apague el equipo' }],
  ])('%s is heard', async (route, body) => {
    expect(await say(route, body)).toEqual({ status: 200, body: '' });
  });
});

describe('the agent of version 2', () => {
  const b64 = (text: string) =>
    `${Buffer.from(text)
      .toString('base64')
      .replaceAll(/(.{76})/g, '$1\n')}\n`;

  it.each([
    ['oglive', 'OGLIVE'],
    ['busy', 'BUSY'],
    ['oglive', 'OGLIVE'],
    ['unknown', 'OGLIVE'],
    ['linux_session', 'LINUX_SESSION'],
    ['windows-session', 'WINDOWS_SESSION'],
    ['OFF', 'OFF'],
    ['INI', 'INITIALIZING'],
  ])('says that it is %s', async (word, expected) => {
    expect(await say('api/private/clients/statuses', { ...SENDER, status: word })).toEqual({ status: 200, body: '' });
    expect(await status()).toBe(expected);
  });

  it('says what disks it has', async () => {
    const storage = [
      { disk: 1, parttable: 2, size: 17_578_125_000 },
      { disk: 1, partition: 1, parttype: 'EF00', filesystem: 'FAT32', operatingsystem: '', size: 524_288, usage: 3 },
      {
        disk: 1,
        partition: 2,
        parttype: '0700',
        filesystem: 'NTFS',
        operatingsystem: 'Windows 10',
        size: 9,
        usage: '41',
      },
    ];
    const config = { serialno: 'WC3-1', storage, warnings: '' };
    expect(await say('clients/configs', { ...SENDER, config })).toEqual({ status: 200, body: '' });
    expect(await layout()).toEqual([['1 GPT 17578125000', '1 EF00 FAT32  524288 3', '2 0700 NTFS Windows 10 9 41']]);
    expect((await say('ogagent/config', { ...SENDER, config: JSON.stringify(config) })).status).toBe(200);
    expect((await say('ogagent/config', { ...SENDER, config: '' })).status).toBe(400);
    expect(await layout()).toHaveLength(1);
  });

  it.each([
    [0, 'hola\n', '', { status: 'SUCCEEDED', output: 'hola\n' }],
    ['3', '', 'no such file', { status: 'FAILED', errorMessage: 'no such file' }],
  ])('says that a script ended with %j', async (exit, out, error, expected) => {
    await server.room.agent(IP).bootOgLive();
    const operation = await db().operation.create({
      data: { action: 'RUN_SCRIPT', requestedBy: 'test', input: {}, inputHash: '', outcomes: [], startSeq: 0 },
    });
    const { id: clientRow } = await read();
    const { id } = await db().trace.create({
      data: {
        operationId: operation.id,
        clientId: clientRow,
        agentIp: IP,
        action: 'RUN_SCRIPT',
        status: 'UNKNOWN',
        sentAt: new Date(),
        input: { script: 'x', parameters: [], commandId: null, commandName: null },
      },
    });
    const result = { ...SENDER, trace: id, status: exit, output: b64(out), error: b64(error) };
    expect(await say('api/private/traces', result)).toEqual({ status: 200, body: { outcome: 'applied' } });
    expect(await db().trace.findUnique({ where: { id } })).toMatchObject(expected);
    expect((await say('api/private/traces', result)).body).toEqual({ outcome: 'repeat' });
  });
});

describe('the client of the fork', () => {
  it('says what disks it has, with what is used in per cent', async () => {
    const row = { disk: '1', disk_type: '', filesystem: '', os: '', used_size: '0' };
    const refresh = {
      serial_number: '',
      disk_setup: [{ ...row, disk_type: 'DISK', partition: '0', size: '52428800', code: '1' }],
      partition_setup: [
        { ...row, partition: '1', filesystem: 'EXT4', os: 'Ubuntu 20.04', size: '26214400', code: '83', used_size: 31 },
        { ...row, partition: '4', filesystem: 'CACHE', size: '9437184', code: 'ca', used_size: '1.5%' },
      ],
      link: 1000,
    };
    expect((await say('ogAdmClient/InclusionCliente', { iph: IP, cfg: refresh })).body).toMatchObject({
      res: 1,
      che: 1,
    });
    expect(await layout()).toEqual([
      ['1 MSDOS 52428800', '1 83 EXT4 Ubuntu 20.04 26214400 31', '4 CA CACHE  9437184 1'],
    ]);
  });
});

describe('ogLive’s agent', () => {
  const CFG = [
    { disk: '1', par: '0', cpt: '1', sfi: '', soi: '', tam: '52428800', uso: '0' },
    { disk: '1', par: '1', cpt: '83', sfi: 'EXT4', soi: 'Debian 12', tam: '26214400', uso: '5' },
  ];

  it('keeps what was deployed where only the use has changed, and forgets it where anything else has', async () => {
    const include = (cfg: unknown) => say('ogAdmClient/InclusionCliente', { nfn: 'InclusionCliente', iph: IP, cfg });
    await include(CFG);
    const [disk] = (await read()).disks;
    const image = await db().image.findFirstOrThrow();
    const id = disk?.partitions[0]?.id ?? '';
    await db().partition.update({ where: { id }, data: { imageId: image.id, imageRevision: 1 } });
    await include(CFG.map((row) => (row.par === '1' ? { ...row, uso: 77 } : row)));
    expect(await db().partition.findUnique({ where: { id } })).toMatchObject({ imageRevision: 1, usedPercent: 77 });
    await include(CFG.map((row) => (row.par === '1' ? { ...row, soi: 'Debian 13' } : row)));
    expect(await db().partition.findUnique({ where: { id } })).toMatchObject({ imageRevision: null, imageId: null });
    await include(CFG.slice(0, 1));
    expect(await db().partition.findUnique({ where: { id } })).toBeNull();
    await include('1:0:0:::0:0;');
    expect(await layout()).toEqual([['1 UNKNOWN 0']]);
  });

  it('is told which command to run at its start, and given it', async () => {
    expect((await say('ogAdmClient/InclusionCliente', { iph: IP })).body).toMatchObject({ exe: 0 });
    expect((await say('ogAdmClient/AutoexecCliente', { iph: IP, exe: 0 })).body).toEqual({ res: 0 });
    const command = await db().command.create({ data: { name: 'Arranque', script: 'echo «hola»\nexit 0' } });
    await db().client.update({ where: { ip: IP }, data: { autoexecId: command.id } });
    expect((await say('ogAdmClient/InclusionCliente', { iph: IP })).body).toMatchObject({ exe: command.id });
    const { body } = await say('ogAdmClient/AutoexecCliente', { iph: IP, exe: command.id });
    expect(body).toEqual({ res: 1, nfl: `Sautoexec-${command.id}` });
    const file = await say('ogAdmClient/enviaArchivo', { ...(body as object), iph: IP });
    const { contents } = file.body as { contents: string };
    expect(decodeURIComponent(Buffer.from(contents, 'base64').toString())).toBe(
      'nfn=EjecutarScript\rscp=echo «hola»\nexit 0\rids=0\r\n',
    );
    expect((await say('ogAdmClient/enviaArchivo', { nfl: '/etc/passwd', iph: IP })).body).toEqual({ res: 0 });
  });

  it('says that it is ready in a word for a state, and in no other', async () => {
    expect((await say('ogAdmClient/DisponibilidadComandos', { iph: IP, tpc: 'OPG' })).body).toEqual({ res: 1 });
    expect(await status()).toBe('OGLIVE');
    expect((await say('ogAdmClient/DisponibilidadComandos', { iph: IP, tpc: 'BSY' })).body).toEqual({ res: 1 });
    expect(await status()).toBe('BUSY');
    expect((await say('ogAdmClient/DisponibilidadComandos', { iph: IP, tpc: 'XYZ' })).status).toBe(400);
    expect((await say('clients/status/webhook', { nfn: 'RESPUESTA_Arrancar', iph: IP, tpc: 'OPG' })).status).toBe(200);
  });

  it('is heard on the path of a function too', async () => {
    const end = { iph: IP, job_id: 'RestaurarImagen-0badf00d', res: '1', der: '' };
    expect(await say('ogAdmClient/RESPUESTA_RestaurarImagen', end)).toEqual({
      status: 200,
      body: { res: 1, outcome: 'kept' },
    });
  });
});

describe('whoever says anything', () => {
  const ROUTES = [
    ...['InclusionCliente', 'AutoexecCliente', 'enviaArchivo', 'ComandosPendientes', 'DisponibilidadComandos'].map(
      (name) => `ogAdmClient/${name}`,
    ),
    'ogAdmClient/recibeArchivo',
    'clients/status/webhook',
    'clients/statuses',
    'clients/configs',
    'ogagent/started',
    'ogagent/loggedin',
    'error?id=1',
    'popup_done',
  ];
  const BODIES = [
    '',
    '[]',
    '"x"',
    '{"cfg":{"storage":{}}}',
    '{"iph":{"a":1},"mac":[],"ido":true,"cfg":7,"nfl":{},"contents":[],"status":{},"job_id":{}}',
    `{"cfg":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    '{"nfl":"../../\\u0000etc/passwd","contents":"\\ud800","iph":"192.168.2.3\\u0000"}',
    '{"status":"constructor","tpc":"__proto__","nfn":"RESPUESTA_constructor","res":1}',
    JSON.stringify({ iph: IP, cfg: 'x;'.repeat(100_000), hrd: 'y', sft: 'z' }),
  ];

  it.each(ROUTES)('at %s is answered 200 or 400 in JSON, never with a failure of ours', async (route) => {
    for (const body of BODIES) {
      expect([200, 400]).toContain((await say(route, body)).status);
    }
    expect((await fetch(new URL(`/opengnsys/rest/${route}`, server.url))).status).toBe(405);
  });
});
