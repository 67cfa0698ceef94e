import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { mutate } from '#test/support/mutate.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ machines: [] });
});
afterAll(() => server.stop());

const roomId = encodeGlobalID('Room', scenario.room.id);
const SELECTION = `applied format counts { decision count }
  rows { line decision name mac ip problems { code field message line } client { name room { name } group { name } subnet { cidr } } }
  problems { code line } warnings { code message }`;

interface Imported {
  code?: string;
  counts: { decision: string; count: number }[];
  rows: {
    line: number;
    decision: string;
    problems: { code: string; field: string }[];
    client: { name: string } | null;
  }[];
}

const send = (text: string | { base64: string }, input: object = {}, headers = {}) =>
  mutate(
    server.url,
    'importClients',
    { roomId, file: typeof text === 'string' ? { text } : text, ...input },
    SELECTION,
    headers,
  ) as unknown as Promise<Imported>;
const countClients = () => server.app.database.prisma.client.count();
const csv = (...rows: string[]) => ['nombre;mac;ip', ...rows].join('\n');

describe('a file of clients', () => {
  it('is only looked at, unless it is no dry run', async () => {
    const before = await countClients();
    const text = csv('aula-01;02:00:00:01:00:01;192.168.2.101', 'aula-02;02-00-00-01-00-02;192.168.2.102');
    const expected = { counts: [{ decision: 'CREATE', count: 2 }] };
    expect(await send(text)).toMatchObject({ ...expected, applied: false, format: 'CSV' });
    expect(await countClients()).toBe(before);
    expect(await send(text, { dryRun: false })).toMatchObject({
      ...expected,
      applied: true,
      rows: [{ client: { name: 'aula-01', room: { name: 'Aula Demo' }, subnet: { cidr: '192.168.2.0/24' } } }, {}],
    });
    expect(await countClients()).toBe(before + 2);
  });

  it('with bad rows is refused whole, or taken without them', async () => {
    const text = csv(
      'buena;02:00:00:02:00:01;192.168.2.111',
      'sin-mac;;192.168.2.112',
      'repetida;02:00:00:02:00:01;192.168.2.113',
      'ocupada;02:00:00:02:00:04;192.168.2.2',
      'conocida;08:00:27:0b:88:be;192.168.2.114',
    );
    const before = await countClients();
    const problems = [
      { line: 3, problems: [{ code: 'MISSING', field: 'mac' }] },
      { line: 4, problems: [{ code: 'DUPLICATE_IN_FILE', field: 'mac' }] },
      { line: 5, problems: [{ code: 'IP_TAKEN', field: 'ip' }] },
      { line: 6, problems: [{ code: 'ALREADY_EXISTS', field: 'mac' }] },
    ];
    expect(await send(text, { dryRun: false })).toMatchObject({ code: 'IMPORT_REFUSED', rows: problems });
    expect(await countClients()).toBe(before);
    const taken = await send(text, { dryRun: false, onBadRow: 'SKIP' });
    expect(taken.counts).toEqual([
      { decision: 'CREATE', count: 1 },
      { decision: 'REFUSE', count: 4 },
    ]);
    expect(await countClients()).toBe(before + 1);
  });

  it('leaves clients that are there as they are, or gives them what the file says', async () => {
    const text = csv('renombrado;08:00:27:4f:be:38;192.168.2.2');
    expect(await send(text, { dryRun: false, onExisting: 'SKIP' })).toMatchObject({
      rows: [{ decision: 'SKIP', client: { name: 'modelo' } }],
    });
    expect(await send(text, { dryRun: false, onExisting: 'UPDATE' })).toMatchObject({
      rows: [{ decision: 'UPDATE', client: { name: 'renombrado' } }],
    });
    const { netiface, recordVersion } = await server.app.database.prisma.client.findUniqueOrThrow({
      where: { id: scenario.model.id },
    });
    expect({ netiface, recordVersion }).toEqual({ netiface: 'eth0', recordVersion: 2 });
    expect(await send(text, { dryRun: false, onExisting: 'UPDATE' })).toMatchObject({
      counts: [{ decision: 'SKIP', count: 1 }],
    });
    expect(
      await server.app.database.prisma.client.findUniqueOrThrow({ where: { id: scenario.model.id } }),
    ).toMatchObject({ recordVersion: 2 });
  });

  it('does not move a client whose job has not ended to another address', async () => {
    const db = server.app.database.prisma;
    const operation = await db.operation.create({
      data: { action: 'REBOOT', requestedBy: 'x', input: {}, inputHash: '', outcomes: [], startSeq: 0n },
    });
    const trace = await db.trace.create({
      data: {
        clientId: scenario.model.id,
        operationId: operation.id,
        action: 'REBOOT',
        status: 'RUNNING',
        agentIp: '192.168.2.2',
        input: {},
      },
    });
    const text = csv('modelo;08:00:27:4f:be:38;192.168.2.9');
    expect(await send(text, { dryRun: false, onExisting: 'UPDATE' })).toMatchObject({
      code: 'IMPORT_REFUSED',
      rows: [{ problems: [{ code: 'JOB_IN_HAND', field: 'ip' }] }],
    });
    await db.trace.update({ where: { id: trace.id }, data: { status: 'FAILED' } });
    expect(await send(text, { onExisting: 'UPDATE' })).toMatchObject({ rows: [{ decision: 'UPDATE' }] });
  });

  it('names rooms, groups and repositories by their names', async () => {
    const db = server.app.database.prisma;
    const room = await db.room.create({ data: { name: 'Aula Ñ', centerId: scenario.center.id } });
    await db.clientGroup.create({ data: { name: 'Fila 1', roomId: room.id } });
    const text = `name,mac,ip,aula,grupo,repositorio
a,02:00:00:03:00:01,192.168.2.121,Aula Ñ,Fila 1,ogRepository Demo
b,02:00:00:03:00:02,192.168.2.122,Aula X,,
c,02:00:00:03:00:03,192.168.2.123,Aula Ñ,Fila 9,Otro`;
    const { rows } = await send(text, { dryRun: false, onBadRow: 'SKIP' });
    expect(rows).toMatchObject([
      { decision: 'CREATE', client: { room: { name: 'Aula Ñ' }, group: { name: 'Fila 1' } } },
      { decision: 'REFUSE', problems: [{ code: 'NOT_FOUND', field: 'roomName' }] },
      {
        decision: 'REFUSE',
        problems: [
          { code: 'NOT_FOUND', field: 'repositoryName' },
          { code: 'NOT_FOUND', field: 'groupName' },
        ],
      },
    ]);
  });

  it('is read in Latin-1 where its bytes are that', async () => {
    const bytes = Buffer.from(csv('señor;02:00:00:04:00:01;192.168.2.131'), 'latin1');
    expect(await send({ base64: bytes.toString('base64') })).toMatchObject({ rows: [{ name: 'señor' }] });
    expect(await send(bytes.toString('utf8'))).toMatchObject({
      rows: [{ problems: [{ code: 'BAD_ENCODING', field: 'name' }] }],
    });
    expect(await send({ base64: '%%%' })).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'file', 'base64'] });
  });

  it('that cannot be read says why, in either language', async () => {
    expect(await send('qué es esto')).toMatchObject({ rows: [], problems: [{ code: 'UNKNOWN_FORMAT' }] });
    expect(await send('qué es esto', { dryRun: false })).toMatchObject({ code: 'IMPORT_REFUSED' });
    const message = async (language: string) =>
      (await send(csv('x;y;z'), {}, { 'accept-language': language })).rows[0]?.problems[0];
    expect(await message('es')).toMatchObject({ message: 'No es la dirección MAC de un equipo: y' });
    expect(await message('en')).toMatchObject({ message: 'It is no MAC address of one machine: y' });
  });

  it.each([
    ['roomId', { roomId: encodeGlobalID('Room', scenario.center.id) }],
    ['centerId', { centerId: encodeGlobalID('Center', scenario.room.id) }],
    ['groupId', { groupId: encodeGlobalID('ClientGroup', scenario.room.id) }],
    ['subnetId', { subnetId: encodeGlobalID('Subnet', scenario.room.id) }],
    ['repositoryId', { repositoryId: encodeGlobalID('Repository', scenario.room.id) }],
  ])('goes nowhere that there is not: %s', async (field, input) => {
    expect(await send(csv('x;02:00:00:05:00:01;192.168.2.141'), input)).toMatchObject({
      code: 'NOT_FOUND',
      path: ['input', field],
    });
  });

  it('sent twice at once is taken once', async () => {
    const text = csv('doble;02:00:00:06:00:01;192.168.2.151');
    const answers = await Promise.all([1, 2].map(() => send(text, { dryRun: false })));
    expect(answers.filter(({ code }) => code === 'IMPORT_REFUSED')).toHaveLength(1);
  });

  it('that swaps two addresses says which are taken', async () => {
    await send(csv('s1;02:00:00:07:00:01;192.168.2.161', 's2;02:00:00:07:00:02;192.168.2.162'), { dryRun: false });
    const swapped = csv('s1;02:00:00:07:00:01;192.168.2.162', 's2;02:00:00:07:00:02;192.168.2.161');
    expect(await send(swapped, { dryRun: false, onExisting: 'UPDATE' })).toMatchObject({
      code: 'IMPORT_REFUSED',
      rows: [{ problems: [{ code: 'IP_TAKEN' }] }, { problems: [{ code: 'IP_TAKEN' }] }],
    });
  });
});

describe('5,000 clients in one call', () => {
  const hosts = Array.from({ length: 5000 }, (_, n) => ({
    name: `pc${n}`,
    mac: `02:50:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`,
    ip: `10.50.${n >> 8}.${n & 255}`,
  })).filter(({ ip }) => !ip.endsWith('.0'));

  it.each([
    [
      'dhcpd.conf',
      hosts
        .map(({ name, mac, ip }) => `host ${name} {\n  hardware ethernet ${mac};\n  fixed-address ${ip};\n}`)
        .join('\n'),
    ],
    [
      'JSON of Kea',
      JSON.stringify({
        Dhcp4: {
          reservations: hosts.map(({ name, mac, ip }) => ({ hostname: name, 'hw-address': mac, 'ip-address': ip })),
        },
      }),
    ],
    ['CSV', csv(...hosts.map(({ name, mac, ip }) => `${name};${mac};${ip}`))],
  ])('come in as %s', async (_format, text) => {
    await server.app.database.prisma.client.deleteMany({ where: { mac: { startsWith: '02:50:' } } });
    const imported = await send(text, { dryRun: false });
    expect(imported.counts).toEqual([{ decision: 'CREATE', count: hosts.length }]);
    expect(await server.app.database.prisma.client.count({ where: { mac: { startsWith: '02:50:' } } })).toBe(
      hosts.length,
    );
  });
});
