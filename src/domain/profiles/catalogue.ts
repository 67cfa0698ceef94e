import type { Transaction } from '#domain/storage.ts';
import { chunk } from '#lib/chunk.ts';
import type { HardwareKind, SoftwareKind } from '#prisma/generated/client/enums.ts';

export interface HardwareItem {
  kind: HardwareKind;
  description: string;
}

export interface SoftwareItem {
  kind: SoftwareKind;
  name: string;
}

/** So many rows a statement: enough to be quick, and few enough that nobody waits long behind one. */
const BATCH = 500;

/**
 * Adds the pieces that the catalogue lacks. It only grows, so this may run before, and outside, the transaction that names them: then
 * no lock of ours is held while others add the same.
 *
 * Everybody adds in one order: two that each wait for a row that the other has just added would never end.
 */
export async function addComponents(db: Transaction, items: readonly HardwareItem[]): Promise<void> {
  const known = await db.$queryRaw<HardwareItem[]>`
    SELECT c.kind::text, c.description FROM hardware_components c
    JOIN jsonb_to_recordset(${JSON.stringify(items)}::jsonb) AS given(kind text, description text)
      ON c.kind = given.kind::hardware_kind AND c.description = given.description`;
  const missing = inOrder(items, known, ({ description }) => description);
  for (const data of chunk(missing, BATCH)) await db.hardwareComponent.createMany({ data, skipDuplicates: true });
}

/** The same for what is installed. */
export async function addSoftware(db: Transaction, items: readonly SoftwareItem[]): Promise<void> {
  const known = await db.$queryRaw<SoftwareItem[]>`
    SELECT s.kind::text, s.name FROM software s
    JOIN jsonb_to_recordset(${JSON.stringify(items)}::jsonb) AS given(kind text, name text)
      ON s.kind = given.kind::software_kind AND s.name = given.name`;
  const missing = inOrder(items, known, ({ name }) => name);
  for (const data of chunk(missing, BATCH)) await db.software.createMany({ data, skipDuplicates: true });
}

/** Makes a profile name these pieces, which the catalogue has, and no others; writes only what is not so already. */
export async function setComponents(tx: Transaction, profileId: string, items: readonly HardwareItem[]): Promise<void> {
  const json = JSON.stringify(items);
  await tx.$executeRaw`
    DELETE FROM "_HardwareComponentToHardwareProfile" link USING hardware_components c
    WHERE link."B" = ${profileId}::uuid AND c.id = link."A" AND NOT EXISTS (
      SELECT FROM jsonb_to_recordset(${json}::jsonb) AS given(kind text, description text)
      WHERE c.kind = given.kind::hardware_kind AND c.description = given.description)`;
  await tx.$executeRaw`
    INSERT INTO "_HardwareComponentToHardwareProfile" ("A", "B")
    SELECT c.id, ${profileId}::uuid FROM hardware_components c
    JOIN jsonb_to_recordset(${json}::jsonb) AS given(kind text, description text)
      ON c.kind = given.kind::hardware_kind AND c.description = given.description
    ON CONFLICT DO NOTHING`;
}

export async function setSoftware(tx: Transaction, profileId: string, items: readonly SoftwareItem[]): Promise<void> {
  const json = JSON.stringify(items);
  await tx.$executeRaw`
    DELETE FROM "_SoftwareToSoftwareProfile" link USING software s
    WHERE link."B" = ${profileId}::uuid AND s.id = link."A" AND NOT EXISTS (
      SELECT FROM jsonb_to_recordset(${json}::jsonb) AS given(kind text, name text)
      WHERE s.kind = given.kind::software_kind AND s.name = given.name)`;
  await tx.$executeRaw`
    INSERT INTO "_SoftwareToSoftwareProfile" ("A", "B")
    SELECT s.id, ${profileId}::uuid FROM software s
    JOIN jsonb_to_recordset(${json}::jsonb) AS given(kind text, name text)
      ON s.kind = given.kind::software_kind AND s.name = given.name
    ON CONFLICT DO NOTHING`;
}

/** Those that are not known, by code units and not by a language's alphabet, in which different names may count as the same. */
function inOrder<TItem extends { kind: string }>(
  items: readonly TItem[],
  known: readonly TItem[],
  textOf: (item: TItem) => string,
): TItem[] {
  // A kind is one word, so the first space ends it.
  const keyOf = (item: TItem) => `${item.kind} ${textOf(item)}`;
  const keys = new Set(known.map(keyOf));
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => !keys.has(key))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}
