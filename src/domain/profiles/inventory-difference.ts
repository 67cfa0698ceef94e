import type { Transaction } from '#domain/storage.ts';
import type { InventoryKind } from '#prisma/generated/client/enums.ts';

/** One thing that an inventory found, of either catalogue. */
export interface InventoryItem {
  kind: string;
  text: string;
}

export interface InventoryDifference {
  added: readonly InventoryItem[];
  removed: readonly InventoryItem[];
}

/** What is there now and was not, and what was and is not; null where nothing changed. The order of a list means nothing. */
function findDifference(before: readonly InventoryItem[], after: readonly InventoryItem[]): InventoryDifference | null {
  const without = (items: readonly InventoryItem[], others: readonly InventoryItem[]) => {
    const known = new Set(others.map(keyOf));
    return items.filter((item) => !known.has(keyOf(item)));
  };
  const added = without(after, before);
  const removed = without(before, after);
  return added.length === 0 && removed.length === 0 ? null : { added, removed };
}

function keyOf({ kind, text }: InventoryItem): string {
  return `${kind} ${text}`;
}

/** Whose inventory it is, and the job that made it. */
export interface InventoryOrigin {
  clientId: string;
  traceId: string;
  now: Date;
}

/**
 * Writes down what an inventory found otherwise than what was known.
 *
 * @param before null where nothing was known: what is found then is new from end to end.
 */
export async function recordDifference(
  tx: Transaction,
  { clientId, traceId, now }: InventoryOrigin,
  about: { kind: InventoryKind; disk?: number; partition?: number },
  before: readonly InventoryItem[] | null,
  after: readonly InventoryItem[],
): Promise<void> {
  const difference = findDifference(before ?? [], after);
  if (difference === null) return;
  await tx.inventoryChange.create({
    data: {
      ...about,
      clientId,
      traceId,
      at: now,
      isFirst: before === null,
      added: difference.added.map((item) => ({ ...item })),
      removed: difference.removed.map((item) => ({ ...item })),
    },
    select: { id: true },
  });
}

/** The items of a stored list; what is none, in a row that was edited by hand, is left out. */
export function readStoredItems(stored: unknown): InventoryItem[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((item: unknown) =>
    item !== null && typeof item === 'object' && 'kind' in item && 'text' in item
      ? [{ kind: String(item.kind), text: String(item.text) }]
      : [],
  );
}
