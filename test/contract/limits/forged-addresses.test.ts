// Addresses by which somebody would have this server call itself, its neighbours or the cloud it runs in, through everything that writes one.
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isOurselves } from '#agent/allowed-networks.ts';
import { scenario } from '#demo/scenario.ts';
import { callOnce } from '#repository/call-once.ts';
import { ask, codesOf } from '#test/support/ask.ts';
import { mutate } from '#test/support/mutate.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';

/** Written as no address of a machine is written, and read as one by somebody. */
const SPELLINGS = [
  '127.1',
  '127.0.1',
  '0',
  '1',
  '2130706433',
  '3232236035',
  '017700000001',
  '0x7f000001',
  '0X7F.1',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '0177.0.0.01',
  '127.0.0.01',
  '127.000.000.001',
  '192.168.002.003',
  '192.168.2.03',
  '192.168.2.0x3',
  '192.168.515',
  '192.11010',
  '192.168.2.256',
  '192.168.2.-3',
  '192.168.2.3.',
  '.192.168.2.3',
  '192..168.2.3',
  '192.168.2.3.4',
  '192.168.2.3\r\nHost: evil',
  '192.168.2.3\0',
  '192.168.2.3:8000',
  '192.168.2.3/24',
  '192.168.2.3/../x',
  '192.168.2.3@evil.example',
  'evil.example#192.168.2.3',
  '192.168.2.3?x',
  '192.168.2.3%00',
  '192.168.2.3;192.168.2.4',
  '192.168.2.3,192.168.2.4',
  'http://192.168.2.3',
  '１２７.0.0.1',
  '127。0。0。1',
  '①②⑦.0.0.1',
  '192．168．2．3',
  '٣٢.168.2.3',
  '192.168.2.3​',
  '::1',
  '[::1]',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:192.168.2.3',
  '::ffff:7f00:1',
  '64:ff9b::7f00:1',
  'fe80::1',
  'localhost',
  'localhost.',
  'evil.example',
  '127.0.0.1.nip.io',
  '169.254.169.254.nip.io',
  'metadata',
  '1e3',
  '',
  '-',
];

/** Written well, and of nobody who could be called. */
const NO_MACHINES = [
  '127.0.0.1',
  '127.0.0.2',
  '127.255.255.254',
  '0.0.0.0',
  '0.1.2.3',
  '255.255.255.255',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '169.254.169.254',
  '169.254.0.1',
];

/** Of machines, and outside of the networks that were listed. */
const ELSEWHERE = ['8.8.8.8', '100.64.0.1', '11.0.0.1', '172.32.0.1', '192.169.0.1', '198.18.0.1'];

let server: TestServer;
/** Whatever arrives where the server would call itself. */
let sinkhole: Server;
let arrived = 0;
beforeAll(async () => {
  sinkhole = createServer((socket) => {
    arrived += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => sinkhole.listen(0, '0.0.0.0', resolve));
  const { port } = sinkhole.address() as AddressInfo;
  server = await startTestServer({
    machines: [],
    config: { agentConnectTo: [], agentPort: port, repositoryConnectTo: [], repositoryPort: port },
  });
});
afterAll(async () => {
  await server.stop();
  await new Promise((resolve) => sinkhole.close(resolve));
});
beforeEach(() => {
  arrived = 0;
});

const ids = {
  room: encodeGlobalID('Room', scenario.room.id),
  client: encodeGlobalID('Client', scenario.client.id),
  repository: encodeGlobalID('Repository', scenario.repository.id),
};
/** What a mutation answers: its type, or the code of what it is refused for as a whole. */
async function tell(name: string, input: object): Promise<string> {
  const typeName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const query = `mutation($input: ${typeName}Input!) { ${name}(input: $input) { __typename } }`;
  const answer = await ask(server.url, query, { input });
  const result = answer.data?.[name] as { __typename: string } | undefined;
  return result?.__typename ?? String(codesOf(answer)[0]);
}

const writes: [string, (ip: string, n: number) => Promise<string>][] = [
  [
    'createClient',
    (ip, n) =>
      tell('createClient', {
        roomId: ids.room,
        name: `forged-${n}`,
        mac: `02:00:00:00:01:${(n % 256).toString(16).padStart(2, '0')}`,
        ip,
      }),
  ],
  ['updateClient', (ip) => tell('updateClient', { id: ids.client, ip })],
  ['createRepository', (ip, n) => tell('createRepository', { name: `forged-${n}`, ip, path: '/opt/opengnsys/images' })],
  ['updateRepository', (ip) => tell('updateRepository', { id: ids.repository, ip })],
];

describe.each(writes)('%s', (_name, write) => {
  it('takes no address that is written in any other way', async () => {
    const taken: string[] = [];
    for (const [n, ip] of SPELLINGS.entries()) {
      const code = await write(ip, n);
      if (!/^(INVALID_SCALAR|INVALID_ARGUMENT|InvalidInputError)$/.test(code)) {
        taken.push(`${JSON.stringify(ip)}: ${code}`);
      }
    }
    expect(taken).toEqual([]);
  });

  it('takes the spaces around one for none of it', async () => {
    for (const ip of [' 127.0.0.1', '127.0.0.1\n', '\t169.254.169.254 ']) {
      expect(await write(ip, 250)).toBe('InvalidInputError');
    }
  });

  it('takes no address that no machine can have', async () => {
    for (const [n, ip] of NO_MACHINES.entries()) expect([ip, await write(ip, n)]).toEqual([ip, 'InvalidInputError']);
  });
});

describe('importClients', () => {
  it.each([
    ['CSV', (ip: string) => `name,mac,ip\nforged,02:00:00:00:02:01,"${ip}"\n`],
    ['dhcpd.conf', (ip: string) => `host forged { hardware ethernet 02:00:00:00:02:01; fixed-address ${ip}; }\n`],
    [
      'JSON of Kea',
      (ip: string) =>
        JSON.stringify({
          Dhcp4: {
            subnet4: [
              {
                subnet: '0.0.0.0/0',
                reservations: [{ hostname: 'forged', 'hw-address': '02:00:00:00:02:01', 'ip-address': ip }],
              },
            ],
          },
        }),
    ],
  ])('of %s writes no such address', async (_format, write) => {
    const before = await server.app.database.prisma.client.count();
    for (const ip of [...SPELLINGS.filter((text) => !text.includes('\n')), ...NO_MACHINES]) {
      await mutate(
        server.url,
        'importClients',
        { roomId: ids.room, file: { text: write(ip) }, dryRun: false },
        'applied',
      );
      const forged = await server.app.database.prisma.client.findFirst({ where: { mac: '02:00:00:00:02:01' } });
      // What surrounds an address in a file is no part of it: what is written is an ordinary one.
      expect([ip, forged?.ip ?? '192.168.2.3']).toEqual([ip, expect.stringMatching(/^192\.168\.2\.[34]$/)]);
      await server.app.database.prisma.client.deleteMany({ where: { mac: '02:00:00:00:02:01' } });
    }
    expect(await server.app.database.prisma.client.count()).toBe(before);
  });
});

describe('a report', () => {
  it('never changes where its machine is called', async () => {
    const { ip } = await server.app.database.prisma.client.findUniqueOrThrow({ where: { id: scenario.client.id } });
    for (const forged of [...SPELLINGS, ...NO_MACHINES, ...ELSEWHERE]) {
      for (const key of ['iph', 'ip']) {
        const route = key === 'iph' ? 'ogAdmClient/InclusionCliente' : 'ogagent/started';
        const { status } = await server.report(route, { [key]: forged, mac: scenario.client.mac, ostype: 'Linux' });
        expect(status).toBeLessThan(500);
      }
    }
    const after = await server.app.database.prisma.client.findUniqueOrThrow({ where: { id: scenario.client.id } });
    expect(after.ip).toBe(ip);
  });
});

describe('an address that is in the database all the same', () => {
  it.each([...NO_MACHINES, ...ELSEWHERE, '127.1', '::1', 'localhost', '192.168.2.3@127.0.0.1'])(
    '%s is never called, neither as an agent nor as a repository',
    async (ip) => {
      const db = server.app.database.prisma;
      await db.client.update({ where: { id: scenario.client.id }, data: { ip, status: 'OGLIVE' } });
      await db.repository.update({ where: { id: scenario.repository.id }, data: { ip } });
      const order = { target: { clientIds: [ids.client] }, script: 'true', waitForAgentsMs: 0 };
      expect(await mutate(server.url, 'runScript', order)).toMatchObject({
        code: expect.stringMatching(/BLOCKED|REFUSED|INVALID/),
      });
      expect(await mutate(server.url, 'synchronizeRepository', { repositoryId: ids.repository })).toMatchObject({
        __typename: 'RepositoryFailedError',
      });
      expect(arrived).toBe(0);
    },
  );
});

describe('a connection', () => {
  it('that has led elsewhere gets no byte of a call to a repository', async () => {
    const { port } = sinkhole.address() as AddressInfo;
    const call = (isAddressAllowed: () => boolean) =>
      callOnce({
        origin: `http://127.0.0.1:${port}`,
        endpoint: { host: '127.0.0.1', port },
        request: { method: 'GET', path: '/', body: null },
        isAddressAllowed,
        connectTimeoutMs: 5000,
        maxAnswerBytes: 1000,
        signal: AbortSignal.timeout(10_000),
      });
    expect(await call(() => false)).toEqual({
      outcome: 'not-sent',
      reason: 'the connection led to an address where repositories may not be called',
    });
    expect(await call(() => true)).toMatchObject({ outcome: 'unanswered' });
  });

  it.each([
    ['192.168.2.1', '192.168.2.1', true],
    ['192.168.2.1', '192.168.2.3', false],
    ['127.0.0.1', '127.0.0.1', false],
    [undefined, undefined, false],
  ])('from %s to %s is one to ourselves: %s', (localAddress, remoteAddress, expected) => {
    expect(isOurselves({ localAddress, remoteAddress } as Parameters<typeof isOurselves>[0])).toBe(expected);
  });
});
