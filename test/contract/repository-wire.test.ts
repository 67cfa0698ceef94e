import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { parseConnectTo } from '#agent/connect-to.ts';
import type { RepositoryGateway, TransferOrder } from '#domain/imaging/repository-gateway.ts';
import { createRepositoryGateway } from '#repository/create-repository-gateway.ts';
import type { RepositoryGatewayOptions } from '#repository/create-repository-gateway.ts';
import { parseJobReport } from '#repository/protocol.ts';
import { createReporter } from '#simulator/create-reporter.ts';
import { createRepository } from '#simulator/create-repository.ts';
import type { RepositoryHandle, RepositoryOptions } from '#simulator/create-repository.ts';

const TARGET = { repositoryId: 'r1', ip: '192.168.68.55' };
const SUM = '22735b9070e4a8043371b8c6ae52b90d';
const GIB = 1024n ** 3n;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp();
});

interface FakeRepository {
  port: number;
  connections: number;
  /** Each request as it came. */
  received: string[];
}

/** A repository on loopback that, for each complete request, does what the script says with the socket. */
async function startFake(script: (socket: Socket, request: string) => void): Promise<FakeRepository> {
  const fake: FakeRepository = { port: 0, connections: 0, received: [] };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let bytes = '';
    fake.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.toString('latin1');
      const end = bytes.indexOf('\r\n\r\n');
      if (end === -1 || bytes.length - end - 4 < Number(/content-length: (\d+)/i.exec(bytes)?.[1] ?? 0)) return;
      fake.received.push(bytes);
      script(socket, bytes);
      bytes = '';
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  fake.port = (server.address() as AddressInfo).port;
  return fake;
}

function answer(status: number, body: unknown): (socket: Socket) => void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (socket) => socket.end(`HTTP/1.1 ${status} Some\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function createGateway(port: number, options: Partial<RepositoryGatewayOptions> = {}): RepositoryGateway {
  const gateway = createRepositoryGateway({
    connectTo: parseConnectTo(`::127.0.0.1:${port}`),
    networks: ['192.168.0.0/16'],
    ...options,
  });
  cleanups.push(() => gateway.close());
  return gateway;
}

async function gatewayFor(status: number, body: unknown): Promise<RepositoryGateway> {
  return createGateway((await startFake(answer(status, body))).port);
}

describe('a call that goes wrong', () => {
  const unknown = (reason: string) => ({ outcome: 'unknown', message: `The repository did not answer: ${reason}.` });

  async function refresh(script: (socket: Socket) => void, options: Partial<RepositoryGatewayOptions> = {}) {
    const fake = await startFake(script);
    const outcome = await createGateway(fake.port, options).refresh(TARGET);
    // Whatever came of it, nothing is ever asked twice.
    expect(fake.connections).toBe(1);
    return outcome;
  }

  it('is not sent where nobody listens, and says so', async () => {
    expect(await createGateway(1).refresh(TARGET)).toEqual({
      outcome: 'not-sent',
      message: 'The repository could not be reached: connection refused.',
    });
  });

  it('is not sent to an address outside of the networks', async () => {
    const fake = await startFake(answer(200, { success: true }));
    const outcome = await createGateway(fake.port).refresh({ ...TARGET, ip: '8.8.8.8' });
    expect(outcome).toMatchObject({ outcome: 'not-sent', message: expect.stringContaining('settings do not allow') });
    expect(fake.connections).toBe(0);
  });

  it('is unknown after a reset', async () => {
    expect(await refresh((socket) => socket.resetAndDestroy())).toEqual(unknown('connection reset'));
  });

  it('is unknown where the connection ends without an answer', async () => {
    expect(await refresh((socket) => socket.destroy())).toMatchObject({ outcome: 'unknown' });
  });

  it('is unknown when the answer does not come in time', async () => {
    expect(await refresh(() => {}, { fileTimeoutMs: 60 })).toEqual(unknown('no complete answer within 60 ms'));
  });

  it('is unknown when the answer only drips', async () => {
    const drip = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write('{'), 10);
      socket.on('close', () => clearInterval(timer));
    };
    expect(await refresh(drip, { fileTimeoutMs: 80 })).toEqual(unknown('no complete answer within 80 ms'));
  });

  it('is unknown when the answer is longer than allowed, announced or not', async () => {
    const long = answer(200, { success: true, output: 'x'.repeat(2000) });
    expect(await refresh(long, { maxAnswerBytes: 1000 })).toEqual(unknown('the answer was too large'));
    const endless = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write(`2710\r\n${'x'.repeat(10_000)}\r\n`));
      };
      socket.on('drain', more);
      more();
    };
    expect(await refresh(endless, { maxAnswerBytes: 100_000 })).toEqual(unknown('the answer was too large'));
  });

  it('is unknown when the answer is no HTTP, or is cut short', async () => {
    expect(await refresh((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))).toMatchObject({ outcome: 'unknown' });
    const cut = (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"succ');
    expect(await refresh(cut)).toMatchObject({ outcome: 'unknown' });
  });

  it('is ended by close(), as unknown', async () => {
    const asked = Promise.withResolvers<void>();
    const fake = await startFake(() => asked.resolve());
    const gateway = createGateway(fake.port);
    const outcome = gateway.refresh(TARGET);
    await asked.promise;
    await gateway.close();
    expect(await outcome).toEqual(unknown('the server was shutting down'));
    expect(await gateway.refresh(TARGET)).toMatchObject({ outcome: 'not-sent' });
  });

  it.each<[status: number, body: unknown, outcome: string, message: string]>([
    [200, { success: true, output: 'ok' }, 'done', ''],
    [200, { success: 'true' }, 'done', ''],
    [200, { output: 'ok' }, 'done', ''],
    [200, { success: false, error: 'No\n such\timage' }, 'refused', 'No such image'],
    [200, { success: false }, 'refused', 'HTTP status 200'],
    [200, { error: 'no' }, 'refused', 'no'],
    [400, { success: false, exception: 'Image not found' }, 'refused', 'Image not found'],
    [500, { success: false, output: 'disk full' }, 'refused', 'disk full'],
    [500, { success: 'false', error: 7 }, 'refused', '7'],
    [500, { error: 'Traceback' }, 'refused', 'Traceback'],
    [404, '<h1>Not Found</h1>', 'refused', 'HTTP status 404'],
    [302, '', 'refused', 'HTTP status 302'],
    [408, '', 'unknown', 'makes no sense (HTTP status 408)'],
    [500, '<h1>Internal Server Error</h1>', 'unknown', 'makes no sense (HTTP status 500)'],
    [502, { success: true }, 'unknown', 'HTTP status 502'],
    [200, '[]', 'unknown', 'HTTP status 200'],
    [200, 'null', 'unknown', 'HTTP status 200'],
    [200, '', 'unknown', 'HTTP status 200'],
  ])('%i %j is %s', async (status, body, outcome, message) => {
    const result = await (await gatewayFor(status, body)).refresh(TARGET);
    expect(result).toMatchObject({ outcome });
    expect('message' in result ? result.message : '').toContain(message);
  });

  it('keeps the words of a repository short and clean', async () => {
    const gateway = await gatewayFor(400, { success: false, error: `\u0000${'ñ\u202E'.repeat(5000)}` });
    const result = await gateway.refresh(TARGET);
    expect(result).toMatchObject({
      outcome: 'refused',
      message: expect.stringMatching(/^The repository refused: [ñ ]+$/),
    });
    expect(JSON.stringify(result).length).toBeLessThan(300);
  });
});

describe('with https', () => {
  const trusted = getCACertificates();
  afterEach(() => setDefaultCACertificates(trusted));

  async function callWith(certificateFor: string, isTrusted: boolean) {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'ogRepository' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: certificateFor }] }],
    });
    if (isTrusted) setDefaultCACertificates([...trusted, cert]);
    const sockets = new Set<Socket>();
    const server = createTlsServer({ key, cert }, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => answer(200, { success: true })(socket));
    });
    server.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return createGateway((server.address() as AddressInfo).port, { scheme: 'https' }).refresh(TARGET);
  }

  it('a certificate that is good for the repository is taken, wherever the connection leads', async () => {
    expect(await callWith(TARGET.ip, true)).toEqual({ outcome: 'done', value: null });
  });

  it.each([
    [TARGET.ip, false, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['127.0.0.1', true, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('one for %s, trusted: %s, is not', async (certificateFor, isTrusted, code) => {
    expect(await callWith(certificateFor, isTrusted)).toEqual({
      outcome: 'not-sent',
      message: expect.stringContaining(code),
    });
  });
});

describe('what is sent', () => {
  const UDPCAST: TransferOrder = {
    method: 'UDPCAST',
    checksum: SUM,
    port: 9000,
    address: '239.194.2.2',
    mode: 'FULL_DUPLEX',
    speedMbps: 90,
    clientCount: 20,
    maxWaitSeconds: 120,
  };

  it.each<[what: string, call: (gateway: RepositoryGateway) => Promise<unknown>, line: string, body: object | null]>([
    ['the status', (gateway) => gateway.readStatus(TARGET), 'GET /ogrepository/v1/status', null],
    ['the list', (gateway) => gateway.listImages(TARGET), 'GET /ogrepository/v1/images', null],
    ['a refresh', (gateway) => gateway.refresh(TARGET), 'PUT /ogrepository/v1/images', null],
    ['a check', (g) => g.checkIntegrity(TARGET, SUM), `GET /ogrepository/v1/status/images/${SUM}`, null],
    [
      'into the trash',
      (gateway) => gateway.deleteImage(TARGET, SUM, 'TRASH'),
      `DELETE /ogrepository/v1/images/${SUM}?method=trash`,
      null,
    ],
    [
      'out of the world',
      (gateway) => gateway.deleteImage(TARGET, SUM, 'FOR_GOOD'),
      `DELETE /ogrepository/v1/images/${SUM}?method=permanent`,
      null,
    ],
    ['out of the trash', (g) => g.recoverImage(TARGET, SUM), `POST /ogrepository/v1/trash/images/${SUM}`, null],
    ['the end of trash', (g) => g.deleteFromTrash(TARGET, SUM), `DELETE /ogrepository/v1/trash/images/${SUM}`, null],
    [
      'a checksum with odd characters',
      (gateway) => gateway.recoverImage(TARGET, '../x?y'),
      'POST /ogrepository/v1/trash/images/..%2Fx%3Fy',
      null,
    ],
    [
      'an import',
      (gateway) => gateway.importImage(TARGET, { name: 'aula', fromIp: '10.1.1.1' }),
      'POST /ogrepository/v1/repo/images',
      { image: 'aula.img', repo_ip: '10.1.1.1', user: 'opengnsys' },
    ],
    [
      'an export',
      (gateway) => gateway.exportImage(TARGET, { name: 'aula', toIp: '10.1.1.1' }),
      'PUT /ogrepository/v1/repo/images',
      { image: 'aula.img', repo_ip: '10.1.1.1', user: 'opengnsys' },
    ],
    [
      'auxiliary files',
      (gateway) => gateway.createAuxiliaryFiles(TARGET, 'aula'),
      'POST /ogrepository/v1/images/torrentsum',
      { image: 'aula.img' },
    ],
    [
      'a wake-up',
      (gateway) => gateway.wake(TARGET, { mac: '08:00:27:0B:88:BE', broadcastIp: '192.168.2.255' }),
      'POST /ogrepository/v1/wol',
      { broadcast_ip: '192.168.2.255', mac: '08:00:27:0B:88:BE' },
    ],
    [
      'UDPcast',
      (gateway) => gateway.startTransfer(TARGET, UDPCAST),
      'POST /ogrepository/v1/udpcast',
      {
        ID_img: SUM,
        port: 9000,
        method: 'full-duplex',
        ip: '239.194.2.2',
        bitrate: '90M',
        nclients: 20,
        maxtime: 120,
      },
    ],
    [
      'P2P',
      (gateway) =>
        gateway.startTransfer(TARGET, {
          ...UDPCAST,
          method: 'P2P',
          port: null,
          address: null,
          mode: null,
          speedMbps: null,
          clientCount: null,
          maxWaitSeconds: null,
        }),
      'POST /ogrepository/v1/p2p',
      { ID_img: SUM },
    ],
    [
      'the end of UFTP',
      (g) => g.cancelTransfer(TARGET, 'UFTP', SUM),
      `DELETE /ogrepository/v1/uftp/images/${SUM}`,
      null,
    ],
    ['the end of P2P', (gateway) => gateway.cancelTransfer(TARGET, 'P2P', SUM), 'DELETE /ogrepository/v1/p2p', null],
  ])('%s', async (_what, call, line, body) => {
    const fake = await startFake(answer(200, { success: true, output: {} }));
    await call(createGateway(fake.port));
    const [head = '', sent = ''] = fake.received[0]?.split('\r\n\r\n') ?? [];
    expect(head.split('\r\n')[0]).toBe(`${line} HTTP/1.1`);
    expect(head.toLowerCase()).toContain('\r\nhost: 192.168.68.55:8006\r\n');
    expect(sent === '' ? null : JSON.parse(sent)).toEqual(body);
  });

  it('goes below another path where the settings say so', async () => {
    const fake = await startFake(answer(200, { success: true }));
    await createGateway(fake.port, { basePath: '/api', port: 80 }).refresh(TARGET);
    expect(fake.received[0]).toMatch(/^PUT \/api\/images HTTP\/1\.1\r\nhost: 192\.168\.68\.55\r\n/);
  });
});

describe('the list of images', () => {
  const FILE = { name: 'aula.img', id: SUM, size: 2048, datasize: 4 };
  const IMAGE = { name: 'aula', checksum: SUM, place: 'images', sizeBytes: 2048n, dataSizeBytes: 4096n };

  async function list(output: unknown) {
    const outcome = await (await gatewayFor(200, { success: true, output })).listImages(TARGET);
    return outcome.outcome === 'done' ? outcome.value : outcome.outcome;
  }

  it('is read whole', async () => {
    const modified = '2026-11-20T10:00:00Z';
    expect(
      await list({
        directory: '/opt',
        images: [{ ...FILE, filesystem: 'NTFS', modified, locked: true }],
        trash: [],
        disk: { total: 500, used: 100, free: 400 },
      }),
    ).toEqual({
      images: [{ ...IMAGE, fileSystem: 'NTFS', modifiedAt: new Date(modified), isLocked: true }],
      disk: { totalBytes: 500n * GIB, usedBytes: 100n * GIB, freeBytes: 400n * GIB },
    });
  });

  it.each<[what: string, output: unknown, images: object[]]>([
    ['numbers as text', { images: [{ ...FILE, size: '2048', datasize: '4' }] }, [IMAGE]],
    ['sizes with units', { images: [{ ...FILE, size: '2 KB', datasize: '4KiB' }] }, [IMAGE]],
    ['fractions', { images: [{ ...FILE, size: '1.5G' }] }, [{ ...IMAGE, sizeBytes: (GIB * 3n) / 2n }]],
    [
      'sizes that are none',
      { images: [{ ...FILE, size: -1, datasize: 'big' }] },
      [{ sizeBytes: null, dataSizeBytes: null }],
    ],
    ['no sizes', { images: [{ name: 'aula', id: SUM }] }, [{ sizeBytes: null, dataSizeBytes: null }]],
    ['the full sum before the sum', { images: [{ name: 'aula', sum: 'abc', fullsum: SUM }] }, [{ checksum: SUM }]],
    ['another ending', { images: [{ ...FILE, name: 'aula.img.zst' }] }, [IMAGE]],
    ['Unix time', { images: [{ ...FILE, modified: 1_763_632_800 }] }, [{ modifiedAt: new Date(1_763_632_800_000) }]],
    ['a date that is none', { images: [{ ...FILE, modified: 'yesterday' }] }, [{ modifiedAt: null }]],
    ['folders of units', { images: [], ous: [{ subdir: 'a', images: [FILE] }] }, [IMAGE]],
    [
      'two folders by their names',
      { REPOSITORY: { images: [FILE], ous: [] }, TRASH: { images: [{ ...FILE, name: 'old' }] } },
      [IMAGE, { name: 'old', place: 'trash' }],
    ],
    ['the trash beside the images', { images: [], trash: [FILE] }, [{ ...IMAGE, place: 'trash' }]],
    ['text that is JSON', JSON.stringify({ images: [FILE] }), [IMAGE]],
    ['files that are not complete', { images: [{ name: 'new.img' }, FILE] }, [IMAGE]],
    ['nothing at all', { images: [] }, []],
  ])('takes %s', async (_what, output, images) => {
    expect(await list(output)).toMatchObject({ images });
    expect(await list(output)).toHaveProperty('images.length', images.length);
  });

  it.each<[what: string, output: unknown]>([
    ['none', 'everything is fine'],
    ['no list', { images: 'none' }],
    ['no images', { disk: {} }],
    ['an entry that is no file', { images: [FILE, 'x'] }],
    ['a file without a name', { images: [{ id: SUM }] }],
    ['a trash that is none', { images: [], trash: 'x' }],
    ['a unit that is none', { images: [], ous: [7] }],
  ])('is not believed with %s', async (_what, output) => {
    expect(await list(output)).toBe('unknown');
  });
});

describe('the status', () => {
  it.each<[what: string, output: object, report: object]>([
    [
      'as documented',
      {
        cpu: { used_percentage: 3.5 },
        ram: { percent: '25%' },
        disk: { total: '1 TB', used: '512 GB', free: '512 GB' },
        services: { smbd: 'active', 'udp-sender': 'stopped' },
        ogGit: 'true',
      },
      {
        cpuPercent: 3.5,
        memoryPercent: 25,
        disk: { totalBytes: 1024n * GIB, usedBytes: 512n * GIB, freeBytes: 512n * GIB },
        services: [
          { name: 'smbd', state: 'active' },
          { name: 'udp-sender', state: 'stopped' },
        ],
        supportsGit: true,
      },
    ],
    [
      'in bytes, and flat',
      { cpu: 12, disk: { total: 500_000_000_000, available: 100_000_000_000 } },
      {
        cpuPercent: 12,
        memoryPercent: null,
        disk: { totalBytes: 500_000_000_000n, usedBytes: 400_000_000_000n, freeBytes: 100_000_000_000n },
        services: [],
        supportsGit: null,
      },
    ],
    [
      'with nonsense in parts',
      { cpu: { percent: 900 }, disk: 'full', services: { ssh: null } },
      { cpuPercent: null, disk: null, services: [{ name: 'ssh', state: 'unknown' }] },
    ],
  ])('%s', async (_what, output, report) => {
    const outcome = await (await gatewayFor(200, { success: true, output })).readStatus(TARGET);
    expect(outcome).toMatchObject({ outcome: 'done', value: report });
  });

  it('of nothing is none', async () => {
    expect(await (await gatewayFor(200, { success: true, output: 'up' })).readStatus(TARGET)).toMatchObject({
      outcome: 'unknown',
    });
  });
});

describe('integrity', () => {
  it.each<[status: number, body: object, expected: object]>([
    [200, { success: true, output: 'Image file passed the Integrity Check correctly' }, { isIntact: true }],
    [200, { success: true, output: "Error: Image file didn't pass the Integrity Check" }, { isIntact: false }],
    [200, { success: true, output: false }, { isIntact: false }],
    [500, { success: false, error: 'The image file did not pass the integrity check' }, { isIntact: false }],
    [500, { success: false, exception: 'the file is corrupt' }, { isIntact: false }],
  ])('%i %j', async (status, body, value) => {
    expect(await (await gatewayFor(status, body)).checkIntegrity(TARGET, SUM)).toEqual({ outcome: 'done', value });
  });

  it('is not known where the check itself failed', async () => {
    const gateway = await gatewayFor(500, {
      success: false,
      error: 'The integrity check could not be run: Image not found',
    });
    expect(await gateway.checkIntegrity(TARGET, SUM)).toMatchObject({ outcome: 'refused' });
  });
});

describe('transfers and jobs', () => {
  it.each<[what: string, body: object, jobId: string | null]>([
    ['beside the verdict', { success: true, job_id: 'TorrentSum-1' }, 'TorrentSum-1'],
    ['in the output', { success: true, output: { job_id: 'TorrentSum-1' } }, 'TorrentSum-1'],
    ['as a number', { success: true, job_id: 17 }, '17'],
    ['nowhere', { success: true, output: 'Creating torrent and sum files' }, null],
  ])('reads the name of a job %s', async (_what, body, jobId) => {
    const gateway = await gatewayFor(200, body);
    expect(await gateway.createAuxiliaryFiles(TARGET, 'aula')).toEqual({ outcome: 'done', value: { jobId } });
  });

  it('reads a list by the numbers of processes too', async () => {
    const output = { 6720: { image_id: SUM, image_name: 'aula.img' } };
    const gateway = await gatewayFor(200, { success: true, output });
    expect(await gateway.listTransfers(TARGET, 'UFTP')).toEqual({
      outcome: 'done',
      value: [{ id: '6720', method: 'UFTP', checksum: SUM, imageName: 'aula', port: null, state: null, joined: null }],
    });
  });

  it('does not believe a list with something else in it', async () => {
    const gateway = await gatewayFor(200, { success: true, output: [{ id: 1 }] });
    expect(await gateway.listTransfers(TARGET, 'UFTP')).toMatchObject({ outcome: 'unknown' });
  });

  it.each<[body: unknown, report: object]>([
    [
      { job_id: 'J-1', success: true, output: 'ok' },
      { jobId: 'J-1', succeeded: true, message: 'ok', image: null },
    ],
    [
      { job_id: 7, success: 'True' },
      { jobId: '7', succeeded: true },
    ],
    [
      { jobId: 'J-1', success: false, error: 'no room' },
      { succeeded: false, message: 'no room' },
    ],
    [
      { job_id: 'J-1', exception: 'Boom' },
      { succeeded: false, message: 'Boom' },
    ],
    [{ job_id: 'J-1', output: 'done' }, { succeeded: true }],
    [
      { job_id: 'J-1', success: 0, output: 'x' },
      { succeeded: false, message: 'x' },
    ],
    [
      { job_id: 'J-1', progress: 40 },
      { succeeded: null, message: '' },
    ],
    [
      { job_id: 'J-1', success: true, output: { name: 'aula.img', fullsum: SUM.toUpperCase(), size: '5' } },
      { succeeded: true, image: expect.objectContaining({ name: 'aula', checksum: SUM, sizeBytes: 5n }) },
    ],
  ])('understands the report %j', (body, report) => {
    expect(parseJobReport(body)).toMatchObject(report);
  });

  it.each([{ success: true }, { job_id: '' }, { job_id: {} }, [[]], 'x', null])('takes %j for no report', (body) => {
    expect(parseJobReport(body)).toBeNull();
  });
});

describe('against a repository', () => {
  async function start(
    options: RepositoryOptions = {},
  ): Promise<RepositoryHandle & { gateway: RepositoryGateway; woken: string[] }> {
    const reporter = createReporter('http://127.0.0.1:9');
    const woken: string[] = [];
    const handle = await createRepository({
      host: '127.0.0.1',
      reporter,
      wake: (mac) => woken.push(mac),
      log: () => {},
      ...options,
    });
    cleanups.push(() => Promise.all([handle.stop(), reporter.close()]));
    return { ...handle, woken, gateway: createGateway(handle.repository.port) };
  }

  it('asks, moves and deletes', async () => {
    const { gateway, repository } = await start();
    const [image] = repository.images;
    const checksum = image?.id ?? '';
    expect(await gateway.readStatus(TARGET)).toMatchObject({ outcome: 'done', value: { supportsGit: false } });
    const placeOf = async () => {
      const outcome = await gateway.listImages(TARGET);
      return outcome.outcome === 'done' ? outcome.value.images.map(({ name, place }) => `${name} ${place}`) : outcome;
    };
    expect(await placeOf()).toEqual(['image-test images']);
    expect(await gateway.checkIntegrity(TARGET, checksum)).toMatchObject({ value: { isIntact: true } });
    expect(await gateway.deleteImage(TARGET, checksum, 'TRASH')).toMatchObject({ outcome: 'done' });
    expect(await placeOf()).toEqual(['image-test trash']);
    expect(await gateway.recoverImage(TARGET, checksum)).toMatchObject({ outcome: 'done' });
    expect(await placeOf()).toEqual(['image-test images']);
    expect(await gateway.recoverImage(TARGET, checksum)).toMatchObject({ outcome: 'refused' });
    expect(await gateway.deleteImage(TARGET, checksum, 'TRASH')).toMatchObject({ outcome: 'done' });
    expect(await gateway.deleteFromTrash(TARGET, checksum)).toMatchObject({ outcome: 'done' });
    expect(await placeOf()).toEqual([]);
  });

  it('wakes, and starts, lists and cancels transfers', async () => {
    const { gateway, repository, woken } = await start();
    const checksum = repository.images[0]?.id ?? '';
    await gateway.wake(TARGET, { mac: '08:00:27:0B:88:BE', broadcastIp: '192.168.2.255' });
    expect(woken).toEqual(['08:00:27:0B:88:BE']);
    for (const method of ['UDPCAST', 'UFTP'] as const) {
      const order: TransferOrder = {
        method,
        checksum,
        port: 9000,
        address: '239.194.2.2',
        mode: method === 'UFTP' ? null : 'HALF_DUPLEX',
        speedMbps: 70,
        clientCount: 2,
        maxWaitSeconds: 60,
      };
      const started = await gateway.startTransfer(TARGET, order);
      expect(started).toMatchObject({ outcome: 'done', value: { transferId: expect.stringMatching(/^\d+$/) } });
      expect(await gateway.startTransfer(TARGET, order)).toMatchObject({ outcome: 'refused' });
      expect(await gateway.listTransfers(TARGET, method)).toMatchObject({
        value: [{ method, checksum, imageName: 'image-test', port: 9000, state: 'WAITING', joined: 0 }],
      });
      expect(await gateway.cancelTransfer(TARGET, method, checksum)).toMatchObject({ outcome: 'done' });
      expect(await gateway.listTransfers(TARGET, method)).toMatchObject({ value: [] });
    }
  });
});
