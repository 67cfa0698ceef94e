// From a model machine to a copy that can be deployed: the agent captures, the repository makes what belongs to the file and says so.
import { encodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scenario } from '#demo/scenario.ts';
import { CreateImageDocument } from '#test/operations.generated.ts';
import type { CreateImageInput } from '#test/operations.generated.ts';
import { deploy, modelId } from '#test/support/deploy.ts';
import { startTestServer } from '#test/support/start-test-server.ts';
import type { TestServer } from '#test/support/start-test-server.ts';
import { waitFor } from '#test/support/wait-for.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ repository: { behaviour: { jobMs: 20 } }, reconcileEveryMs: 200 });
});
afterAll(() => server.stop());

async function capture(input: Partial<CreateImageInput>): Promise<void> {
  const { createImage } = await server.request(CreateImageDocument, {
    input: { clientId: modelId, disk: 1, partition: 2, onBlocked: 'REJECT_ALL', ...input },
  });
  if (createImage.__typename !== 'CreateImagePayload') throw new Error(JSON.stringify(createImage));
}

function untilReady(revision: number) {
  return waitFor(`revision ${revision} to be ready`, async () => {
    const copy = await server.app.database.prisma.imageReplica.findFirst({
      where: { image: { name: 'aula-nueva' }, repositoryId: scenario.repository.id },
    });
    return copy?.status === 'READY' && copy.revision === revision && copy.sizeBytes !== null ? copy : null;
  });
}

it('is ready by itself, may be deployed, and captured anew', async () => {
  await capture({ name: 'aula-nueva' });
  const first = await untilReady(1);
  const fileOf = () => server.room.repository?.images.find(({ name }) => name === 'aula-nueva');
  expect(first).toMatchObject({ checksum: fileOf()?.id, fault: null, auxiliaryAttempts: 0 });

  const imageId = encodeGlobalID('Image', first.imageId);
  const { operation } = await deploy(server, { imageId });
  await waitFor('the deployment to end', async () => {
    const trace = await server.app.database.prisma.trace.findFirst({
      where: { status: 'SUCCEEDED', action: 'DEPLOY_IMAGE' },
    });
    return trace !== null && encodeGlobalID('Operation', trace.operationId) === operation.id;
  });

  await capture({ imageId });
  const second = await untilReady(2);
  expect(second.checksum).toBe(fileOf()?.id);
  expect(second.checksum).not.toBe(first.checksum);
});
