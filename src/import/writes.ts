import type { Prisma } from '#prisma/generated/client/client.ts';

/** A row of theirs and which row of ours it became. */
export interface ImportedAs {
  table: string;
  legacyId: string;
  id: string;
}

/** All rows to be written, with their ids: who points at whom is settled before anything is stored. */
export interface Writes {
  centers: Prisma.CenterCreateManyInput[];
  ogLives: Prisma.OgLiveCreateManyInput[];
  menus: Prisma.MenuCreateManyInput[];
  commands: Prisma.CommandCreateManyInput[];
  softwareProfiles: Prisma.SoftwareProfileCreateManyInput[];
  software: Prisma.SoftwareCreateManyInput[];
  softwareOfProfiles: { item: string; profile: string }[];
  hardwareProfiles: Prisma.HardwareProfileCreateManyInput[];
  hardwareComponents: Prisma.HardwareComponentCreateManyInput[];
  componentsOfProfiles: { item: string; profile: string }[];
  repositories: Prisma.RepositoryCreateManyInput[];
  roomGroups: Prisma.RoomGroupCreateManyInput[];
  rooms: Prisma.RoomCreateManyInput[];
  clientGroups: Prisma.ClientGroupCreateManyInput[];
  clients: Prisma.ClientCreateManyInput[];
  /** Rooms are written before the clients that may be their teachers'. */
  teachers: { roomId: string; clientId: string }[];
  images: Prisma.ImageCreateManyInput[];
  imageReplicas: Prisma.ImageReplicaCreateManyInput[];
  disks: Prisma.DiskCreateManyInput[];
  partitions: Prisma.PartitionCreateManyInput[];
  cachedImages: Prisma.CachedImageCreateManyInput[];
  /** Rows whose counterpart was deleted here and that are brought again. */
  forgotten: Omit<ImportedAs, 'id'>[];
  imported: ImportedAs[];
}

export function createWrites(): Writes {
  return {
    centers: [],
    ogLives: [],
    menus: [],
    commands: [],
    softwareProfiles: [],
    software: [],
    softwareOfProfiles: [],
    hardwareProfiles: [],
    hardwareComponents: [],
    componentsOfProfiles: [],
    repositories: [],
    roomGroups: [],
    rooms: [],
    clientGroups: [],
    clients: [],
    teachers: [],
    images: [],
    imageReplicas: [],
    disks: [],
    partitions: [],
    cachedImages: [],
    forgotten: [],
    imported: [],
  };
}
