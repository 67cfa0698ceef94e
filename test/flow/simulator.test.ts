import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMadeUpRoom } from '#simulator/create-made-up-room.ts';
import {
  IP,
  MAC,
  ORDER,
  RESTORE,
  STATUS,
  WEBHOOK,
  call,
  cleanups,
  isResult,
  restore,
  startRoom,
  startStandIn,
} from '#test/support/start-simulated-room.ts';

const EMPTY_CFG = ';1:0:1:::52428800:0;1:1:7:NTFS::15728640:1;1:2:83:EXT4::26214400:1;1:4:ca:CACHE::9437184:1;';
const RESTORED_CFG =
  ';1:0:1:::52428800:0;1:1:7:NTFS::15728640:1;1:2:83:EXT4:Ubuntu 24.04.1 LTS:26214400:31;1:4:ca:CACHE::9437184:1;';

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
