import { checkFields } from '#domain/administration/check-fields.ts';
import type { GivenFields } from '#domain/administration/check-fields.ts';
import {
  always,
  byteCount,
  choice,
  comments,
  hostAddress,
  imageName,
  integer,
  line,
  name,
  notNull,
  reference,
  text,
} from '#domain/administration/field-rules.ts';
import type { FieldTable } from '#domain/administration/field-rules.ts';
import type { Kind, Row } from '#domain/administration/kind.ts';
import { activeTraces, deleted, released } from '#domain/administration/release.ts';
import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import type { Transaction } from '#domain/storage.ts';
import type { ImageStatus } from '#prisma/generated/client/enums.ts';

export const REPOSITORY: Kind = {
  type: 'Repository',
  fields: {
    name: name(),
    ip: always(hostAddress()),
    path: always(line(500)),
    centerId: reference('Center'),
    transferLimit: integer(1, 10_000),
    comments: comments(),
  },
  unique: [
    { columns: ['name'], field: 'name' },
    { columns: ['ip'], field: 'ip' },
  ],
  dependents: [
    activeTraces((repositoryId) => ({ input: { path: ['repositoryId'], equals: repositoryId } })),
    deleted('ImageReplica', (repositoryId) => ({ repositoryId })),
    released('Client', 'repositoryId'),
  ],
};

/** Most copies of one image: one a repository. */
const MAX_REPLICAS = 500;

const REPLICA: FieldTable = {
  repositoryId: always(reference('Repository')),
  status: notNull(choice()),
  revision: integer(1, 1_000_000),
  checksum: line(200),
  sizeBytes: byteCount(),
};

/** Says of each repository named what its copy is; the copies in other repositories stay as they are. */
async function writeReplicas(tx: Transaction, imageId: string, rest: Row): Promise<void> {
  const given = (rest['replicas'] ?? []) as readonly GivenFields[];
  if (given.length > MAX_REPLICAS) {
    throw new InvalidInputError(['input', 'replicas'], 'TOO_MANY', { max: MAX_REPLICAS });
  }
  for (const [index, replica] of given.entries()) {
    const path = ['input', 'replicas', String(index)];
    const { data } = checkFields(REPLICA, replica, 'create', path);
    const { repositoryId, ...facts } = data as { repositoryId: string; status?: ImageStatus };
    if ((await tx.repository.count({ where: { id: repositoryId } })) === 0) {
      throw new NotFoundError([...path, 'repositoryId'], 'Repository');
    }
    await tx.imageReplica.upsert({
      where: { imageId_repositoryId: { imageId, repositoryId } },
      create: { status: 'READY', ...facts, imageId, repositoryId },
      update: facts,
    });
    const { name: registered } = await tx.image.findUniqueOrThrow({ where: { id: imageId }, select: { name: true } });
    await tx.unregisteredImage.deleteMany({ where: { repositoryId, name: registered } });
  }
}

export const IMAGE: Kind = {
  type: 'Image',
  fields: {
    name: imageName(),
    description: text(1000),
    type: line(50),
    version: line(100),
    architecture: line(50),
    kind: notNull(choice()),
    revision: notNull(integer(1, 1_000_000)),
    sizeBytes: byteCount(),
    softwareProfileId: reference('SoftwareProfile'),
    sourceClientId: reference('Client'),
    sourceDisk: integer(1, 64),
    sourcePartition: integer(1, 128),
    comments: comments(),
  },
  unique: [{ columns: ['name'], field: 'name' }],
  dependents: [
    activeTraces((imageId) => ({ input: { path: ['imageId'], equals: imageId } })),
    deleted('ImageReplica', (imageId) => ({ imageId })),
    {
      type: 'Partition',
      count: (tx, imageId) => tx.partition.count({ where: { imageId } }),
      remove: (tx, imageId) =>
        tx.partition.updateMany({
          where: { imageId },
          data: { imageId: null, imageRevision: null, deployedAt: null },
        }),
    },
    released('CachedImage', 'imageId'),
  ],
  rest: ['replicas'],
  writeRest: (tx, id, rest) => ('replicas' in rest ? writeReplicas(tx, id, rest) : Promise.resolve()),
  settle: async (tx, _row, changed, id) => {
    if (id === null || typeof changed['revision'] !== 'number') return {};
    const { revision } = await tx.image.findUniqueOrThrow({ where: { id }, select: { revision: true } });
    if (changed['revision'] < revision) {
      throw new InvalidInputError(['input', 'revision'], 'REVISION_GOES_BACK', { current: revision });
    }
    return {};
  },
};
