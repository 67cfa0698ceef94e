import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import type { RepositoryBehaviour } from '#simulator/repository/repository-behaviour.ts';
import { walkthroughRoom } from '#simulator/walkthrough-room.ts';
import { MAC, ask, order, startRoom } from '#test/support/start-simulated-room.ts';

const WEBHOOK = 'og-repository/webhook';
const UNKNOWN = '0'.repeat(32);

async function startWithRepository(behaviour: Partial<RepositoryBehaviour> = {}) {
  const started = await startRoom({ durationMs: 0 }, undefined, {
    repository: { behaviour: { jobMs: 20, ...behaviour } },
  });
  const { repository } = started.room;
  const image = repository?.images[0];
  if (repository === null || image === undefined) throw new Error('the room has no repository with an image');
  return { ...started, repository, image };
}

describe('the repository', () => {
  it('tells how it is, and what it holds', async () => {
    const { room, image } = await startWithRepository();
    expect(image.id).toMatch(/^[0-9a-f]{32}$/);
    const { status, answer } = await ask(room, 'GET', '/status');
    expect({ status, answer }).toEqual({
      status: 200,
      answer: { success: true, output: expect.objectContaining({ disk: expect.any(Object), ogGit: false }) },
    });
    const info = {
      id: image.id,
      name: 'image-test',
      clientname: 'modelo',
      clonator: 'partclone',
      compressor: 'zstd',
      filesystem: 'EXT4',
      datasize: 8_126_464,
      locked: false,
    };
    expect((await ask(room, 'GET', '/images')).answer['output']).toMatchObject({
      directory: expect.stringMatching(/^\//),
      images: [info],
      trash: [],
      ous: [],
      disk: { total: expect.any(Number), used: 4 },
    });
    expect((await ask(room, 'GET', `/images/${image.id}`)).answer).toMatchObject({ success: true, output: info });
    expect(await ask(room, 'PUT', '/images')).toMatchObject({ status: 200, answer: { success: true } });
    expect((await ask(room, 'GET', '/udpcast')).answer).toEqual({ success: true, output: [] });
  });

  it('checks the integrity of an image', async () => {
    const { room, image } = await startWithRepository();
    expect(await ask(room, 'GET', `/status/images/${image.id}`)).toMatchObject({ status: 200 });
    image.isCorrupt = true;
    expect(await ask(room, 'GET', `/status/images/${image.id}`)).toEqual({
      status: 500,
      answer: { success: false, error: 'The image file did not pass the integrity check' },
    });
  });

  it('moves an image to the trash, back, and out of the world', async () => {
    const { room, repository, image } = await startWithRepository();
    const at = `/images/${image.id}`;
    const statusOf = async (method: 'GET' | 'POST' | 'DELETE', path: string) => (await ask(room, method, path)).status;
    expect(await statusOf('DELETE', `/trash${at}`)).toBe(400);
    expect(await statusOf('DELETE', at)).toBe(200);
    expect((await ask(room, 'GET', '/images')).answer['output']).toMatchObject({
      images: [],
      trash: [{ id: image.id }],
    });
    expect(await statusOf('GET', at)).toBe(400);
    expect(await statusOf('POST', `/trash${at}`)).toBe(200);
    expect(await statusOf('GET', at)).toBe(200);
    expect(await statusOf('DELETE', `${at}?method=trash`)).toBe(200);
    expect(await statusOf('DELETE', `/trash${at}`)).toBe(200);
    expect(await statusOf('POST', `/trash${at}`)).toBe(400);
    expect(repository.images).toEqual([]);
  });

  it('deletes for good where it is told to', async () => {
    const { room, repository, image } = await startWithRepository();
    expect((await ask(room, 'DELETE', `/images/${image.id}?method=nonsense`)).status).toBe(400);
    expect((await ask(room, 'DELETE', `/images/${image.id}?method=permanent`)).status).toBe(200);
    expect(repository.images).toEqual([]);
  });

  it('lists a new image once its auxiliary files are made, which its webhook tells', async () => {
    const { room, pc1, standIn, repository } = await startWithRepository();
    const keys = { dsk: '1', par: '2', cpt: '83', idi: 'x', nci: 'aula-demo', ipr: '192.168.68.55' };
    await order(room, 'CrearImagen', keys);
    await pc1.idle();
    const [, image] = repository.images;
    expect(image).toMatchObject({ name: 'aula-demo', clientName: 'pc1', fileSystem: 'EXT4', hasAuxiliaryFiles: false });
    expect((await ask(room, 'GET', `/images/${image?.id}`)).status).toBe(400);
    const { status, answer } = await ask(room, 'POST', '/images/torrentsum', { image: 'aula-demo.img' });
    expect({ status, answer }).toEqual({
      status: 200,
      answer: { success: true, job_id: expect.stringMatching(/^TorrentSum-[0-9a-f]{8}$/) },
    });
    const { body } = await standIn.until(({ path }) => path === WEBHOOK);
    expect(body).toEqual({
      job_id: answer['job_id'],
      success: true,
      output: expect.objectContaining({ id: image?.id, name: 'aula-demo', sum: image?.id }),
    });
    expect((await ask(room, 'GET', `/images/${image?.id}`)).status).toBe(200);
    // Taken once more, the image takes the place of the old one.
    await order(room, 'CrearImagen', keys);
    await pc1.idle();
    expect(repository.images).toHaveLength(2);
    expect(repository.images[1]?.id).not.toBe(image?.id);
  });

  it('tells, too, that they could not be made', async () => {
    const { room, standIn, image } = await startWithRepository();
    image.isCorrupt = true;
    await ask(room, 'POST', '/images/torrentsum', { image: 'image-test' });
    const { body } = await standIn.until(({ path }) => path === WEBHOOK);
    expect(body).toMatchObject({ success: false, output: expect.any(String) });
  });

  it('wakes the PCs it is told to, which then report their start', async () => {
    const { room, pc1, standIn } = await startWithRepository();
    await pc1.powerOff();
    standIn.heard.length = 0;
    const one = { broadcast_ip: '192.168.2.255', mac: MAC.toUpperCase().replaceAll(':', '') };
    expect(await ask(room, 'POST', '/wol', one)).toMatchObject({ status: 200, answer: { success: true } });
    await standIn.until(({ path, body }) => path === 'ogAdmClient/InclusionCliente' && body['mac'] === MAC);
    await pc1.idle();
    const { secret } = pc1;
    const macs = [...walkthroughRoom.map(({ mac }) => mac), '00:00:00:00:00:00'];
    expect((await ask(room, 'POST', '/wol', { macs })).status).toBe(200);
    await standIn.until(({ body }) => body['iph'] === '192.168.2.2' && body['tpc'] === 'OPG');
    // Who is awake is left alone.
    expect(pc1.secret).toBe(secret);
    expect(standIn.bodies('ogAdmClient/InclusionCliente')).toHaveLength(2);
    for (const body of [{ mac: MAC }, { broadcast_ip: '1.2.3.4', mac: 'x' }, { macs: [7] }, '[]', '{"']) {
      expect((await ask(room, 'POST', '/wol', body)).status).toBe(400);
    }
  });

  it.each([
    ['GET', `/images/${UNKNOWN}`, 400],
    ['GET', `/status/images/${UNKNOWN}`, 400],
    ['DELETE', `/images/${UNKNOWN}`, 400],
    ['POST', '/images/torrentsum', 400],
    ['DELETE', `/udpcast/images/${UNKNOWN}`, 400],
    ['GET', '/nonsense', 404],
    ['POST', '/status', 404],
  ] as const)('answers %s %s with %d and why', async (method, path, status) => {
    const { room } = await startWithRepository();
    expect(await ask(room, method, path)).toEqual({ status, answer: { success: false, error: expect.any(String) } });
  });

  it('keeps what it was asked', async () => {
    const { room, repository } = await startWithRepository();
    await ask(room, 'POST', '/wol', { macs: [] });
    expect(repository.received).toMatchObject([{ method: 'POST', path: '/ogrepository/v1/wol', body: { macs: [] } }]);
  });

  it('is none where none is asked for', async () => {
    const { room } = await startRoom();
    expect(room.repository).toBeNull();
  });

  it('ends with the room, in the middle of an answer and of a job', async () => {
    const { room, standIn, repository } = await startWithRepository({ fault: 'slow', slowMs: 60_000, jobMs: 60_000 });
    const open = request(`${repository.url}/images/torrentsum`, {
      method: 'POST',
      body: '{"image":"image-test"}',
    }).catch((error: unknown) => error);
    await expect.poll(() => repository.received.length, { interval: 5 }).toBe(1);
    await room.stop();
    expect(await open).toBeInstanceOf(Error);
    expect(standIn.bodies(WEBHOOK)).toEqual([]);
  });
});

describe('a fault of the repository', () => {
  it('refuse: answers 500, and does nothing', async () => {
    const { room, repository, image } = await startWithRepository({ fault: 'refuse' });
    expect(await ask(room, 'DELETE', `/images/${image.id}`)).toEqual({
      status: 500,
      answer: { success: false, error: 'The repository refuses' },
    });
    repository.behave({ fault: 'none' });
    expect((await ask(room, 'GET', `/images/${image.id}`)).status).toBe(200);
  });

  it('silent: does its job, but its webhook says nothing', async () => {
    const { room, standIn, image } = await startWithRepository({ fault: 'silent' });
    image.hasAuxiliaryFiles = false;
    expect((await ask(room, 'POST', '/images/torrentsum', { image: 'image-test' })).status).toBe(200);
    await expect.poll(() => image.hasAuxiliaryFiles, { interval: 5 }).toBe(true);
    await room.stop();
    expect(standIn.bodies(WEBHOOK)).toEqual([]);
  });

  it('slow: holds back its answers', async () => {
    const { room } = await startWithRepository({ fault: 'slow', slowMs: 200 });
    const startedAt = performance.now();
    expect((await ask(room, 'GET', '/status')).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThan(190);
  });
});
