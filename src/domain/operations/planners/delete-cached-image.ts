import { NotFoundError } from '#domain/errors.ts';
import type { Planner } from '#domain/operations/planner.ts';
import { reason } from '#domain/operations/reasons.ts';

export const deleteCachedImage: Planner<'DELETE_CACHED_IMAGE'> = {
  check() {},
  needs: () => ({ state: 'OGLIVE', isForced: false }),
  async prepare(tx, { action, imageId }, clients) {
    const image = await tx.image.findUnique({ where: { id: imageId }, select: { id: true, name: true } });
    if (image === null) throw new NotFoundError(['input', 'imageId'], 'Image');
    const rows = await tx.cachedImage.findMany({
      where: { name: image.name, partition: { clientId: { in: clients.map(({ id }) => id) } } },
      select: { partition: { select: { clientId: true } } },
    });
    const holders = new Set(rows.map(({ partition }) => partition.clientId));
    const input = { action, imageId, imageName: image.name };
    return ({ id }) => ({
      // What the agent last said its cache holds may be behind what it does hold: worth a warning, and no more.
      reasons: holders.has(id) ? [] : [reason('NOT_IN_CACHE', { image: image.name })],
      input,
    });
  },
};
