import type { Transaction } from '#domain/storage.ts';
import { chunk } from '#lib/chunk.ts';
import { createId } from '#lib/create-id.ts';
import { Prisma } from '#prisma/generated/client/client.ts';
import { findDifference } from './inventory-difference.ts';
import type { InventoryItem } from './inventory-difference.ts';

/** What can be found in machines, each thing once, and the profiles that name it. */
export interface Catalogue {
  items: Prisma.Sql;
  /** The column that says what a thing is. */
  text: Prisma.Sql;
  kinds: Prisma.Sql;
  /** Things (`A`) by profiles (`B`). */
  links: Prisma.Sql;
}

export const HARDWARE: Catalogue = {
  items: Prisma.raw('hardware_components'),
  text: Prisma.raw('description'),
  kinds: Prisma.raw('hardware_kind'),
  links: Prisma.raw('"_HardwareComponentToHardwareProfile"'),
};

export const SOFTWARE: Catalogue = {
  items: Prisma.raw('software'),
  text: Prisma.raw('name'),
  kinds: Prisma.raw('software_kind'),
  links: Prisma.raw('"_SoftwareToSoftwareProfile"'),
};

/** So many rows a statement: enough to be quick, and few enough that nobody waits long behind one. */
const BATCH = 1000;

/**
 * Adds the things that a catalogue lacks. It only grows, so this may run before, and outside, the transaction that names them: then
 * no lock of ours is held while others add the same.
 *
 * Everybody adds in one order: two that each wait for a row that the other has just added would never end.
 */
export async function addItems(db: Transaction, catalogue: Catalogue, given: readonly InventoryItem[]): Promise<void> {
  const { items, text, kinds } = catalogue;
  const known = await db.$queryRaw<InventoryItem[]>`
    SELECT item.kind::text AS kind, item.${text} AS text FROM ${items} item
    JOIN jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS given(kind text, text text)
      ON item.kind = given.kind::${kinds} AND item.${text} = given.text`;
  const { added: missing } = findDifference(known, given);
  for (const some of chunk(missing.toSorted(byCodeUnits), BATCH)) {
    const rows = some.map((item) => ({ id: createId(), kind: item.kind, text: item.text }));
    await db.$executeRaw`
      INSERT INTO ${items} (id, kind, ${text})
      SELECT id, kind::${kinds}, text FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given(id uuid, kind text, text text)
      ON CONFLICT DO NOTHING`;
  }
}

/** What a profile names, in no order. */
export function listItems(tx: Transaction, catalogue: Catalogue, profileId: string): Promise<InventoryItem[]> {
  const { items, text, links } = catalogue;
  return tx.$queryRaw<InventoryItem[]>`
    SELECT item.kind::text AS kind, item.${text} AS text FROM ${items} item
    JOIN ${links} link ON link."A" = item.id WHERE link."B" = ${profileId}::uuid`;
}

/** Makes a profile name these things and no others. Writes only what is not so already: an inventory mostly finds what the last one found. */
export async function setItems(
  tx: Transaction,
  catalogue: Catalogue,
  profileId: string,
  given: readonly InventoryItem[],
): Promise<void> {
  const { added, removed } = findDifference(await listItems(tx, catalogue, profileId), given);
  if (removed.length > 0) await unlink(tx, catalogue, profileId, removed);
  if (added.length === 0 || (await link(tx, catalogue, profileId, added)) === added.length) return;
  await addItems(tx, catalogue, added);
  await link(tx, catalogue, profileId, added);
}

/** @returns how many are named now that were not: those that the catalogue lacks are not among them. */
function link(
  tx: Transaction,
  { items, text, kinds, links }: Catalogue,
  profileId: string,
  added: readonly InventoryItem[],
): Promise<number> {
  return tx.$executeRaw`
    INSERT INTO ${links} ("A", "B")
    SELECT item.id, ${profileId}::uuid FROM ${items} item
    JOIN jsonb_to_recordset(${JSON.stringify(added)}::jsonb) AS given(kind text, text text)
      ON item.kind = given.kind::${kinds} AND item.${text} = given.text
    ON CONFLICT DO NOTHING`;
}

async function unlink(
  tx: Transaction,
  { items, text, kinds, links }: Catalogue,
  profileId: string,
  removed: readonly InventoryItem[],
): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM ${links} link
    USING ${items} item, jsonb_to_recordset(${JSON.stringify(removed)}::jsonb) AS gone(kind text, text text)
    WHERE link."B" = ${profileId}::uuid AND item.id = link."A"
      AND item.kind = gone.kind::${kinds} AND item.${text} = gone.text`;
}

/** Not by a language's alphabet, in which different names may count as the same. A kind is one word, so the first space ends it. */
function byCodeUnits(one: InventoryItem, other: InventoryItem): number {
  const [a, b] = [`${one.kind} ${one.text}`, `${other.kind} ${other.text}`];
  return a < b ? -1 : a > b ? 1 : 0;
}
