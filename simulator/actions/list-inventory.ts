import { NO_SYSTEM_ERROR, PARTITION_ERROR } from '#simulator/engine-errors.ts';
import { isBootable } from '#simulator/installed-system.ts';
import type { EngineWork } from './engine-work.ts';
import { findPartition } from './find-partition.ts';
import { readOrder } from './read-order.ts';

/** InventarioSoftware: what is installed on a partition. */
export function listSoftware(body: unknown): EngineWork {
  const order = readOrder(body, 'InventarioSoftware', ['dsk', 'par']);
  return {
    ids: order.ids,
    check({ disks }) {
      const partition = findPartition(disks, order);
      if (partition === null) return PARTITION_ERROR;
      return isBootable(partition) ? null : NO_SYSTEM_ERROR;
    },
    result(pc, succeeded) {
      const partition = findPartition(pc.disks, order);
      const listed = succeeded && partition !== null ? { sft: pc.listSoftware(partition) } : {};
      return { dsk: order.dsk, par: order.par, ...listed };
    },
  };
}

/** InventarioHardware: what the PC is made of. */
export function listHardware(body: unknown): EngineWork {
  const { ids } = readOrder(body, 'InventarioHardware', []);
  return { ids, result: (pc, succeeded) => (succeeded ? { hrd: pc.listHardware() } : {}) };
}
