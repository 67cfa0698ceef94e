import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { FAULTS } from '#simulator/behaviour.ts';
import type { Behaviour, Fault } from '#simulator/behaviour.ts';
import { createMadeUpRoom } from '#simulator/create-made-up-room.ts';
import { createSimulator } from '#simulator/create-simulator.ts';
import type { Simulator } from '#simulator/create-simulator.ts';
import type { SimulatedAgent } from '#simulator/simulated-agent.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';

const IP = '192.168.2.3';
const MAC = '08:00:27:0b:88:be';
const RESTORE = '/CloningEngine/RestaurarImagen';
const STATUS = '/CloningEngine/status';
const WEBHOOK = 'clients/status/webhook';

/** The walkthrough's call to the letter, but for the quote it lacks. */
const ORDER = {
  dsk: '1',
  par: '2',
  cpt: '83',
  ifs: '1',
  idi: '01936caf-facb-72ad-9446-97e7dbf2b96a',
  nci: 'image-test',
  ipr: '192.168.68.55',
  nfn: 'RestaurarImagen',
  method: 'unicast',
  ids: '0',
};
const EMPTY_CFG = ';1:0:1:::52428800:0;1:1:7:NTFS::15728640:1;1:2:83:EXT4::26214400:1;1:4:ca:CACHE::9437184:1;';
const RESTORED_CFG =
  ';1:0:1:::52428800:0;1:1:7:NTFS::15728640:1;1:2:83:EXT4:Ubuntu 24.04.1 LTS:26214400:31;1:4:ca:CACHE::9437184:1;';

interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp();
});

/** Stands in for ogGraph: keeps what it hears, and answers what `answer` says. */
async function startStandIn(answer: (heard: Heard) => number | Promise<number> = () => 200) {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((req, res) => {
    void (async () => {
      let text = '';
      for await (const chunk of req) text += String(chunk);
      const report = {
        path: (req.url ?? '').replace('/opengnsys/rest/', ''),
        headers: req.headers,
        body: JSON.parse(text),
      };
      heard.push(report);
      for (const look of waiting) look();
      res.writeHead(await answer(report)).end('{}');
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    heard,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/opengnsys/rest/`,
    bodies: (path: string) => heard.filter((one) => one.path === path).map(({ body }) => body),
    /** Resolves at the first report that fits, be it one heard already. */
    until: (fits: (one: Heard) => boolean) =>
      new Promise<Heard>((resolve) => {
        const look = () => {
          const found = heard.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A room around pc1, which runs ogLive and works fast. */
async function startRoom(behaviour: Partial<Behaviour> = {}, answer?: (heard: Heard) => number | Promise<number>) {
  const standIn = await startStandIn(answer);
  const room = await createSimulator({
    agents: walkthroughRoom,
    serverUrl: standIn.url,
    behaviour: { durationMs: 40, progressSteps: 4, ...behaviour },
  });
  cleanups.push(() => room.stop());
  const pc1 = room.agent(IP);
  await pc1.bootOgLive();
  return { standIn, room, pc1 };
}

async function call(
  room: Pick<Simulator, 'port'>,
  path: string,
  body?: unknown,
  ip = IP,
  signal = AbortSignal.timeout(5000),
) {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const response = await request(`https://127.0.0.1:${room.port}${path}`, {
      dispatcher,
      method: body === undefined ? 'GET' : 'POST',
      headers: { host: `${ip}:8000` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal,
    });
    return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
  } finally {
    await dispatcher.destroy();
  }
}

const restore = (room: Pick<Simulator, 'port'>, ip?: string, signal?: AbortSignal) =>
  call(room, RESTORE, ORDER, ip, signal);
const results = (bodies: Record<string, unknown>[]) =>
  bodies.map(({ progress, res }) => progress ?? `res ${String(res)}`);
const isResult = ({ body }: Heard) => body['res'] !== undefined;
const secondPartition = ({ disks }: SimulatedAgent) => disks[0]?.partitions[1];

describe('the walkthrough', () => {
  it('goes from ogLive to LINUX_SESSION in the words of the real agents', async () => {
    const { standIn, room, pc1 } = await startRoom();
    expect(pc1.state).toBe('oglive');
    expect(pc1.secret).toMatch(/^[a-z0-9]{32}$/);
    expect(standIn.heard.map(({ path, body }) => ({ path, body }))).toEqual([
      {
        path: 'ogAdmClient/InclusionCliente',
        body: {
          nfn: 'InclusionCliente',
          iph: IP,
          mac: MAC,
          cfg: EMPTY_CFG,
          secret: pc1.secret,
          agent_version: '1.4.5~pre7-1',
        },
      },
      {
        path: 'ogAdmClient/DisponibilidadComandos',
        body: { nfn: 'DisponibilidadComandos', iph: IP, mac: MAC, tpc: 'OPG' },
      },
    ]);
    expect(standIn.heard[0]?.headers['user-agent']).toMatch(/^python-requests\//);

    const { status, text } = await restore(room);
    const { job_id: jobId } = JSON.parse(text) as { job_id: string };
    expect(status).toBe(200);
    expect(jobId).toMatch(/^RestaurarImagen-[0-9a-f]{8}$/);
    expect(pc1.received.map(({ path, body }) => ({ path, body }))).toEqual([{ path: RESTORE, body: ORDER }]);
    await standIn.until(isResult);
    expect(standIn.bodies(WEBHOOK)).toEqual([
      ...[25, 50, 75, 100].map((progress) => ({ job_id: jobId, iph: IP, mac: MAC, progress })),
      {
        nfn: 'RESPUESTA_RestaurarImagen',
        job_id: jobId,
        ids: '0',
        iph: IP,
        mac: MAC,
        idi: ORDER.idi,
        dsk: '1',
        par: '2',
        ifs: '1',
        res: '1',
        der: '',
        cfg: RESTORED_CFG,
      },
    ]);
    expect(pc1.disks[0]?.partitions[2]?.cachedImages).toEqual(['image-test']);

    const before = standIn.heard.length;
    const firstSecret = pc1.secret;
    await pc1.restart();
    expect(pc1.secret).not.toBe(firstSecret);
    await pc1.login('alumno');
    expect(pc1.state).toBe('linux-session');
    expect(JSON.parse((await call(room, '/opengnsys/status')).text)).toEqual({
      status: 'LNX',
      loggedin: true,
      session: 'x11',
    });
    await pc1.logout('alumno');
    expect(pc1.state).toBe('linux');
    expect((await restore(room)).status).toBe(500);
    await pc1.powerOff();
    expect(pc1.state).toBe('off');
    const system = { ostype: 'Linux', osversion: 'Ubuntu 24.04.1 LTS' };
    expect(standIn.heard.slice(before).map(({ path, body }) => ({ path, body }))).toEqual([
      {
        path: 'ogagent/started',
        body: { mac: MAC, ip: IP, secret: pc1.secret, ...system, agent_version: '1.4.5~pre7-1' },
      },
      { path: 'ogagent/loggedin', body: { ip: IP, user: 'alumno', language: 'es', session: 'x11', ...system } },
      { path: 'ogagent/loggedout', body: { ip: IP, user: 'alumno' } },
      { path: 'ogagent/stopped', body: { mac: MAC, ip: IP, ...system } },
    ]);
    expect(pc1.lostReports).toBe(0);
  });
});

describe('a call', () => {
  it('that is not the order to the letter is answered 500, and starts nothing', async () => {
    const { room, pc1 } = await startRoom();
    const incomplete: Partial<typeof ORDER> = { ...ORDER };
    delete incomplete.ids;
    const wrong = [
      '{"dsk":',
      '[]',
      '""',
      incomplete,
      { ...ORDER, dsk: 1 },
      { ...ORDER, more: '' },
      { ...ORDER, nfn: 'CrearImagen' },
    ];
    for (const body of wrong) {
      const { status, text } = await call(room, RESTORE, body);
      expect({ status, answer: JSON.parse(text) }).toEqual({ status: 500, answer: { error: expect.any(String) } });
    }
    expect((await call(room, '/CloningEngine/NoSuchAction', ORDER)).status).toBe(500);
    expect((await call(room, '/cloningengine/RestaurarImagen', ORDER)).status).toBe(500);
    expect((await call(room, RESTORE)).status).toBe(500);
    expect(pc1.state).toBe('oglive');
  });

  it('for a second job is answered 500 while the first runs, which the status names', async () => {
    const { room, pc1, standIn } = await startRoom({ durationMs: 60_000 });
    const idle = { nfn: 'status', ip: IP, mac: MAC, tpc: 'OPG', jobs: [] };
    expect(JSON.parse((await call(room, STATUS, {})).text)).toEqual(idle);
    const jobId = (JSON.parse((await restore(room)).text) as { job_id: string }).job_id;
    expect(pc1.state).toBe('busy');
    expect((await restore(room)).text).toBe(`{"error":"Busy with ${jobId}"}`);
    const busy = { ...idle, tpc: 'BSY', jobs: [{ job_id: jobId }] };
    expect(JSON.parse((await call(room, '/ogAdmClient/status', {})).text)).toEqual(busy);
    pc1.behave({ listJobs: false });
    expect((await call(room, STATUS, {})).status).toBe(500);
    expect(standIn.bodies(WEBHOOK)).toEqual([]);
  });

  it('reaches the agent whose address it asks for, and nobody where there is none or it is off', async () => {
    const { room } = await startRoom();
    await expect(call(room, STATUS, {}, '192.168.2.2')).rejects.toThrow(/closed/);
    await expect(call(room, STATUS, {}, '192.168.2.99')).rejects.toThrow(/closed/);
    await room.agent('192.168.2.2').bootOgLive();
    expect((await call(room, STATUS, {}, '192.168.2.2')).text).toContain('08:00:27:4F:BE:38');
    expect(() => room.agent('192.168.2.99')).toThrow('no agent has the address 192.168.2.99');
  });

  it('is met with the certificate whose SHA-256 is told, good for every address of the room', async () => {
    const { room } = await startRoom();
    const certificate = new X509Certificate(room.certificatePem);
    expect(room.certificateSha256).toBe(certificate.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(room.certificateSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(certificate.checkIP(IP)).toBe(IP);
    expect(room.connectTo).toBe(`::127.0.0.1:${room.port}`);
  });
});

describe('a fault', () => {
  /** What the caller sees, and what is reported of the job; all progress is over when the result is there. */
  const expected: Record<Exclude<Fault, 'stall'>, { answer: RegExp; reports: unknown[] }> = {
    none: { answer: /^200 \{"job_id":"RestaurarImagen-[0-9a-f]{8}"\}$/, reports: [25, 50, 75, 100, 'res 1'] },
    refuse: { answer: /^500 \{"error":".+"\}$/, reports: [] },
    'null-job': { answer: /^200 \{"job_id":null,"message":".+"\}$/, reports: [] },
    'null-body': { answer: /^200 null$/, reports: [25, 50, 75, 100, 'res 1'] },
    'engine-error': { answer: /^200 .*RestaurarImagen/, reports: [25, 50, 'res 2'] },
    silent: { answer: /^200 .*RestaurarImagen/, reports: [] },
    'reset-before-answer': { answer: /ECONNRESET/, reports: [25, 50, 75, 100, 'res 1'] },
    'never-answer': { answer: /given up/, reports: [25, 50, 75, 100, 'res 1'] },
    redirect: { answer: /^307 $/, reports: [] },
    'half-json': { answer: /^200 \{"job_id":"RestaurarImagen-[0-9a-f]{4}$/, reports: [25, 50, 75, 100, 'res 1'] },
    'huge-answer': { answer: /^200 huge$/, reports: [25, 50, 75, 100, 'res 1'] },
    'hang-up': { answer: /closed/, reports: [] },
  };

  it.each(FAULTS.filter((fault) => fault !== 'stall'))('%s does what it says', async (fault) => {
    const { room, pc1, standIn } = await startRoom({ fault });
    const patience = new AbortController();
    // Who waits for an answer that never comes is still waiting when the job has long been reported done.
    if (fault === 'never-answer') void standIn.until(isResult).then(() => patience.abort(new Error('given up')));
    const seen = await restore(room, IP, patience.signal).then(
      ({ status, text }) => `${status} ${text.length > 64 * 1024 * 1024 ? 'huge' : text}`,
      String,
    );
    expect(seen).toMatch(expected[fault].answer);
    await pc1.idle();
    expect(results(standIn.bodies(WEBHOOK))).toEqual(expected[fault].reports);
    expect(pc1.received).toHaveLength(1);
    expect(pc1.state).toBe('oglive');
  });

  it('stall tells some progress, and then hangs until the PC is started again, without a word', async () => {
    const { room, pc1, standIn } = await startRoom({ fault: 'stall', stallAtPercent: 50 });
    await restore(room);
    await standIn.until(({ body }) => body['progress'] === 50);
    expect(pc1.state).toBe('busy');
    await pc1.restart();
    expect(pc1.state).toBe('oglive');
    await pc1.idle();
    expect(results(standIn.bodies(WEBHOOK))).toEqual([25, 50]);
    // Half an image is no system: the PC comes up in ogLive and tells of a partition nobody can read.
    expect(standIn.bodies('ogAdmClient/InclusionCliente')[1]?.['cfg']).toContain(';1:2:83:EMPTY::26214400:0;');
  });

  it('engine-error gives the engine’s words, and ruins the partition only where writing had begun', async () => {
    const { room, pc1, standIn } = await startRoom({ fault: 'engine-error', durationMs: 0 });
    await restore(room);
    await pc1.idle();
    expect(secondPartition(pc1)?.fileSystem).toBe('EXT4');
    pc1.behave({ engineCode: 5 });
    await restore(room);
    await pc1.idle();
    expect(secondPartition(pc1)?.fileSystem).toBe('EMPTY');
    pc1.behave({ fault: 'none' });
    await call(room, RESTORE, { ...ORDER, par: '3' });
    await pc1.idle();
    expect(standIn.heard.filter(isResult).map(({ body }) => body['der'])).toEqual([
      '030-La imagen es mayor que la partición',
      '005-Error al crear o restaurar la imagen',
      '003-Error en la partición de disco',
    ]);
  });
});

describe('reports', () => {
  it.each([
    ['in-order', [25, 50, 75, 100, 'res 1']],
    ['reversed', ['res 1', 100, 75, 50, 25]],
    ['late-progress', [25, 50, 75, 100, 'res 1', 25, 50, 75, 100]],
  ] as const)('come %s', async (reportOrder, order) => {
    const { room, pc1, standIn } = await startRoom({ reportOrder });
    await restore(room);
    await pc1.idle();
    expect(results(standIn.bodies(WEBHOOK))).toEqual(order);
  });

  it('come as often as asked for', async () => {
    const { room, pc1, standIn } = await startRoom({ duplicateReports: 3, progressSteps: 1 });
    await restore(room);
    await pc1.idle();
    expect(results(standIn.bodies(WEBHOOK))).toEqual([100, 100, 100, 'res 1', 'res 1', 'res 1']);
  });

  it.each([
    ['before the answer is given, and answered', { finishBeforeAnswer: true }],
    ['while the answer is held back', { answerDelayMs: 150 }],
  ])('can all come %s', async (_name, behaviour) => {
    const { room, standIn, pc1 } = await startRoom(behaviour);
    const { text } = await restore(room);
    expect(standIn.heard.filter(isResult).map(({ body }) => body['job_id'])).toEqual([
      (JSON.parse(text) as { job_id: string }).job_id,
    ]);
    expect(pc1.sent.at(-1)).toMatchObject({ path: WEBHOOK, status: 200, answer: '{}' });
  });

  it('of two agents can name the same job', async () => {
    const { room, standIn } = await startRoom({ fixedJobHex: 'dfa42888', progressSteps: 0 });
    await room.agent('192.168.2.2').bootOgLive();
    await Promise.all([restore(room), restore(room, '192.168.2.2')]);
    await Promise.all([...room.agents.values()].map((agent) => agent.idle()));
    expect(
      standIn
        .bodies(WEBHOOK)
        .map(({ job_id: jobId, iph }) => `${String(iph)} ${String(jobId)}`)
        .toSorted(),
    ).toEqual(['192.168.2.2 RestaurarImagen-dfa42888', '192.168.2.3 RestaurarImagen-dfa42888']);
  });

  it('that the server does not take are counted, and not sent again', async () => {
    const { room, pc1, standIn } = await startRoom({}, ({ path, body }) =>
      path === WEBHOOK && body['progress'] !== 100 ? 503 : 200,
    );
    await restore(room);
    await pc1.idle();
    expect(pc1.lostReports).toBe(4);
    expect(standIn.bodies(WEBHOOK)).toHaveLength(5);
    room.setServerUrl('http://127.0.0.1:9/opengnsys/rest');
    await pc1.bootOgLive();
    expect(pc1.lostReports).toBe(6);
    expect(pc1.sent.at(-1)).toMatchObject({ status: null, answer: null });
  });

  it('on their way die with the PC, and are not counted as lost', async () => {
    const { room, pc1, standIn } = await startRoom({}, ({ path }) => (path === WEBHOOK ? new Promise(() => {}) : 200));
    await restore(room);
    await standIn.until(({ path }) => path === WEBHOOK);
    pc1.crash();
    await pc1.idle();
    expect({ state: pc1.state, lost: pc1.lostReports }).toEqual({ state: 'off', lost: 0 });
    await expect(pc1.login('alumno')).rejects.toThrow('runs no installed system');
  });
});

describe('stop', () => {
  it('ends what is open, and may be called twice', async () => {
    const { room, pc1 } = await startRoom({ fault: 'never-answer', durationMs: 60_000 });
    const open = restore(room).catch((error: unknown) => error);
    await expect.poll(() => pc1.state, { interval: 5 }).toBe('busy');
    await Promise.all([room.stop(), room.stop()]);
    await room.stop();
    expect(await open).toBeInstanceOf(Error);
    expect(pc1.state).toBe('off');
    await expect(pc1.bootOgLive()).rejects.toThrow('The simulator is stopped');
    await expect(call(room, STATUS, {})).rejects.toThrow('ECONNREFUSED');
  });
});

describe('a made-up room', () => {
  it('has as many PCs as asked for, each with an address and a MAC of its own', () => {
    const room = createMadeUpRoom('192.168.2.0/24:30', new Set(['192.168.2.2']));
    expect(room).toHaveLength(30);
    expect(new Set(room.map(({ mac }) => mac)).size).toBe(30);
    expect(room[0]).toMatchObject({ name: 'pc01', ip: '192.168.2.3', mac: '08:00:27:a8:02:03' });
    expect(room.at(-1)?.ip).toBe('192.168.2.32');
    expect(() => createMadeUpRoom('192.168.2.0/29:6')).toThrow('room for 5 PCs only');
    expect(() => createMadeUpRoom('192.168.2.0:6')).toThrow('not a network');
  });
});

describe('the command', () => {
  function run(...args: string[]) {
    const child = spawn(process.execPath, ['simulator/main.ts', ...args], { cwd: join(import.meta.dirname, '../..') });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    cleanups.push(() => child.kill('SIGKILL'));
    return { child, output: () => output, exit: once(child, 'exit') };
  }

  it('does as its console says, and ends with nothing left open, in the middle of a job', async () => {
    const standIn = await startStandIn();
    const { child, output, exit } = run(
      '--server',
      standIn.url,
      '--boot',
      '--client',
      `pc1,${MAC},${IP}`,
      '--duration',
      '60000',
    );
    await standIn.until(({ path }) => path.endsWith('DisponibilidadComandos'));
    const [, port] = /AGENT_CONNECT_TO=::127\.0\.0\.1:(\d+)/.exec(output()) ?? [];
    await restore({ port: Number(port) });
    child.stdin.write(`behave ${IP} fault=silent\nlogin ${IP} alumno\nnonsense\nlist\nquit\n`);
    expect(await exit).toEqual([0, null]);
    expect(output()).toMatch(/pc1 +busy +RestaurarImagen-[0-9a-f]{8} {2}fault silent/);
    expect(output()).toContain('error: there is no command nonsense');
    expect(output()).toContain(`error: ${IP} runs no installed system`);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 on %s', async (signal) => {
    const { child, exit } = run();
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
  });

  it('refuses what it cannot read with 2 and one line', async () => {
    const mistakes: [string[], string][] = [
      [['--fault', 'nonsense'], '--fault: must be one of'],
      [['--nonsense'], "Unknown option '--nonsense'"],
      [['--client', 'pc1'], '--client: pc1 is not of the form'],
      [['--room', '192.168.2.0/24:300'], 'room for 253 PCs only'],
    ];
    await Promise.all(
      mistakes.map(async ([args, message]) => {
        const { output, exit } = run(...args);
        expect(await exit).toEqual([2, null]);
        expect(output()).toMatch(/^simulator: .* \(see --help\)\n$/);
        expect(output()).toContain(message);
      }),
    );
  });
});
