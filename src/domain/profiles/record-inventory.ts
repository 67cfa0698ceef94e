import { randomUUID } from 'node:crypto';
import type { Action } from '#domain/operations/action.ts';
import type { Transaction } from '#domain/storage.ts';
import { HARDWARE, SOFTWARE, addItems, listItems, setItems } from './catalogue.ts';
import { recordDifference } from './inventory-difference.ts';
import type { InventoryItem, InventoryOrigin } from './inventory-difference.ts';
import { parseHardware, parseSoftware } from './parse-inventory.ts';

/**
 * Adds what a list names to the catalogues, before and outside the transaction that takes the list in. A classroom's lists arrive
 * together and name the same: under the locks of a transaction each would hold up all the others.
 */
export async function prepareCatalogue(db: Transaction, action: Action, text: string): Promise<void> {
  if (action === 'HARDWARE_INVENTORY') await addItems(db, HARDWARE, parseHardware(text));
  else await addItems(db, SOFTWARE, parseSoftware(text));
}

/** A client’s hardware profile takes what its inventory found; it is made at the first one, and bears the client’s name. */
export async function recordHardware(tx: Transaction, origin: InventoryOrigin, text: string): Promise<void> {
  const { clientId } = origin;
  const components = parseHardware(text);
  if (components.length === 0) return;
  const { name, hardwareProfileId } = await tx.client.findUniqueOrThrow({
    where: { id: clientId },
    select: { name: true, hardwareProfileId: true },
  });
  const before = hardwareProfileId === null ? null : await listItems(tx, HARDWARE, hardwareProfileId);
  await recordDifference(tx, origin, { kind: 'HARDWARE' }, before, components);
  // A profile that an administrator gave to several machines is not one machine’s to change.
  const isShared =
    hardwareProfileId !== null && (await tx.client.count({ where: { hardwareProfileId, id: { not: clientId } } })) > 0;
  const profileId =
    hardwareProfileId === null || isShared
      ? (await upsertHardwareProfile(tx, `HardwareProfile-${name}-${clientId.slice(-12)}`)).id
      : hardwareProfileId;
  await setItems(tx, HARDWARE, profileId, components);
  await tx.client.update({ where: { id: clientId }, data: { hardwareProfileId: profileId }, select: { id: true } });
  await learnFirmware(tx, clientId, components);
}

/** How the machine boots, where nobody has said so: what an administrator wrote down stays. */
async function learnFirmware(tx: Transaction, clientId: string, components: readonly InventoryItem[]): Promise<void> {
  const told = components.find(({ kind }) => kind === 'BOOT')?.text.toUpperCase();
  if (told !== 'UEFI' && told !== 'BIOS') return;
  await tx.client.updateMany({ where: { id: clientId, firmware: null }, data: { firmware: told } });
}

function upsertHardwareProfile(tx: Transaction, name: string): Promise<{ id: string }> {
  return tx.hardwareProfile.upsert({ where: { name }, create: { name }, update: {}, select: { id: true } });
}

/**
 * A partition’s software profile takes what its inventory found; one that came with an image stays the image’s. The name of the system
 * stays what the disk layout says it is: another name for the same system would look like another system.
 */
export async function recordSoftware(
  tx: Transaction,
  origin: InventoryOrigin,
  { disk, partition }: { disk: number; partition: number },
  text: string,
): Promise<void> {
  const { clientId } = origin;
  const items = parseSoftware(text);
  if (items.length === 0) return;
  const place = await tx.partition.findFirst({
    where: { clientId, number: partition, disk: { number: disk } },
    select: { id: true, softwareProfileId: true, client: { select: { name: true } } },
  });
  // The partition may be gone by now; the trace keeps what was found.
  if (place === null) return;
  const name = `SoftwareProfile-${place.client.name}-${clientId.slice(-12)}-${disk}-${partition}`;
  const known = await tx.softwareProfile.findUnique({ where: { name }, select: { id: true } });
  // A partition that was made anew has forgotten its profile; what its place held last is still what there was before.
  const knownId = place.softwareProfileId ?? known?.id ?? null;
  const before = knownId === null ? null : await listItems(tx, SOFTWARE, knownId);
  await recordDifference(tx, origin, { kind: 'SOFTWARE', disk, partition }, before, items);
  const isShared =
    known !== null &&
    (await tx.image.count({ where: { softwareProfileId: known.id } })) +
      (await tx.partition.count({ where: { softwareProfileId: known.id, id: { not: place.id } } })) >
      0;
  const profile = await tx.softwareProfile.upsert({
    // An image or another machine that took this profile keeps it as it is.
    where: { name: isShared ? `${name}-${randomUUID().slice(0, 8)}` : name },
    create: { name: isShared ? `${name}-${randomUUID().slice(0, 8)}` : name },
    update: {},
    select: { id: true },
  });
  await setItems(tx, SOFTWARE, profile.id, items);
  await tx.partition.update({
    where: { id: place.id },
    data: { softwareProfileId: profile.id },
    select: { id: true },
  });
}
