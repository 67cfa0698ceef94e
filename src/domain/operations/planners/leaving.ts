import { installedSystemOf } from '#domain/inventory/client-status.ts';
import type { TargetClient } from '#domain/operations/operation-target.ts';
import type { Planner } from '#domain/operations/planner.ts';
import { reason } from '#domain/operations/reasons.ts';
import { checkPlace, findPlace } from './place.ts';

export const powerOff: Planner<'POWER_OFF'> = {
  check() {},
  needs: ({ force }) => ({ state: 'ON', isForced: force }),
  prepare: async (_tx, order) => (client) => ({ reasons: [], input: { ...order, through: throughOf(client) } }),
};

export const reboot: Planner<'REBOOT'> = {
  check() {},
  needs: ({ force }) => ({ state: 'ON', isForced: force }),
  prepare: async (_tx, order) => (client) => ({ reasons: [], input: { ...order, through: throughOf(client) } }),
};

function throughOf({ status }: TargetClient): 'OGLIVE' | 'INSTALLED_SYSTEM' {
  return installedSystemOf(status) === null ? 'OGLIVE' : 'INSTALLED_SYSTEM';
}

export const startSession: Planner<'START_SESSION'> = {
  check: checkPlace,
  needs: () => ({ state: 'OGLIVE', isForced: false }),
  prepare: async (_tx, order) => (client) => {
    const place = findPlace(client, order);
    if ('missing' in place) return { reasons: [place.missing], input: null };
    const { disk, partition } = order;
    return {
      reasons: place.partition.operatingSystem === null ? [reason('NO_OPERATING_SYSTEM', { disk, partition })] : [],
      input: order,
    };
  },
};
