import { describe, expect, it } from 'vitest';
import type { SimulatedMachine } from '#simulator/simulated-machine.ts';
import { createWalkthroughDisk } from '#simulator/walkthrough-room.ts';
import {
  IP,
  MAC,
  ORDER,
  WEBHOOK,
  call,
  order,
  resultOf,
  restore,
  results,
  startRoom,
} from '#test/support/start-simulated-room.ts';
import type { Room } from '#test/support/start-simulated-room.ts';

const SYSTEM = 'Ubuntu 24.04 LTS';
const CAPTURE = {
  dsk: '1',
  par: '2',
  cpt: '83',
  idi: '01936caf-facb-72ad-9446-97e7dbf2b96a',
  nci: 'aula-demo',
  ipr: '192.168.68.55',
};
const CFG_HEAD = ';1:0:1:::52428800:0;';
const QUIET = { durationMs: 0, progressSteps: 0 };

/** A room whose pc1 has a system, and a cache that holds two images. */
async function startInstalledRoom(changes: Partial<SimulatedMachine> = {}): Promise<Room> {
  const disk = createWalkthroughDisk(SYSTEM);
  const cache = disk.partitions[2];
  if (cache !== undefined) cache.cachedImages = ['aula-demo', 'image-test'];
  const machine = { name: 'pc1', mac: MAC, ip: IP, disks: [disk], ...changes };
  return startRoom({}, undefined, { agents: [machine], behaviour: QUIET });
}

const partitionsOf = ({ pc1 }: Room) =>
  pc1.disks[0]?.partitions.map(({ number, code, fileSystem, sizeKb }) => `${number} ${code} ${fileSystem} ${sizeKb}`);

describe('every action', () => {
  it.each([
    ['CrearImagen', CAPTURE],
    ['Configurar', { dsk: '1', cfg: 'dis=1*che=0*tch=0!' }],
    ['InventarioSoftware', { dsk: '1', par: '2' }],
    ['InventarioHardware', {}],
    ['EjecutarScript', { scp: 'echo%20hola' }],
    ['EliminarImagenCache', { nci: 'image-test' }],
  ])('%s tells its progress like a restore, and takes its own body only', async (nfn, keys) => {
    const { room, pc1, standIn } = await startRoom({ restoredOperatingSystem: SYSTEM });
    await restore(room);
    await pc1.idle();
    const before = standIn.bodies(WEBHOOK).length;
    const path = `/CloningEngine/${nfn}`;
    const good = { ...keys, nfn, ids: '7' };
    for (const body of [{}, { ...good, nfn: 'Otra' }, { ...good, ids: 7 }, { ...good, mas: '' }, '[]', '{"']) {
      expect((await call(room, path, body)).text).toMatch(/^\{"error":".+"\}$/);
    }
    expect(pc1.state).toBe('oglive');
    const { text } = await call(room, path, good);
    expect(text).toMatch(new RegExp(`^\\{"job_id":"${nfn}-[0-9a-f]{8}"\\}$`));
    await pc1.idle();
    const told = standIn.bodies(WEBHOOK).slice(before);
    expect(results(told)).toEqual([25, 50, 75, 100, 'res 1']);
    expect(told.at(-1)).toMatchObject({ ...(JSON.parse(text) as object), nfn: `RESPUESTA_${nfn}`, ids: '7', der: '' });
  });

  it.each([
    ['CrearImagen', CAPTURE],
    ['InventarioHardware', {}],
    ['EjecutarScript', { scp: 'echo%20hola' }],
  ])('%s fails with the engine’s code, and is busy meanwhile', async (nfn, keys) => {
    const { room, pc1, standIn } = await startRoom({ fault: 'engine-error', engineCode: 14 });
    const jobId = await order(room, nfn, keys);
    expect((await restore(room)).text).toBe(`{"error":"Busy with ${jobId}"}`);
    await pc1.idle();
    expect(results(standIn.bodies(WEBHOOK))).toEqual([25, 50, 'res 2']);
    expect(standIn.bodies(WEBHOOK).at(-1)?.['der']).toBe('014-No se puede escribir en el destino');
    pc1.behave({ fault: 'refuse' });
    await expect(order(room, nfn, keys)).rejects.toThrow('answered 500 {"error":"The engine refuses the job"}');
  });
});

describe('CrearImagen', () => {
  it('sends the software and what the image is', async () => {
    const room = await startInstalledRoom({ software: ['vim 9.1', 'gcc 13.2'] });
    const { idi, dsk, par, cpt, ipr } = CAPTURE;
    expect(await resultOf(room, 'CrearImagen', { ...CAPTURE, method: 'unicast' })).toEqual({
      idi,
      dsk,
      par,
      cpt,
      ipr,
      software: `${SYSTEM}\nvim 9.1\ngcc 13.2`,
      clonator: 'PARTCLONE',
      compressor: 'ZSTD',
      filesystem: 'EXT4',
      datasize: '8126464',
      res: '1',
      der: '',
    });
  });

  it('needs a partition, with a file system', async () => {
    const room = await startInstalledRoom();
    expect(await resultOf(room, 'CrearImagen', { ...CAPTURE, par: '3' })).toEqual({
      idi: CAPTURE.idi,
      dsk: '1',
      par: '3',
      cpt: '83',
      ipr: CAPTURE.ipr,
      res: '2',
      der: '003-Error en la partición de disco',
    });
    Object.assign(room.pc1.disks[0]?.partitions[1] ?? {}, { fileSystem: 'EMPTY' });
    expect(await resultOf(room, 'CrearImagen', CAPTURE)).toMatchObject({ res: '2', der: '006-Sin sistema operativo' });
  });
});

describe('Configurar', () => {
  const NEW_ENTRIES = [
    { par: '1', cpt: 'LINUX', sfi: 'EXT4', tam: '20480000', ope: '1' },
    { par: '2', cpt: 'LINUX-SWAP', sfi: 'LINUX-SWAP', tam: '4096000', ope: '0' },
    { par: '3', cpt: 'EMPTY', sfi: 'EMPTY', tam: '0', ope: '0' },
    { par: '4', cpt: 'CACHE', sfi: 'CACHE', tam: '9437184', ope: '0' },
  ];
  const toWire = (entries: Record<string, string>[], header = 'dis=1*che=0*tch=0') =>
    `${header}!${entries
      .map((entry) =>
        Object.entries(entry)
          .map((pair) => pair.join('='))
          .join('*'),
      )
      .map((block) => `${block}%`)
      .join('')}`;

  it.each([
    ['the wire form', toWire(NEW_ENTRIES)],
    ['an array', [{ dis: '1', che: '0', tch: '0' }, ...NEW_ENTRIES]],
  ])('lays out the disk as %s says, and keeps a cache that stays as it is', async (_name, cfg) => {
    const room = await startInstalledRoom();
    expect(await resultOf(room, 'Configurar', { dsk: '1', cfg })).toEqual({
      cfg: `${CFG_HEAD}1:1:83:EXT4::20480000:1;1:2:82:EMPTY::4096000:0;1:4:ca:CACHE::9437184:1;`,
      res: '1',
      der: '',
    });
    expect(room.pc1.disks[0]?.partitions[2]?.cachedImages).toEqual(['aula-demo', 'image-test']);
  });

  it('keeps the content of what is neither changed nor formatted', async () => {
    const room = await startInstalledRoom();
    const cfg = toWire([
      { par: '2', cpt: 'LINUX', sfi: 'EXT4', tam: '26214400', ope: '0' },
      { par: '4', cpt: 'CACHE', sfi: 'CACHE', tam: '9437184', ope: '1' },
    ]);
    expect((await resultOf(room, 'Configurar', { dsk: '1', cfg }))['cfg']).toBe(
      `${CFG_HEAD}1:2:83:EXT4:${SYSTEM}:26214400:31;1:4:ca:CACHE::9437184:1;`,
    );
    expect(room.pc1.disks[0]?.partitions[1]?.cachedImages).toEqual([]);
  });

  it('makes a GPT, and the cache that the header alone asks for', async () => {
    const room = await startInstalledRoom();
    const cfg = toWire(
      [
        { par: '1', cpt: 'EFI', sfi: 'FAT32', tam: '512000', ope: '1' },
        { par: '2', cpt: 'WINDOWS', sfi: 'NTFS', tam: '20480000', ope: '1' },
      ],
      'dis=1*che=1*tch=1024000*ttp=GPT',
    );
    await resultOf(room, 'Configurar', { dsk: '1', cfg });
    expect(room.pc1.disks[0]?.table).toBe('GPT');
    expect(partitionsOf(room)).toEqual(['1 EF00 FAT32 512000', '2 0700 NTFS 20480000', '4 CA00 CACHE 1024000']);
  });

  it.each([
    ['3', 'more than the disk', toWire([{ par: '1', cpt: 'NTFS', sfi: 'NTFS', tam: '52428801', ope: '1' }])],
    ['3', 'a type the table does not know', toWire([{ par: '1', cpt: 'WIN-RESERV', tam: '1000' }])],
    ['3', 'a fifth primary partition', toWire([{ par: '5', cpt: 'LINUX', tam: '1000' }])],
    ['2', 'a disk that is not there', toWire([], 'dis=2*che=0*tch=0')],
  ])('fails with %s on %s, and writes nothing', async (code, _name, cfg) => {
    const room = await startInstalledRoom();
    const before = partitionsOf(room);
    const dsk = cfg.slice(4, 5);
    expect(await resultOf(room, 'Configurar', { dsk, cfg })).toMatchObject({
      res: '2',
      der: expect.stringMatching(`^00${code}-`),
    });
    expect(partitionsOf(room)).toEqual(before);
  });

  it('counts logical partitions as part of the extended one', async () => {
    const room = await startInstalledRoom();
    const cfg = toWire([
      { par: '1', cpt: 'EXTENDED', tam: '52428800' },
      { par: '5', cpt: 'LINUX', sfi: 'EXT4', tam: '20480000', ope: '1' },
    ]);
    expect(await resultOf(room, 'Configurar', { dsk: '1', cfg })).toMatchObject({ res: '1' });
    expect(partitionsOf(room)).toEqual(['1 5 EMPTY 52428800', '5 83 EXT4 20480000']);
  });

  it.each([
    'dis=2*che=0*tch=0!',
    'che=0*tch=0!',
    'dis=1*che=0*tch=0!par=1*cpt=LINUX*tam=1000',
    'dis=1!par=1*cpt=83*tam=1000%',
    'dis=1!par=1*cpt=LINUX*tam=-1%',
    'dis=1!par=1*cpt=LINUX*tam=1*ope=4%',
    'dis=1!par=1*cpt=LINUX*tam=1%par=1*cpt=NTFS*tam=1%',
    'dis=1*ttp=LVM!',
    [{ dis: '1' }, { par: 1, cpt: 'LINUX', tam: '1000' }],
    [null],
  ])('is refused outright with cfg %j', async (cfg) => {
    const { room } = await startInstalledRoom();
    await expect(order(room, 'Configurar', { dsk: '1', cfg })).rejects.toThrow(/answered 500 .*cfg/);
  });

  it('that is cut short leaves the new partitions unformatted', async () => {
    const { room, pc1 } = await startRoom({ fault: 'stall' });
    const cfg = toWire([{ par: '1', cpt: 'LINUX', sfi: 'EXT4', tam: '20480000', ope: '1' }]);
    await order(room, 'Configurar', { dsk: '1', cfg });
    await expect.poll(() => pc1.disks[0]?.partitions.length).toBe(1);
    await pc1.restart();
    expect(pc1.disks[0]?.partitions[0]).toMatchObject({ code: '83', fileSystem: 'EMPTY' });
  });
});

describe('an inventory', () => {
  it('of software names the system first', async () => {
    const room = await startInstalledRoom();
    const { sft, ...rest } = await resultOf(room, 'InventarioSoftware', { dsk: '1', par: '2' });
    expect(rest).toEqual({ dsk: '1', par: '2', res: '1', der: '' });
    expect(String(sft).split('\n')).toEqual([
      SYSTEM,
      expect.stringContaining('bash'),
      ...Array(4).fill(expect.any(String)),
    ]);
  });

  it.each([
    ['3', '003-Error en la partición de disco'],
    ['1', '006-Sin sistema operativo'],
  ])('of software fails on partition %s', async (par, der) => {
    const room = await startInstalledRoom();
    expect(await resultOf(room, 'InventarioSoftware', { dsk: '1', par })).toEqual({ dsk: '1', par, res: '2', der });
  });

  it('of hardware is lines of mnemonics, made up or given', async () => {
    const madeUp = await resultOf(await startInstalledRoom(), 'InventarioHardware');
    expect(madeUp).toEqual({ hrd: expect.stringMatching(/^([a-z]{3}=[^\n]+\n?)+$/), res: '1', der: '' });
    const given = await startInstalledRoom({ hardware: ['cpu=Z80', 'mem=64 KiB'] });
    expect((await resultOf(given, 'InventarioHardware'))['hrd']).toBe('cpu=Z80\nmem=64 KiB');
  });
});

describe('EjecutarScript', () => {
  it('prints what is echoed, up to the exit, whose code fails the job', async () => {
    const room = await startInstalledRoom();
    const script = '#!/bin/sh\necho ¡hola!\necho "a  b"\nls /\nexit 3\necho never';
    expect(await resultOf(room, 'EjecutarScript', { scp: encodeURIComponent(script) })).toEqual({
      output: '¡hola!\na  b\n',
      cfg: expect.stringMatching(/^;1:0:/),
      res: '2',
      der: '003-El script terminó con el código 3',
    });
    expect(await resultOf(room, 'EjecutarScript', { scp: 'echo%20uno%0Aexit%200' })).toMatchObject({
      output: 'uno\n',
      res: '1',
      der: '',
    });
    expect(room.pc1.ranScripts.map(({ exitCode }) => exitCode)).toEqual([3, 0]);
    await expect(order(room.room, 'EjecutarScript', { scp: '%E0%A4%A' })).rejects.toThrow('not URL-encoded');
  });

  it('takes 10 ms for each second of sleep', async () => {
    const room = await startInstalledRoom();
    const startedAt = performance.now();
    await resultOf(room, 'EjecutarScript', { scp: encodeURIComponent('sleep 20\nsleep 10') });
    expect(performance.now() - startedAt).toBeGreaterThan(290);
  });
});

describe('EliminarImagenCache', () => {
  it('takes the image out of the cache, and minds nothing where it is not there', async () => {
    const room = await startInstalledRoom();
    const done = { cfg: expect.stringContaining(':CACHE:'), res: '1', der: '' };
    expect(await resultOf(room, 'EliminarImagenCache', { nci: 'aula-demo', idi: ORDER.idi })).toEqual(done);
    expect(await resultOf(room, 'EliminarImagenCache', { nci: 'aula-demo' })).toEqual(done);
    expect(room.pc1.disks[0]?.partitions[2]?.cachedImages).toEqual(['image-test']);
  });

  it('fails where there is no cache', async () => {
    const disk = createWalkthroughDisk('');
    const room = await startInstalledRoom({ disks: [{ ...disk, partitions: disk.partitions.slice(0, 2) }] });
    expect(await resultOf(room, 'EliminarImagenCache', { nci: 'aula-demo' })).toMatchObject({
      res: '2',
      der: '015-El cliente no tiene caché',
    });
  });
});
