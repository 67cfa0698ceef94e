// An image’s file is written by one capture at a time, and by none while somebody is about to be sent it.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { DEFAULT_BEHAVIOUR } from '#simulator/behaviour.ts';
import { CreateImageDocument, DeployDocument } from '#test/operations.generated.ts';
import { deploy, walkthroughOrder } from '#test/support/deploy.ts';
import { isOver, startClassroom } from '#test/support/start-classroom.ts';
import type { Classroom } from '#test/support/start-classroom.ts';
import { waitFor } from '#test/support/wait-for.ts';

const CLIENTS = 4;
const imageId = encodeGlobalID('Image', scenario.image.id);

let classroom: Classroom;
beforeAll(async () => {
  classroom = await startClassroom(CLIENTS, { behaviour: { ...DEFAULT_BEHAVIOUR, durationMs: 30, progressSteps: 1 } });
  const deployed = await deploy(classroom.server, { imageId, target: { clientIds: [...classroom.clientIds] } });
  await classroom.until(deployed.operation.id, 'the machines to be imaged', isOver);
});
afterAll(() => classroom.server.stop());

const db = () => classroom.server.app.database.prisma;

/** Whether it was accepted. */
async function capture(index: number): Promise<boolean> {
  const { createImage } = await classroom.server.request(CreateImageDocument, {
    input: { clientId: classroom.clientIds[index], imageId, disk: 1, partition: 2, waitForAgentsMs: 0 } as never,
  });
  return createImage.__typename === 'CreateImagePayload';
}

async function restore(index: number): Promise<boolean> {
  const target = { clientIds: [classroom.clientIds[index] ?? ''] };
  const input = walkthroughOrder({ imageId, target, waitForAgentsMs: 0 });
  const { deployImage } = await classroom.server.request(DeployDocument, { input });
  return deployImage.__typename === 'DeployImagePayload';
}

/** As it was before each round: nothing in hand, and the copy ready. */
async function settle(): Promise<void> {
  await waitFor('all to end', async () =>
    (await db().operation.count({ where: { finishedAt: null } })) === 0 ? true : null,
  );
  await db().imageReplica.updateMany({
    where: { imageId: scenario.image.id, repositoryId: scenario.repository.id },
    data: { status: 'READY', checksum: 'a', fault: null },
  });
}

describe('one image, wanted at the same moment', () => {
  it('by several captures is written by one of them', async () => {
    for (let round = 0; round < 4; round += 1) {
      await settle();
      const accepted = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => capture(index)));
      expect(accepted.filter(Boolean)).toHaveLength(1);
    }
  });

  it('by a capture and by a deployment goes to one of the two', async () => {
    for (let round = 0; round < 6; round += 1) {
      await settle();
      const [captured, restored] = await Promise.all([capture(round % 2), restore(2 + (round % 2))]);
      expect([captured, restored].filter(Boolean)).toHaveLength(1);
    }
  });

  it('and on its way to another repository is not written over', async () => {
    await settle();
    const other = await db().repository.create({ data: { name: 'otro', ip: '192.168.68.77', path: '/opt' } });
    await db().imageReplica.create({
      data: { imageId: scenario.image.id, repositoryId: other.id, status: 'TRANSFERRING' },
    });
    expect(await capture(0)).toBe(false);
    await db().imageReplica.deleteMany({ where: { repositoryId: other.id } });
    expect(await capture(0)).toBe(true);
  });
});
