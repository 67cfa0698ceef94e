import { InvalidInputError } from '#domain/errors.ts';
import { checkLayout } from '#domain/operations/check-layout.ts';
import { fitLayoutToAll } from '#domain/operations/fit-layout.ts';
import { assessLayout, settleCache } from '#domain/operations/layout-rules.ts';
import type { Planner } from '#domain/operations/planner.ts';
import { isBlocking } from '#domain/operations/reasons.ts';
import { fromStoredLayout, toStoredFittedLayout } from '#domain/operations/stored-layout.ts';

export const partitionAndFormat: Planner<'PARTITION_AND_FORMAT'> = {
  check(order) {
    const [first] = checkLayout(fromStoredLayout(order));
    if (first !== undefined) throw new InvalidInputError(['input', ...first.path], first.fault, first.params);
  },
  needs: () => ({ state: 'OGLIVE', isForced: false }),
  // Whether a CACHE stays as it is was decided by the disks as they are now; a job before it might change them.
  isAtOnce: () => true,
  async prepare(_tx, order, clients) {
    const asked = fromStoredLayout(order);
    const sizes = clients.flatMap(({ disks }) =>
      disks.filter(({ number }) => number === asked.disk).map(({ sizeBytes }) => sizeBytes),
    );
    const fitted = fitLayoutToAll(asked, sizes);
    return ({ firmware, disks }) => {
      const reasons = assessLayout({ firmware, disks, asked, fitted });
      if (fitted === null || reasons.some(({ code }) => isBlocking(code))) return { reasons, input: null };
      const layout = toStoredFittedLayout(settleCache(fitted, disks));
      return { reasons, input: { action: 'PARTITION_AND_FORMAT', ...layout } };
    };
  },
};
