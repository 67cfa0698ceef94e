import { NO_SYSTEM_ERROR, PARTITION_ERROR } from '#simulator/engine-errors.ts';
import { isBootable } from '#simulator/installed-system.ts';
import type { EngineWork } from './engine-work.ts';
import { findPartition } from './find-partition.ts';
import { readOrder } from './read-order.ts';

// All three are reported done before they are: afterwards nobody would be there to report.

/** Apagar. */
export function powerOff(body: unknown): EngineWork {
  const { ids } = readOrder(body, 'Apagar', []);
  return { ids, isInstant: true, act: () => ({ kind: 'power-off' }) };
}

/** Reiniciar. */
export function reboot(body: unknown): EngineWork {
  const { ids } = readOrder(body, 'Reiniciar', []);
  return { ids, isInstant: true, act: () => ({ kind: 'reboot' }) };
}

/** IniciarSesion: boots the system of a partition. */
export function startSession(body: unknown): EngineWork {
  const order = readOrder(body, 'IniciarSesion', ['dsk', 'par']);
  return {
    ids: order.ids,
    isInstant: true,
    check({ disks }) {
      const partition = findPartition(disks, order);
      if (partition === null) return PARTITION_ERROR;
      return isBootable(partition) ? null : NO_SYSTEM_ERROR;
    },
    act({ disks }) {
      const partition = findPartition(disks, order);
      return partition === null ? null : { kind: 'boot', partition };
    },
  };
}
