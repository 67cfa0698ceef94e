import { builder } from '#schema/builder.ts';

builder.prismaObject('UnregisteredImage', {
  description:
    'Imagen sin registrar (UnregisteredImage): a file that a repository has and that is no image of ours, as of the last synchronization. `registerImage` with its name makes it one.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Canonical name: that of the file, without its ending.' }),
    checksum: t.exposeString('checksum', { description: 'Checksum of the file, by which the repository knows it.' }),
    inTrash: t.exposeBoolean('inTrash', { description: 'Whether it lies in the repository’s trash.' }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'BigInt',
      nullable: true,
      description: 'Bytes of the compressed file; null where not told.',
    }),
    dataSizeBytes: t.expose('dataSizeBytes', {
      type: 'BigInt',
      nullable: true,
      description: 'Bytes that its data takes once restored; null where not told.',
    }),
    fileSystem: t.exposeString('fileSystem', {
      nullable: true,
      description: 'File system that it holds, such as `NTFS`; null where not told.',
    }),
    modifiedAt: t.expose('modifiedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the file was last written; null where not told.',
    }),
  }),
});
