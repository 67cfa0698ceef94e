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

/** What is there now and was not, and what was and is not. The order of a list means nothing. */
export function findDifference(before: readonly InventoryItem[], after: readonly InventoryItem[]): InventoryDifference {
  const without = (items: readonly InventoryItem[], others: readonly InventoryItem[]) => {
    const known = new Set(others.map(keyOf));
    return items.filter((item) => !known.has(keyOf(item)));
  };
  return { added: without(after, before), removed: without(before, after) };
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
  const { added, removed } = findDifference(before ?? [], after);
  if (added.length === 0 && removed.length === 0) return;
  await tx.inventoryChange.create({
    data: {
      ...about,
      clientId,
      traceId,
      at: now,
      isFirst: before === null,
      added: added.map((item) => ({ ...item })),
      removed: removed.map((item) => ({ ...item })),
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
