import type { Storage } from '#domain/storage.ts';

/** What the database holds already, by the keys that rows of theirs are recognized by. */
export interface Existing {
  /** Our id of a row that this source brought before, by table and id there; it may be deleted since. */
  imported: ReadonlyMap<string, string>;
  /** Ids of all rows of the kinds that can be imported. */
  ids: ReadonlySet<string>;
  /** The center of a group of rooms; the room of a client or of a group of clients. */
  ownerOf: ReadonlyMap<string, string>;
  centers: ReadonlyMap<string, string>;
  roomGroups: ReadonlyMap<string, string>;
  rooms: ReadonlyMap<string, string>;
  clientGroups: ReadonlyMap<string, string>;
  clientsByMac: ReadonlyMap<string, ExistingClient>;
  clientsByIp: ReadonlyMap<string, ExistingClient>;
  /** Ids of the clients that have any. */
  clientsWithDisks: ReadonlySet<string>;
  repositoriesByIp: ReadonlyMap<string, string>;
  repositoryNames: readonly string[];
  images: ReadonlyMap<string, string>;
  /** Image and repository of each replica. */
  replicas: ReadonlySet<string>;
  softwareProfiles: ReadonlyMap<string, string>;
  software: ReadonlyMap<string, string>;
  hardwareProfiles: ReadonlyMap<string, string>;
  hardwareComponents: ReadonlyMap<string, string>;
  menus: ReadonlyMap<string, string>;
  commands: ReadonlyMap<string, string>;
  ogLives: ReadonlyMap<string, string>;
  hasDefaultOgLive: boolean;
}

export interface ExistingClient {
  id: string;
  name: string;
}

/** One key of several parts. No part holds a line break. */
export function joinKey(...parts: readonly string[]): string {
  return parts.join('\n');
}

/** Reads everything the plan has to know, in a dozen statements however much there is. */
export async function findExisting(db: Storage, source: string): Promise<Existing> {
  const named = { select: { id: true, name: true } } as const;
  const imported = await db.importedRow.findMany({ where: { source } });
  const centers = await db.center.findMany(named);
  const roomGroups = await db.roomGroup.findMany({ select: { id: true, name: true, centerId: true } });
  const rooms = await db.room.findMany({ select: { id: true, name: true, centerId: true } });
  const clientGroups = await db.clientGroup.findMany({ select: { id: true, name: true, roomId: true } });
  const clients = await db.client.findMany({ select: { id: true, name: true, mac: true, ip: true, roomId: true } });
  const withDisks = await db.disk.findMany({ select: { clientId: true }, distinct: ['clientId'] });
  const repositories = await db.repository.findMany({ select: { id: true, name: true, ip: true } });
  const images = await db.image.findMany(named);
  const replicas = await db.imageReplica.findMany({ select: { imageId: true, repositoryId: true } });
  const softwareProfiles = await db.softwareProfile.findMany(named);
  const software = await db.software.findMany();
  const hardwareProfiles = await db.hardwareProfile.findMany(named);
  const components = await db.hardwareComponent.findMany();
  const menus = await db.menu.findMany(named);
  const commands = await db.command.findMany(named);
  const ogLives = await db.ogLive.findMany({ select: { id: true, name: true, isDefault: true } });

  const inventory = [centers, roomGroups, rooms, clientGroups, clients, repositories, images].flat();
  const library = [softwareProfiles, software, hardwareProfiles, components, menus, commands, ogLives].flat();
  const byName = (rows: readonly { id: string; name: string }[]) => new Map(rows.map(({ id, name }) => [name, id]));
  return {
    imported: new Map(imported.map(({ table, legacyId, id }) => [joinKey(table, legacyId), id])),
    ids: new Set([...inventory, ...library].map(({ id }) => id)),
    ownerOf: new Map([
      ...roomGroups.map(({ id, centerId }) => [id, centerId] as const),
      ...clientGroups.map(({ id, roomId }) => [id, roomId] as const),
      ...clients.map(({ id, roomId }) => [id, roomId] as const),
    ]),
    centers: byName(centers),
    roomGroups: new Map(roomGroups.map(({ id, name, centerId }) => [joinKey(centerId, name), id])),
    rooms: new Map(rooms.map(({ id, name, centerId }) => [joinKey(centerId, name), id])),
    clientGroups: new Map(clientGroups.map(({ id, name, roomId }) => [joinKey(roomId, name), id])),
    clientsByMac: new Map(clients.map((client) => [client.mac, client])),
    clientsByIp: new Map(clients.map((client) => [client.ip, client])),
    clientsWithDisks: new Set(withDisks.map(({ clientId }) => clientId)),
    repositoriesByIp: new Map(repositories.map(({ id, ip }) => [ip, id])),
    repositoryNames: repositories.map(({ name }) => name),
    images: byName(images),
    replicas: new Set(replicas.map(({ imageId, repositoryId }) => joinKey(imageId, repositoryId))),
    softwareProfiles: byName(softwareProfiles),
    software: new Map(software.map(({ id, kind, name }) => [joinKey(kind, name), id])),
    hardwareProfiles: byName(hardwareProfiles),
    hardwareComponents: new Map(components.map(({ id, kind, description }) => [joinKey(kind, description), id])),
    menus: byName(menus),
    commands: byName(commands),
    ogLives: byName(ogLives),
    hasDefaultOgLive: ogLives.some(({ isDefault }) => isDefault),
  };
}

/** What a database holds in which there is nothing yet. */
export function nothingExists(): Existing {
  const none = new Map<string, never>();
  return {
    imported: none,
    ids: new Set(),
    ownerOf: none,
    centers: none,
    roomGroups: none,
    rooms: none,
    clientGroups: none,
    clientsByMac: none,
    clientsByIp: none,
    clientsWithDisks: new Set(),
    repositoriesByIp: none,
    repositoryNames: [],
    images: none,
    replicas: new Set(),
    softwareProfiles: none,
    software: none,
    hardwareProfiles: none,
    hardwareComponents: none,
    menus: none,
    commands: none,
    ogLives: none,
    hasDefaultOgLive: false,
  };
}
