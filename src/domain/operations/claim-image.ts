import type { Principal } from '#domain/access/principal.ts';
import type { Transaction } from '#domain/storage.ts';
import type { OrderOf } from './operation-order.ts';
import type { PlannedOrder } from './operation-plan.ts';
import { NEW_IMAGE } from './planners/create-image.ts';

/**
 * Takes hold of the image that is about to be captured: makes it where it is new, and marks the copy that is about to be written, so that
 * nobody is sent what is half there.
 *
 * @returns the image’s id.
 */
export async function claimImage(
  tx: Transaction,
  order: OrderOf<'CREATE_IMAGE'>,
  ordered: readonly PlannedOrder[],
  principal: Principal,
): Promise<string | null> {
  const input = ordered[0]?.input;
  if (input?.action !== 'CREATE_IMAGE') return null;
  const imageId =
    input.imageId === NEW_IMAGE ? await createImage(tx, order, input.imageName, principal) : input.imageId;
  const { repositoryId } = input;
  const key = { imageId_repositoryId: { imageId, repositoryId } };
  const before = await tx.imageReplica.findUnique({ where: key, select: { checksum: true } });
  await tx.imageReplica.upsert({
    where: key,
    create: { imageId, repositoryId, status: 'CREATING', revision: input.imageRevision },
    update: { status: 'CREATING', fileMoveSince: null, supersededChecksum: before?.checksum ?? null },
  });
  return imageId;
}

async function createImage(
  tx: Transaction,
  { description, type, version, architecture }: OrderOf<'CREATE_IMAGE'>,
  name: string,
  principal: Principal,
): Promise<string> {
  const { id } = await tx.image.create({
    data: { name, description, type, version, architecture, revision: 0, createdBy: principal.name },
    select: { id: true },
  });
  return id;
}
