import { describe, expect, it } from 'vitest';
import type { Behaviour } from '#simulator/behaviour.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';
import {
  IP,
  STATUS,
  WEBHOOK,
  call,
  isResult,
  order,
  resultOf,
  restore,
  startRoom,
} from '#test/support/start-simulated-room.ts';
import type { Room } from '#test/support/start-simulated-room.ts';

const POWER = { durationMs: 60_000, progressSteps: 4, actDelayMs: 30 };
const COMMON = { res: '1', der: '' };

/** A room whose pc1 has had an image restored. */
async function startRestoredRoom(behaviour: Partial<Behaviour> = {}): Promise<Room> {
  const room = await startRoom();
  await restore(room.room);
  await room.pc1.idle();
  room.standIn.heard.length = 0;
  room.pc1.behave({ ...POWER, ...behaviour });
  return room;
}

describe('an order to go off or start anew', () => {
  it.each([
    ['Apagar', {}, 'off', []],
    ['Reiniciar', {}, 'oglive', ['ogAdmClient/InclusionCliente', 'ogAdmClient/DisponibilidadComandos']],
    ['IniciarSesion', { dsk: '1', par: '2' }, 'linux', ['ogagent/started']],
  ])('%s is reported first, in no time and without progress, and then done', async (nfn, keys, state, later) => {
    const room = await startRestoredRoom({ actDelayMs: 150 });
    const { secret } = room.pc1;
    expect(await resultOf(room, nfn, keys)).toEqual(COMMON);
    expect(room.pc1.state).toBe('oglive');
    expect(JSON.parse((await call(room.room, STATUS, {})).text)).toMatchObject({ tpc: 'OPG', jobs: [] });
    await room.pc1.idle();
    expect(room.pc1.state).toBe(state);
    expect(room.standIn.heard.map(({ path }) => path)).toEqual([WEBHOOK, ...later]);
    expect(room.pc1.secret !== secret).toBe(state !== 'off');
  });

  it.each([
    ['Apagar', {}],
    ['Reiniciar', {}],
    ['IniciarSesion', { dsk: '1', par: '2' }],
  ])('%s is not obeyed, or not to the end, where a fault has it so', async (nfn, keys) => {
    const room = await startRestoredRoom({ fault: 'does-not-act', actDelayMs: 0 });
    const { secret } = room.pc1;
    expect(await resultOf(room, nfn, keys)).toEqual(COMMON);
    await room.pc1.idle();
    expect({ state: room.pc1.state, secret: room.pc1.secret }).toEqual({ state: 'oglive', secret });
    room.pc1.behave({ fault: 'does-not-return' });
    expect(await resultOf(room, nfn, keys)).toEqual(COMMON);
    await room.pc1.idle();
    expect(room.pc1.state).toBe('off');
    await room.pc1.wake();
    expect(room.pc1.state).toBe('off');
  });

  it('is obeyed without a word by a silent PC, and not at all when the engine fails', async () => {
    const room = await startRestoredRoom({ fault: 'engine-error', engineCode: 40, actDelayMs: 0 });
    expect(await resultOf(room, 'Reiniciar')).toEqual({ res: '2', der: '040-Error imprevisto' });
    await room.pc1.idle();
    expect(room.pc1.state).toBe('oglive');
    room.pc1.behave({ fault: 'silent' });
    await order(room.room, 'Apagar');
    await room.pc1.idle();
    expect(room.pc1.state).toBe('off');
    expect(room.standIn.heard.filter(isResult)).toHaveLength(1);
  });

  it('leads to the disk where the PC starts from there', async () => {
    const room = await startRestoredRoom({ rebootInto: 'disk' });
    await resultOf(room, 'Reiniciar');
    await room.pc1.idle();
    expect(room.pc1.state).toBe('linux');
  });

  it.each([
    ['1', '006-Sin sistema operativo'],
    ['3', '003-Error en la partición de disco'],
  ])('into partition %s, which has no system, fails, and the PC stays', async (par, der) => {
    const room = await startRestoredRoom({ actDelayMs: 0 });
    expect(await resultOf(room, 'IniciarSesion', { dsk: '1', par })).toEqual({ res: '2', der });
    await room.pc1.idle();
    expect(room.pc1.state).toBe('oglive');
  });

  it('is answered before the PC acts, even where the report comes before the answer', async () => {
    const room = await startRestoredRoom({ finishBeforeAnswer: true });
    const jobId = await order(room.room, 'Apagar');
    expect(room.standIn.bodies(WEBHOOK).map(({ job_id: reported }) => reported)).toEqual([jobId]);
    await room.pc1.idle();
    expect(room.pc1.state).toBe('off');
  });

  it('dies with a PC that was cut off and started again meanwhile', async () => {
    const room = await startRestoredRoom({ actDelayMs: 100 });
    await resultOf(room, 'Apagar');
    room.pc1.crash();
    await room.pc1.bootOgLive();
    await room.pc1.idle();
    expect(room.pc1.state).toBe('oglive');
  });
});

describe('the agent of an installed system', () => {
  async function startLinux(behaviour: Partial<Behaviour> = {}) {
    const room = await startRoom({}, undefined, { agents: walkthroughRoom });
    const modelo = room.room.agent('192.168.2.2');
    await modelo.restart();
    modelo.behave({ actDelayMs: 30, ...behaviour });
    room.standIn.heard.length = 0;
    const ask = async (path: string, body?: unknown, authorization: string | null = modelo.secret) => {
      const headers: Record<string, string> = authorization === null ? {} : { authorization };
      const { status, text } = await call(room.room, `/opengnsys/${path}`, body, modelo.ip, undefined, headers);
      return `${status} ${text}`;
    };
    return { ...room, modelo, ask };
  }
  const toScript = (text: string) => Buffer.from(encodeURIComponent(text)).toString('base64');

  it('wants the secret of the last start for all but the plain status', async () => {
    const { modelo, ask } = await startLinux();
    const protectedCalls: [string, unknown][] = [
      ['poweroff', {}],
      ['reboot', {}],
      ['script', { script: '' }],
      ['logoff', {}],
      ['popup', { title: 'Aviso', message: 'Fin de clase' }],
      ['status?detail=true', undefined],
    ];
    const old = modelo.secret;
    await modelo.restart();
    for (const [path, body] of protectedCalls) {
      for (const secret of [null, 'wrong', old, `Bearer ${modelo.secret}`]) {
        expect(await ask(path, body, secret)).toBe('500 {"error":"Unauthorized"}');
      }
    }
    expect(modelo.state).toBe('linux');
    expect(await ask('status', undefined, null)).toBe('200 {"status":"LNX","loggedin":false,"session":""}');
    expect(await ask('status?detail=true')).toMatch(
      /^200 \{"status":"LNX".*"agent_version":"1.4.5~pre7-1","os_version":"Ubuntu 24.04 LTS"/,
    );
    expect(await ask('nonsense', {})).toMatch(/^500 \{"error":"Unknown action/);
    expect(await ask('poweroff', '{"')).toBe('500 {"error":"The body is not JSON"}');
  });

  it.each([
    ['poweroff', 'none', 'off', ['ogagent/stopped']],
    [
      'reboot',
      'none',
      'oglive',
      ['ogagent/stopped', 'ogAdmClient/InclusionCliente', 'ogAdmClient/DisponibilidadComandos'],
    ],
    ['poweroff', 'does-not-act', 'linux', []],
    ['reboot', 'does-not-return', 'off', ['ogagent/stopped']],
  ] as const)('answers %s with the fault %s, and then goes %s', async (path, fault, state, told) => {
    const { modelo, ask, standIn } = await startLinux({ fault });
    expect(await ask(path, {})).toBe('200 {"op":"launched"}');
    expect(modelo.state).toBe('linux');
    await modelo.idle();
    expect(modelo.state).toBe(state);
    expect(standIn.heard.map((heard) => heard.path)).toEqual(told);
  });

  it('runs a script, shows a message, and logs the user off', async () => {
    const { modelo, ask, standIn } = await startLinux();
    await modelo.login('alumno');
    expect(await ask('script', { script: toScript('echo línea 1\nexit 2'), client: 'false' })).toBe(
      '200 {"op":"launched"}',
    );
    expect(modelo.ranScripts).toEqual([{ script: 'echo línea 1\nexit 2', output: 'línea 1\n', exitCode: 2 }]);
    expect(await ask('script', { script: '¡no!' })).toBe('500 {"error":"script is not base64"}');
    expect(await ask('popup', { title: 'Aviso', message: 'Fin de clase' })).toBe('200 {"op":"launched"}');
    expect(await ask('popup', { title: 'Aviso' })).toBe('500 {"error":"Missing: message"}');
    expect(await ask('status?detail=true')).toContain('"current_user":"alumno"');
    expect(await ask('logoff', {})).toBe('200 {"op":"sent to client"}');
    await modelo.idle();
    expect(modelo.state).toBe('linux');
    expect(standIn.heard.at(-1)).toMatchObject({ path: 'ogagent/loggedout', body: { user: 'alumno' } });
    expect(await ask('logoff', {})).toBe('200 {"op":"sent to client"}');
  });

  it('has the faults of ogLive', async () => {
    const { modelo, ask } = await startLinux({ fault: 'refuse' });
    expect(await ask('poweroff', {})).toMatch(/^500 /);
    modelo.behave({ fault: 'null-body' });
    expect(await ask('poweroff', {})).toBe('200 null');
    await modelo.idle();
    expect(modelo.state).toBe('off');
    await expect(ask('poweroff', {})).rejects.toThrow(/closed/);
  });

  it('knows nothing of the cloning engine', async () => {
    const { room } = await startLinux();
    expect((await call(room, '/CloningEngine/Apagar', { nfn: 'Apagar', ids: '0' }, '192.168.2.2')).status).toBe(500);
    expect((await call(room, '/opengnsys/status', undefined, IP)).status).toBe(500);
  });
});
