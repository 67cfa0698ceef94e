// A model machine becomes an image, or nothing has changed.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import { CreateImageDocument, RetryOperationDocument } from '#test/operations.generated.ts';
import { deploy } from '#test/support/deploy.ts';
import { countsOf, isOver, startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';

const QUICK = { ...DEFAULT_BEHAVIOUR, durationMs: 30, progressSteps: 1 };

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(1, { behaviour: QUICK, reconcileEveryMs: 200 });
  // The model has a system on its second partition, as pc1 has once it was imaged.
  const { imageId } = { imageId: encodeGlobalID('Image', scenario.image.id) };
  const deployed = await deploy(classroom.server, { imageId, target: { clientIds: [...classroom.clientIds] } });
  await classroom.until(deployed.operation.id, 'the model to be imaged', isOver);
});
afterAll(() => classroom.server.stop());
afterEach(() => classroom.agents[0]?.behave(QUICK));

const create = async (input: object) =>
  (
    await classroom.server.request(CreateImageDocument, {
      input: { clientId: classroom.clientIds[0], disk: 1, partition: 2, ...input } as never,
    })
  ).createImage;

async function capture(input: object) {
  const accepted = await create(input);
  if (accepted.__typename !== 'CreateImagePayload') throw new Error(JSON.stringify(accepted));
  return classroom.until(accepted.operation.id, 'the capture to end', isOver);
}

const findImage = (name: string) =>
  classroom.server.app.database.prisma.image.findUnique({
    where: { name },
    include: { replicas: true, revisions: { orderBy: { number: 'asc' } } },
  });

describe('a capture that succeeds', () => {
  it('makes an image with its first revision, its source and its software, and then the next revision', async () => {
    const db = classroom.server.app.database.prisma;
    expect(countsOf(await capture({ name: 'aula-3', description: 'Aula 3', type: 'Linux' }))).toEqual({ SUCCEEDED: 1 });
    const call = classroom.agents[0]?.received.findLast(({ path }) => path.endsWith('CrearImagen'));
    const image = await findImage('aula-3');
    expect(call?.body).toEqual({
      dsk: '1',
      par: '2',
      cpt: '83',
      idi: image?.id,
      nci: 'aula-3',
      ipr: scenario.repository.ip,
      nfn: 'CrearImagen',
      ids: '0',
    });
    expect(image).toMatchObject({
      description: 'Aula 3',
      type: 'Linux',
      revision: 1,
      sourceDisk: 1,
      sourcePartition: 2,
      createdBy: 'administrator',
      replicas: [{ status: 'AUXILIARY_FILES_PENDING', revision: 1, checksum: null }],
      revisions: [{ number: 1 }],
    });
    expect(image?.sizeBytes).toBeGreaterThan(0n);
    expect(image?.softwareProfileId).not.toBeNull();
    const partition = await db.partition.findFirst({ where: { imageId: image?.id ?? '' } });
    expect(partition).toMatchObject({ number: 2, imageRevision: 1 });

    // While it is not READY nobody is sent it, and the same name is not taken twice.
    expect(await create({ name: 'aula-3' })).toMatchObject({ code: 'ALREADY_EXISTS', path: ['input', 'name'] });
    const again = await capture({ imageId: encodeGlobalID('Image', image?.id ?? '') });
    expect(countsOf(again)).toEqual({ SUCCEEDED: 1 });
    expect(await findImage('aula-3')).toMatchObject({ revision: 2, revisions: [{ number: 1 }, { number: 2 }] });
  });
});

describe('a capture that does not', () => {
  it('leaves nothing behind where it never ran', async () => {
    classroom.agents[0]?.behave({ ...QUICK, fault: 'refuse' });
    expect(countsOf(await capture({ name: 'nunca' }))).toEqual({ FAILED: 1 });
    expect(await findImage('nunca')).toBeNull();
  });

  it('leaves a copy that failed where it ran, which may be tried again', async () => {
    classroom.agents[0]?.behave({ ...QUICK, fault: 'engine-error', engineCode: 5 });
    const failed = await capture({ name: 'a-medias' });
    expect(countsOf(failed)).toEqual({ FAILED: 1 });
    expect(await findImage('a-medias')).toMatchObject({ revision: 0, replicas: [{ status: 'FAILED' }], revisions: [] });
    classroom.agents[0]?.behave(QUICK);
    const { retryOperation } = await classroom.server.request(RetryOperationDocument, {
      input: { operationId: failed.id } as never,
    });
    if (retryOperation.__typename !== 'RetryOperationPayload') throw new Error(JSON.stringify(retryOperation));
    await classroom.until(retryOperation.operation.id, 'the second try to end', isOver);
    expect(await findImage('a-medias')).toMatchObject({
      revision: 1,
      replicas: [{ status: 'AUXILIARY_FILES_PENDING' }],
      revisions: [{ number: 1 }],
    });
  });

  it.each([
    ['no name', {}, ['input', 'name']],
    ['a name with spaces', { name: 'aula 3' }, ['input', 'name']],
    ['a name and an image', { name: 'x', imageId: encodeGlobalID('Image', scenario.image.id) }, ['input', 'name']],
    ['disk 0', { name: 'x', disk: 0 }, ['input', 'disk']],
  ])('is refused for %s', async (_name, input, path) => {
    expect(await create(input)).toMatchObject({ code: 'INVALID_INPUT', path });
  });

  it.each([
    ['a partition that is not there', { partition: 3 }, 'PARTITION_NOT_FOUND'],
    ['the CACHE', { partition: 4 }, 'PARTITION_IS_CACHE'],
  ])('is refused for %s', async (_name, input, code) => {
    expect(await create({ name: 'x', ...input })).toMatchObject({
      code: 'OPERATION_REFUSED',
      clients: [{ reasons: [{ code }] }],
    });
    expect(await findImage('x')).toBeNull();
  });
});
