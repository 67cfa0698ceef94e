// From the model machine into the repository and onto another machine, as a class is prepared.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import { DEFAULT_REPOSITORY_BEHAVIOUR } from '#simulator/repository/repository-behaviour.ts';
import { CreateImageDocument, DeployDocument } from '#test/operations.generated.ts';
import { walkthroughOrder } from '#test/support/deploy.ts';
import { countsOf, isOver, startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(2, {
    behaviour: { ...DEFAULT_BEHAVIOUR, durationMs: 40, progressSteps: 1 },
    repository: { behaviour: { ...DEFAULT_REPOSITORY_BEHAVIOUR, jobMs: 40 } },
    reconcileEveryMs: 150,
  });
});
afterAll(() => classroom.server.stop());

it('an image is captured, made ready by its repository, and deployed by multicast', async () => {
  const { server, clientIds } = classroom;
  const [model = '', other = ''] = clientIds;
  const db = server.app.database.prisma;
  const deploy = async (input: object) => {
    const { deployImage } = await server.request(DeployDocument, { input: walkthroughOrder(input) });
    if (deployImage.__typename !== 'DeployImagePayload') throw new Error(JSON.stringify(deployImage));
    return classroom.until(deployImage.operation.id, 'the deployment to end', isOver);
  };
  await deploy({ target: { clientIds: [model] } });

  const { createImage } = await server.request(CreateImageDocument, {
    input: { clientId: model, disk: 1, partition: 2, name: 'aula-nueva' } as never,
  });
  if (createImage.__typename !== 'CreateImagePayload') throw new Error(JSON.stringify(createImage));
  await classroom.until(createImage.operation.id, 'the capture to end', isOver);
  const image = await waitFor('the copy to be ready', async () => {
    const found = await db.image.findUnique({ where: { name: 'aula-nueva' }, include: { replicas: true } });
    return found?.replicas[0]?.status === 'READY' ? found : null;
  });
  const stored = server.room.repository?.images.find(({ name }) => name === 'aula-nueva');
  expect(image).toMatchObject({ revision: 1, replicas: [{ revision: 1, checksum: stored?.id }] });
  expect(image.replicas[0]?.repositoryId).toBe(scenario.repository.id);

  const end = await deploy({
    imageId: encodeGlobalID('Image', image.id),
    target: { clientIds: [other] },
    method: 'UDPCAST_DIRECT',
  });
  expect(countsOf(end)).toEqual({ SUCCEEDED: 1 });
  const partitions = await db.partition.findMany({ where: { imageId: image.id } });
  expect(partitions.map(({ imageRevision }) => imageRevision)).toEqual([1, 1]);
});
