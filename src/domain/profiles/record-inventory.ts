import { randomUUID } from 'node:crypto';
import type { Transaction } from '#domain/storage.ts';
import { writeComponents, writeSoftware } from './kinds.ts';
import { parseHardware, parseSoftware } from './parse-inventory.ts';

/** A client’s hardware profile takes what its inventory found; it is made at the first one, and bears the client’s name. */
export async function recordHardware(tx: Transaction, clientId: string, text: string): Promise<void> {
  const components = parseHardware(text);
  if (components.length === 0) return;
  const { name, hardwareProfileId } = await tx.client.findUniqueOrThrow({
    where: { id: clientId },
    select: { name: true, hardwareProfileId: true },
  });
  // A profile that an administrator gave to several machines is not one machine’s to change.
  const isShared =
    hardwareProfileId !== null && (await tx.client.count({ where: { hardwareProfileId, id: { not: clientId } } })) > 0;
  const profileId =
    hardwareProfileId === null || isShared
      ? (await upsertHardwareProfile(tx, `HardwareProfile-${name}-${clientId.slice(-12)}`)).id
      : hardwareProfileId;
  await writeComponents(tx, profileId, { components });
  await tx.client.update({ where: { id: clientId }, data: { hardwareProfileId: profileId }, select: { id: true } });
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
  clientId: string,
  { disk, partition }: { disk: number; partition: number },
  text: string,
): Promise<void> {
  const items = parseSoftware(text);
  if (items.length === 0) return;
  const place = await tx.partition.findFirst({
    where: { clientId, number: partition, disk: { number: disk } },
    select: { id: true, client: { select: { name: true } } },
  });
  // The partition may be gone by now; the trace keeps what was found.
  if (place === null) return;
  const name = `SoftwareProfile-${place.client.name}-${clientId.slice(-12)}-${disk}-${partition}`;
  const known = await tx.softwareProfile.findUnique({ where: { name }, select: { id: true } });
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
  await writeSoftware(tx, profile.id, { software: items });
  await tx.partition.update({
    where: { id: place.id },
    data: { softwareProfileId: profile.id },
    select: { id: true },
  });
}
