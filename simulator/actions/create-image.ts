import { NO_SYSTEM_ERROR, PARTITION_ERROR } from '#simulator/engine-errors.ts';
import type { SimulatedPartition } from '#simulator/simulated-machine.ts';
import type { EngineWork } from './engine-work.ts';
import { findPartition } from './find-partition.ts';
import { readOrder } from './read-order.ts';

const KEYS = ['dsk', 'par', 'cpt', 'idi', 'nci', 'ipr'] as const;

/** CrearImagen: lists the software of a partition, and copies it to the repository as an image. */
export function createImage(body: unknown): EngineWork {
  const order = readOrder(body, 'CrearImagen', KEYS, ['method']);
  return {
    ids: order.ids,
    check({ disks }) {
      const partition = findPartition(disks, order);
      if (partition === null) return PARTITION_ERROR;
      return partition.fileSystem === 'EMPTY' ? NO_SYSTEM_ERROR : null;
    },
    finish(pc) {
      const partition = findPartition(pc.disks, order);
      if (partition === null) return null;
      pc.repository?.receiveImage({
        name: order.nci,
        clientName: pc.name,
        fileSystem: partition.fileSystem,
        dataSizeKb: dataSizeOf(partition),
      });
      return null;
    },
    result(pc, succeeded) {
      const { idi, dsk, par, cpt, ipr } = order;
      const partition = findPartition(pc.disks, order);
      if (!succeeded || partition === null) return { idi, dsk, par, cpt, ipr };
      return {
        idi,
        dsk,
        par,
        cpt,
        ipr,
        software: pc.listSoftware(partition),
        clonator: 'PARTCLONE',
        compressor: 'ZSTD',
        filesystem: partition.fileSystem,
        datasize: String(dataSizeOf(partition)),
      };
    },
  };
}

function dataSizeOf({ sizeKb, usedPercent }: SimulatedPartition): number {
  return Math.round((sizeKb * usedPercent) / 100);
}
