/**
 * Who is to be asked first where not all can be: those that were never asked, then those that were asked longest ago. Kept by one process, so
 * that one machine that never answers does not come before the next one each time.
 */
export interface Turns {
  order: <T extends { id: string }>(waiting: readonly T[]) => T[];
  took: (one: { id: string }) => void;
}

export function createTurns(): Turns {
  const turnOf = new Map<string, number>();
  let next = 1;
  return {
    order(waiting) {
      const ids = new Set(waiting.map(({ id }) => id));
      for (const id of turnOf.keys()) if (!ids.has(id)) turnOf.delete(id);
      return waiting.toSorted((one, other) => (turnOf.get(one.id) ?? 0) - (turnOf.get(other.id) ?? 0));
    },
    took({ id }) {
      turnOf.set(id, next);
      next += 1;
    },
  };
}
