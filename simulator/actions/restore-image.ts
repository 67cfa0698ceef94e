import { MULTICAST_FILE_ERROR, MULTICAST_PARTITION_ERROR, PARTITION_ERROR } from '#simulator/engine-errors.ts';
import type { EngineWork, MulticastMethod } from './engine-work.ts';
import { findCache, findPartition } from './find-partition.ts';
import { readOrder } from './read-order.ts';

const KEYS = ['dsk', 'par', 'cpt', 'ifs', 'idi', 'nci', 'ipr', 'method'] as const;
const DEFAULT_PORT = 9000;

/** RestaurarImagen: copies the image to the cache, but for the direct methods, and from there to the partition. */
export function restoreImage(body: unknown): EngineWork {
  const order = readOrder(body, 'RestaurarImagen', KEYS);
  const session = readSession(order.method);
  const isDirect = /^[a-z0-9]+-direct\b/.test(order.method);
  return {
    ids: order.ids,
    check: ({ disks }) => (findPartition(disks, order) === null ? PARTITION_ERROR : null),
    cutCode: isDirect ? MULTICAST_PARTITION_ERROR : MULTICAST_FILE_ERROR,
    ...(session !== null && {
      join: async ({ repository }, timeoutMs, signal) =>
        repository === null
          ? { cut: signal, leave() {} }
          : repository.join({ ...session, imageName: order.nci, timeoutMs, signal }),
    }),
    begin({ disks }) {
      // A PC restarted halfway, or whose engine fails halfway, is left with a partition nobody can read.
      Object.assign(findPartition(disks, order) ?? {}, { fileSystem: 'EMPTY', operatingSystem: '', usedPercent: 0 });
    },
    finish(pc, { restoredOperatingSystem }) {
      const partition = findPartition(pc.disks, order);
      if (partition === null) return null;
      Object.assign(partition, {
        code: order.cpt,
        fileSystem: /windows/i.test(restoredOperatingSystem) ? 'NTFS' : 'EXT4',
        operatingSystem: restoredOperatingSystem,
        usedPercent: 31,
      });
      pc.restoredLast = partition;
      const cache = findCache(pc.disks);
      if (cache !== null && !isDirect) cache.cachedImages = [...new Set(cache.cachedImages).add(order.nci)];
      return null;
    },
    result: (pc) => ({ idi: order.idi, dsk: order.dsk, par: order.par, ifs: order.ifs, cfg: pc.layout() }),
  };
}

/** `udpcast-direct 9002:full-duplex:239.194.2.3:70M:2:60`: the method, a space and the session, whose first field is the port. */
function readSession(text: string): { method: MulticastMethod; port: number | null } | null {
  const [, method, port] = /^(udpcast|uftp|p2p)(?:-direct)?(?: (\d{1,5})?.*)?$/.exec(text) ?? [];
  if (method === undefined) return null;
  if (method === 'p2p') return { method, port: null };
  return { method: method === 'uftp' ? 'uftp' : 'udpcast', port: Number(port ?? DEFAULT_PORT) };
}
