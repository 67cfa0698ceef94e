import { describe, expect, it } from 'vitest';
import type { Behaviour } from '#simulator/behaviour.ts';
import {
  ORDER,
  WEBHOOK,
  ask,
  call,
  isResult,
  order,
  results,
  secondPartition,
  startRoom,
} from '#test/support/start-simulated-room.ts';

const OTHER = '192.168.2.2';
const SESSION = {
  port: '9002',
  method: 'full-duplex',
  ip: '239.194.2.3',
  bitrate: '70M',
  nclients: '2',
  maxtime: '600',
};
const UDPCAST = 'udpcast 9002:full-duplex:239.194.2.3:70M:2:60';

/** Both PCs of the walkthrough run ogLive; a second of the repository takes 20 ms. */
async function startMulticast(behaviour: Partial<Behaviour> = {}) {
  const started = await startRoom({ joinTimeoutMs: 5000, ...behaviour }, undefined, {
    behaviour: { durationMs: 40, progressSteps: 1, joinTimeoutMs: 5000, ...behaviour },
    repository: { behaviour: { secondMs: 20 } },
  });
  const { room } = started;
  await room.agent(OTHER).bootOgLive();
  const imageId = room.repository?.images[0]?.id ?? '';
  return {
    ...started,
    restore: async (method: string, ip?: string) => {
      const { nfn, ...keys } = ORDER;
      return order(room, nfn, { ...keys, method }, ip);
    },
    send: (path: string, keys: Record<string, unknown> = SESSION) =>
      ask(room, 'POST', path, { ID_img: imageId, ...keys }),
    list: async () => (await ask(room, 'GET', '/udpcast')).answer['output'],
    idle: () => Promise.all([...room.agents.values()].map((agent) => agent.idle())),
    imageId,
  };
}

describe('a multicast session', () => {
  it('starts when all have come, and ends when they are done', async () => {
    const { restore, send, list, idle, standIn, pc1, imageId } = await startMulticast();
    // A client that comes first waits for the session to be opened.
    await restore(UDPCAST);
    const { status, answer } = await send('/udpcast');
    const session = {
      id: expect.any(String),
      ID_img: imageId,
      image_name: 'image-test',
      ...SESSION,
      port: 9002,
      nclients: 2,
      maxtime: 600,
      state: 'waiting',
    };
    expect({ status, answer }).toEqual({
      status: 200,
      answer: { success: true, output: { ...session, joined: 0 } },
    });
    await expect.poll(list).toEqual([{ ...session, joined: 1 }]);
    expect(pc1.state).toBe('busy');
    expect(standIn.bodies(WEBHOOK)).toEqual([]);
    await restore('udpcast 9002', OTHER);
    await idle();
    expect(standIn.heard.filter(isResult).map(({ body }) => body['res'])).toEqual(['1', '1']);
    expect(await list()).toEqual([]);
    expect(pc1.disks[0]?.partitions[2]?.cachedImages).toEqual(['image-test']);
  });

  it('starts with those who have come when the time is up', async () => {
    const { restore, send, list, idle, standIn } = await startMulticast();
    await send('/udpcast', { ...SESSION, maxtime: 5 });
    await restore(UDPCAST);
    await idle();
    expect(results(standIn.bodies(WEBHOOK))).toEqual([100, 'res 1']);
    expect(await list()).toEqual([]);
  });

  it('ends when the time is up and nobody came; who comes later waits in vain', async () => {
    const { restore, send, list, pc1, idle, standIn } = await startMulticast({ joinTimeoutMs: 60 });
    await send('/udpcast', { ...SESSION, maxtime: 1 });
    await expect.poll(list).toEqual([]);
    await restore(UDPCAST);
    await idle();
    expect(standIn.bodies(WEBHOOK).at(-1)).toMatchObject({
      res: '2',
      der: '060-No se puede unir a la sesión del servidor multicast',
    });
    expect(secondPartition(pc1)?.fileSystem).toBe('EXT4');
  });

  it('is not joined through another port, nor by another protocol, nor once it has started', async () => {
    const { restore, send, idle, standIn } = await startMulticast({ joinTimeoutMs: 80, durationMs: 400 });
    await send('/udpcast', { ...SESSION, nclients: '1', maxtime: '1000' });
    await restore('udpcast 9004');
    await restore('uftp 9002', OTHER);
    await idle();
    await restore(UDPCAST);
    await restore(UDPCAST, OTHER);
    await idle();
    expect(standIn.heard.filter(isResult).map(({ body }) => [body['iph'], body['der']])).toEqual([
      [expect.any(String), expect.stringMatching(/^060-/)],
      [expect.any(String), expect.stringMatching(/^060-/)],
      [OTHER, expect.stringMatching(/^060-/)],
      ['192.168.2.3', ''],
    ]);
  });

  it.each([
    [UDPCAST, '059-Error al recibir un fichero por multicast'],
    [UDPCAST.replace('udpcast', 'udpcast-direct'), '058-Error al recibir una partición por multicast'],
  ])('that is cancelled fails %s', async (method, der) => {
    const { restore, send, list, room, imageId, idle, standIn } = await startMulticast({ durationMs: 60_000 });
    await send('/udpcast', { ...SESSION, nclients: 1 });
    await restore(method);
    await expect.poll(list).toMatchObject([{ state: 'sending' }]);
    expect((await ask(room, 'DELETE', `/udpcast/images/${imageId}`)).status).toBe(200);
    await idle();
    expect(standIn.bodies(WEBHOOK).at(-1)).toMatchObject({ res: '2', der });
    expect((await ask(room, 'DELETE', `/udpcast/images/${imageId}`)).status).toBe(400);
  });

  it('that is cancelled before it starts cannot be joined', async () => {
    const { restore, send, list, room, imageId, idle, standIn } = await startMulticast();
    await send('/udpcast');
    await restore(UDPCAST);
    await expect.poll(list).toMatchObject([{ joined: 1 }]);
    await ask(room, 'DELETE', `/udpcast/images/${imageId}`);
    await idle();
    expect(results(standIn.bodies(WEBHOOK))).toEqual(['res 2']);
  });

  it('is left by a PC that dies, and by a job that is killed', async () => {
    const { restore, send, list, room, pc1, idle } = await startMulticast();
    await send('/udpcast', { ...SESSION, nclients: 3, maxtime: 1000 });
    await restore(UDPCAST);
    const jobId = await restore(UDPCAST, OTHER);
    await expect.poll(list).toMatchObject([{ joined: 2 }]);
    pc1.crash();
    await expect.poll(list).toMatchObject([{ joined: 1 }]);
    await call(room, '/CloningEngine/KillJob', { job_id: jobId }, OTHER);
    await idle();
    expect(await list()).toMatchObject([{ joined: 0, state: 'waiting' }]);
  });

  it.each([
    ['/uftp', { port: 9010, ip: '239.194.2.3', bitrate: '1G' }, 'uftp 9010'],
    ['/p2p', {}, 'p2p peer:60'],
  ])('of %s serves everybody as he comes', async (path, keys, method) => {
    const { restore, send, idle, standIn } = await startMulticast();
    expect((await send(path, keys)).status).toBe(200);
    await restore(method);
    await idle();
    await restore(method, OTHER);
    await idle();
    expect(standIn.heard.filter(isResult).map(({ body }) => body['res'])).toEqual(['1', '1']);
  });

  it.each(['/uftp/images/*', '/p2p'])('can be cancelled by DELETE %s', async (path) => {
    const { send, room, imageId } = await startMulticast();
    await send('/uftp');
    await send('/p2p', {});
    const at = path.replace('*', imageId);
    expect((await ask(room, 'DELETE', at)).status).toBe(200);
    expect((await ask(room, 'DELETE', at)).status).toBe(400);
    expect((await ask(room, 'GET', '/uftp')).answer['output']).toHaveLength(path === '/p2p' ? 1 : 0);
  });

  it.each([
    ['port', 9001],
    ['port', 70_000],
    ['port', undefined],
    ['method', 'sideways'],
    ['nclients', 0],
    ['maxtime', 'soon'],
    ['ip', undefined],
    ['ID_img', '0'.repeat(32)],
  ])('is not opened with %s %s', async (key, value) => {
    const { send, list } = await startMulticast();
    expect(await send('/udpcast', { ...SESSION, [key]: value })).toEqual({
      status: 400,
      answer: { success: false, error: expect.any(String) },
    });
    expect(await list()).toEqual([]);
  });

  it('has its port for itself', async () => {
    const { send } = await startMulticast();
    await send('/udpcast');
    expect(await send('/udpcast')).toMatchObject({
      status: 400,
      answer: { error: 'Port 9002 is in use by another transfer' },
    });
  });

  it('needs no session where nobody plays the repository', async () => {
    const { room, pc1, standIn } = await startRoom();
    const { nfn, ...keys } = ORDER;
    await order(room, nfn, { ...keys, method: UDPCAST });
    await pc1.idle();
    expect(standIn.bodies(WEBHOOK).at(-1)).toMatchObject({ res: '1' });
  });
});
