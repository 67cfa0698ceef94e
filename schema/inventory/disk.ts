import { isCachePartition } from '#domain/inventory/partition-code.ts';
import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';

const PartitionTableEnum = builder.enumType('PartitionTable', {
  description: 'Tipo de tabla de particiones: how a disk is divided.',
  values: {
    MSDOS: { description: 'MBR: at most four primary partitions.' },
    GPT: { description: 'GUID partition table: up to 128 partitions.' },
    LVM: { description: 'A volume group of LVM.' },
    ZPOOL: { description: 'A ZFS pool.' },
    UNKNOWN: { description: 'Not known, or no table at all.' },
  },
});

builder.prismaNode('Disk', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Disco (Disk) of a client, as its agent reported it. Permission: read.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'Number of the disk in the client, from 1.' }),
    sizeBytes: t.expose('sizeBytes', { type: 'BigInt', description: 'Size in bytes.' }),
    partitionTable: t.expose('partitionTable', { type: PartitionTableEnum, description: 'Kind of partition table.' }),
    partitions: t.relation('partitions', {
      query: { orderBy: { number: 'asc' } },
      description:
        'Particiones (Partitions), by number; at most 1024 with those of the other disks, for that is how many a report may name.',
    }),
    client: t.relation('client', { description: 'Cliente (Client) the disk is in.' }),
  }),
});

builder.prismaNode('Partition', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Partición (Partition) of a disk, as its agent reported it, with what was deployed there. Permission: read.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'Number of the partition in the disk, from 1.' }),
    code: t.exposeString('code', {
      description: 'Type in the partition table, upper-case hexadecimal: `83`, `7`, `CA`, `EF00`.',
    }),
    fileSystem: t.exposeString('fileSystem', {
      nullable: true,
      description: 'Sistema de ficheros: `EXT4`, `NTFS`, `CACHE` …; null for an unformatted partition.',
    }),
    sizeBytes: t.expose('sizeBytes', { type: 'BigInt', description: 'Size in bytes.' }),
    usedPercent: t.exposeInt('usedPercent', {
      nullable: true,
      description: 'Uso: how full it is, 0 to 100 percent; null where not known.',
    }),
    operatingSystem: t.exposeString('operatingSystem', {
      nullable: true,
      description: 'Sistema operativo that the engine found on it; null for none.',
    }),
    isCache: t.boolean({
      select: { code: true, fileSystem: true },
      description: 'Whether it is the CACHE, where images are kept on the client.',
      resolve: isCachePartition,
    }),
    cachedImages: t.relation('cachedImages', {
      query: { orderBy: { name: 'asc' } },
      description: 'What the CACHE holds, by name; empty for other partitions. No more than fit on it: some dozens.',
    }),
    image: t.relation('image', {
      nullable: true,
      description: 'Imagen (Image) that was restored here and is still there; null for none.',
    }),
    imageRevision: t.exposeInt('imageRevision', {
      nullable: true,
      description: 'Revision of that image; null for none.',
    }),
    deployedAt: t.expose('deployedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When that image was restored; null for none.',
    }),
    softwareProfile: t.relation('softwareProfile', {
      nullable: true,
      description: 'Perfil de software (SoftwareProfile) of what is installed; null where not known.',
    }),
    disk: t.relation('disk', { description: 'Disco (Disk) it is on.' }),
  }),
});

builder.prismaObject('CachedImage', {
  description: 'An image file in the CACHE of a client.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Canonical name, as the agent reported it.' }),
    image: t.relation('image', {
      nullable: true,
      description: 'The image of that name; null for one that is not ours.',
    }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'BigInt',
      nullable: true,
      description: 'Size in bytes; null where not known.',
    }),
  }),
});
