import { MENU, OG_LIVE, PXE_TEMPLATE } from '#domain/booting/kinds.ts';
import { COMMAND } from '#domain/commands/kinds.ts';
import { IMAGE, REPOSITORY } from '#domain/imaging/kinds.ts';
import { CENTER, CLIENT, CLIENT_GROUP, ROOM, ROOM_GROUP, SUBNET } from '#domain/inventory/kinds.ts';
import { HARDWARE_PROFILE, SOFTWARE_PROFILE } from '#domain/profiles/kinds.ts';
import { BLACKOUT } from '#domain/scheduling/kinds.ts';
import type { Storage } from '#domain/storage.ts';
import type { Logger } from '#lib/logger.ts';
import { createAdministration } from './administer.ts';
import type { Administration } from './administer.ts';
import type { Kind } from './kind.ts';
import type { ReferenceType } from './reference-types.ts';

/** Everything that administrators keep, by type. */
export const KINDS: Readonly<Record<ReferenceType, Kind>> = {
  Center: CENTER,
  RoomGroup: ROOM_GROUP,
  Room: ROOM,
  ClientGroup: CLIENT_GROUP,
  Client: CLIENT,
  Subnet: SUBNET,
  Repository: REPOSITORY,
  Image: IMAGE,
  OgLive: OG_LIVE,
  Menu: MENU,
  PxeTemplate: PXE_TEMPLATE,
  Command: COMMAND,
  HardwareProfile: HARDWARE_PROFILE,
  SoftwareProfile: SOFTWARE_PROFILE,
  Blackout: BLACKOUT,
};

export function createAllAdministration(collaborators: {
  db: Storage;
  log: Logger;
}): Readonly<Record<ReferenceType, Administration>> {
  return Object.fromEntries(
    Object.entries(KINDS).map(([type, kind]) => [type, createAdministration(kind, collaborators)]),
  ) as Record<ReferenceType, Administration>;
}
