import type { Planner } from '#domain/operations/planner.ts';
import { checkPlace, findPlace } from './place.ts';

export const softwareInventory: Planner<'SOFTWARE_INVENTORY'> = {
  check: checkPlace,
  needs: () => ({ state: 'OGLIVE', isForced: false }),
  prepare: async (_tx, order) => (client) => {
    const place = findPlace(client, order);
    return 'missing' in place ? { reasons: [place.missing], input: null } : { reasons: [], input: order };
  },
};

export const hardwareInventory: Planner<'HARDWARE_INVENTORY'> = {
  check() {},
  needs: () => ({ state: 'OGLIVE', isForced: false }),
  prepare: async (_tx, order) => () => ({ reasons: [], input: order }),
};
