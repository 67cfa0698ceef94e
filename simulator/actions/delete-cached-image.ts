import { NO_CACHE_ERROR } from '#simulator/engine-errors.ts';
import type { EngineWork } from './engine-work.ts';
import { findCache } from './find-partition.ts';
import { readOrder } from './read-order.ts';

/** EliminarImagenCache: done, too, where the cache does not hold the image. */
export function deleteCachedImage(body: unknown): EngineWork {
  const order = readOrder(body, 'EliminarImagenCache', ['nci'], ['idi']);
  return {
    ids: order.ids,
    check: ({ disks }) => (findCache(disks) === null ? NO_CACHE_ERROR : null),
    finish({ disks }) {
      const cache = findCache(disks);
      if (cache !== null) cache.cachedImages = (cache.cachedImages ?? []).filter((name) => name !== order.nci);
      return null;
    },
    result: (pc) => ({ cfg: pc.layout() }),
  };
}
